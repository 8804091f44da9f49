#!/usr/bin/env bash
# Runs the API's tests on PostgreSQL: a private one, or the server that YIMATONG_TEST_POSTGRES names (a Citus coordinator).
# Left out are tests of what only SQLite has.
set -euo pipefail
cd "$(dirname "$0")/.."

only_sqlite=(
  # The store is made to stand still by a queue of the SQLite adapter; PostgreSQL's own stalls are tested in
  # crates/store/tests/postgres/faults.rs.
  overload::a_crowd_whose_bodies_come_after_their_headers_stands_in_line_all_the_same
  overload::a_restart_keeps_every_place
  overload::a_ticket_of_another_device_or_a_forged_one_is_worth_nothing
  overload::after_a_crash_nobody_waits_for_ever
  overload::a_frozen_store_fails_the_sync_of_the_room_in_time_and_no_place_is_lost
  overload::identical_public_reads_are_done_once
  overload::nothing_runs_past_its_deadline_when_the_store_stands_still
  overload::one_called_ticket_is_not_good_for_a_crowd
  overload::two_nodes_share_one_room
  overload::who_finds_the_gate_full_gets_a_place_and_comes_in_when_called
  overload::who_goes_away_frees_the_permit
  nodes::a_node_whose_store_stands_still_turns_away_in_time_whom_it_does_not_know
  # Its server runs as a drill does.
  kill::an_alarm_that_was_told_before_kill_9_is_resolved_at_the_webhook_afterwards
  # They look at, or put back, the database file of the folder.
  commands::the_demo_never_touches_a_folder_with_a_city
  commands::a_demo_city_that_was_never_finished_is_not_used_and_never_taken_from_another_process
  restart::a_snapshot_newer_than_a_restored_database_is_left_aside
)
export YIMATONG_TEST_STORE=postgres
api=(cargo test -p yimatong-server --locked --quiet --test api --)
known=$("${api[@]}" --list)
skip=()
for name in "${only_sqlite[@]}"; do
  # A test that was renamed or moved would run, or be left out for nothing.
  grep -qxF "$name: test" <<<"$known" || { echo "test-postgres: there is no test $name; mend the list in $0" >&2; exit 1; }
  skip+=(--skip "$name")
done
"${api[@]}" --exact "${skip[@]}"
