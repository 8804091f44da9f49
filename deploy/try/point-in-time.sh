#!/usr/bin/env bash
# Executes the runbook "Backup and point-in-time restore" of docs/ops.md on a private PostgreSQL 15 on loopback, with times.
#   deploy/try/point-in-time.sh FOLDER_OF_MIGRATIONS [people]      (about 2 min; as root it goes on as the user postgres)
# A writer registers people all the while and notes each one that was acknowledged; after each restore its notes are compared with the table.
set -euo pipefail
work=${YIMATONG_PITR:-$(mktemp -d /tmp/yimatong-pitr-XXXX)}
if [ "$(id -u)" -eq 0 ]; then
  cp "$1"/*.sql "$work" && cp "$0" "$work/run.sh" && chown -R postgres "$work"
  exec runuser -u postgres -- env YIMATONG_PITR="$work" bash "$work/run.sh" "$work" "${2:-1000000}"
fi
migrations=$1 people=${2:-1000000} port=55432
cd "$work"
PATH=$(dirname "$(find /usr/lib/postgresql/15/bin -name initdb)"):$PATH
export PGHOST=127.0.0.1 PGPORT=$port PGUSER=yimatong PGDATABASE=postgres
say() { printf '%-66s %s\n' "$1" "$2"; }
took() { local began=$EPOCHREALTIME; "$@" >>steps.log 2>&1; awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'; }
sql() { psql -qAtX -v ON_ERROR_STOP=1 "$@"; }
stop_all() { kill "$(cat writer.pid 2>/dev/null)" "$(cat receiver.pid 2>/dev/null)" 2>/dev/null || true; pg_ctl -D data -m immediate stop >/dev/null 2>&1 || true; }
trap stop_all EXIT

writer() { # one registration a transaction; a line "id" only after its COMMIT was answered
  local id=900000000
  while :; do
    id=$((id + 1))
    sql -c "INSERT INTO person (person_id, tag, seq, profile, document, name, nationality, registered_ms) VALUES ($id, sha256('$id'), $id, 'p', 'd', 'n', 'CHN', 0)" 2>/dev/null && echo "$id $(date +%s.%N)" >>"$1"
    sleep 0.02
  done
}
start_writer() { : >"$1"; writer "$1" & echo $! >writer.pid; }
stop_writer() { kill "$(cat writer.pid)" 2>/dev/null || true; wait "$(cat writer.pid)" 2>/dev/null || true; rm -f writer.pid; }
acknowledged_before() { awk -v t="$2" '$2 <= t' "$1" | cut -d' ' -f1; }
missing() { sql -c "SELECT person_id FROM person WHERE person_id > 900000000 ORDER BY 1" >kept.txt; comm -23 <(sort "$1") <(sort kept.txt) | wc -l; }

# 1. Set up: what stands in the runbook.
mkdir -p archive
initdb -D data -U yimatong --data-checksums -A trust -E UTF8 --locale=C >steps.log
cat >>data/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$work'
archive_mode = on
archive_command = 'test ! -f $work/archive/%f && cp %p $work/archive/%f.part && sync $work/archive/%f.part && mv $work/archive/%f.part $work/archive/%f'
archive_timeout = 60
CONF
pg_ctl -D data -w -l server.log start >>steps.log
for file in "$migrations"/*.sql; do sql -f "$file" >>steps.log; done
sql -c "INSERT INTO person (person_id, tag, seq, profile, document, name, nationality, registered_ms)
  SELECT n, sha256(n::text::bytea), n, decode(repeat(md5(n::text), 6), 'hex'), decode(repeat(md5(n::text), 3), 'hex'), decode(repeat(md5(n::text), 3), 'hex'), 'CHN', 0 FROM generate_series(1, $people) n"
say "people; size of the database" "$people; $(sql -c 'SELECT pg_size_pretty(pg_database_size(current_database()))')"

# 2. The base backup, while people register.
start_writer first.txt
say "pg_basebackup" "$(took pg_basebackup -D base -c fast -X stream)"
say "pg_verifybackup" "$(took pg_verifybackup base)"
say "size of the base backup" "$(du -sh base | cut -f1)"

# 3. A mistake: everybody is deleted. The target is the moment before.
sleep 20
target=$(date +%s.%N); target_text=$(date -u -d "@$target" '+%Y-%m-%d %H:%M:%S.%6N+00')
sleep 2
sql -c "DELETE FROM person" && say "mistake: DELETE FROM person; people left" "$(sql -c 'SELECT count(*) FROM person')"
sleep 3; stop_writer
sql -c "SELECT pg_switch_wal()" >>steps.log
until sql -c "SELECT 1 FROM pg_stat_archiver WHERE last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1)" | grep -q 1; do sleep 0.2; done
began=$EPOCHREALTIME
pg_ctl -D data -m fast -w stop >>steps.log && mv data data.broken
cp -a base data
cat >>data/postgresql.auto.conf <<CONF
restore_command = 'cp $work/archive/%f %p'
recovery_target_time = '$target_text'
recovery_target_action = 'pause'
CONF
touch data/recovery.signal
pg_ctl -D data -w -t 600 -l server.log start >>steps.log
until [ "$(sql -c 'SELECT pg_get_wal_replay_pause_state()' 2>/dev/null)" = paused ]; do sleep 0.1; done
say "restored to the moment before it, readable" "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }')"
acknowledged_before first.txt "$target" >wanted.txt
say "people there; of the $(wc -l <wanted.txt) acknowledged before the target missing" "$(sql -c 'SELECT count(*) FROM person'); $(missing wanted.txt)"
say "promoted (pg_wal_replay_resume)" "$(took sql -c 'SELECT pg_wal_replay_resume()')"
until [ "$(sql -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.1; done
sed -i '/^restore_command\|^recovery_target/d' data/postgresql.auto.conf; pg_ctl -D data reload >>steps.log
say "numbers given out after the target are not given out again" "$(sql -c 'UPDATE sequence SET next = next + 1000000 RETURNING name' | xargs)"

# 4. The machine burns: data and its WAL are gone. First with the archive alone, then with a synchronous receiver.
lose() { # $1 notes, $2 where the WAL lies; answers how many acknowledged ones are missing
  kill -9 "$(head -1 data/postmaster.pid)"; stop_writer
  [ ! -f receiver.pid ] || { kill -INT "$(cat receiver.pid)"; wait "$(cat receiver.pid)" 2>/dev/null || true; rm receiver.pid; }
  local began=$EPOCHREALTIME
  rm -rf data; cp -a base2 data
  printf "restore_command = '%s'\n" "$2" >>data/postgresql.auto.conf
  # The receiver is gone too, so nothing may wait for it.
  printf "synchronous_standby_names = ''\n" >>data/postgresql.auto.conf
  touch data/recovery.signal
  sleep 1 # until the children of the killed server have let go of the port
  pg_ctl -D data -w -t 600 -l server.log start >>steps.log
  until [ "$(sql -c 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do sleep 0.1; done
  cut -d' ' -f1 "$1" >wanted.txt
  say "restored; of $(wc -l <wanted.txt) acknowledged missing" "$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'); $(missing wanted.txt)"
  sql -c "DELETE FROM person WHERE person_id > 900000000"
  sed -i '/^restore_command\|^synchronous_standby_names/d' data/postgresql.auto.conf; pg_ctl -D data reload >>steps.log
}
sql -c "DELETE FROM person WHERE person_id > 900000000"
pg_basebackup -D base2 -c fast -X stream
start_writer second.txt; sleep 90
echo "machine lost, archive alone (archive_timeout 60 s):"
lose second.txt "cp $work/archive/%f %p"

rm -rf base2; pg_basebackup -D base2 -c fast -X stream
mkdir -p received
pg_receivewal -D received --slot yimatong_wal --create-slot --if-not-exists
PGAPPNAME=yimatong_wal pg_receivewal -D received --slot yimatong_wal --synchronous & echo $! >receiver.pid
sql -c "ALTER SYSTEM SET synchronous_standby_names = 'yimatong_wal'" -c "SELECT pg_reload_conf()" >>steps.log
until [ "$(sql -c "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'yimatong_wal'")" = sync ]; do sleep 0.1; done
start_writer third.txt; sleep 20
echo "machine lost, pg_receivewal --synchronous on another one:"
lose third.txt "cp $work/received/%f %p || cp $work/received/%f.partial %p || cp $work/archive/%f %p"
echo "logs: $work"
