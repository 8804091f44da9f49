#!/usr/bin/env bash
# Measures the figures of docs/performance.md and ends with one table of all; exit code 1 when a limit is missed.
# BENCH_PEOPLE sets the size of the city of the cold start (1,000,000). The round of testing is one of 13 million people: 2.5 GB of
# memory. Takes about 13 minutes after the build.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
say() { printf '\n== %s\n' "$*" >&2; }

# The commands of the benches exit with 1 when a limit is missed; the table at the end tells, so go on.
measure() { # measure FILE COMMAND...
  local file=$1 code=0
  shift
  "$@" >"$out/$file" || code=$?
  cat "$out/$file" >&2
  [ "$code" -le 1 ] || { echo "bench: $* ended with exit code $code" >&2; exit 2; }
}

say "building"
cargo build --release --locked -p yimatong-server
cargo bench --locked -p yimatong-credential --bench credential --no-run
bare=$(cargo bench --locked -p yimatong-store --bench check_ins --no-run --message-format=json |
  sed -n 's/.*"name":"check_ins".*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)
[ -x "$bare" ] || { echo "bench: the executable of the store's bench check_ins was not found" >&2; exit 2; }

say "credential: issue and verify against bare ring"
measure credential.txt cargo bench --locked --quiet -p yimatong-credential --bench credential
say "store: group commit against a bare loop; import and load of people"
measure store.jsonl cargo bench --locked --quiet -p yimatong-store --bench check_ins
measure people.jsonl cargo bench --locked --quiet -p yimatong-store --bench people -- 200000
say "store on PostgreSQL: groups of writes against bare inserts and COPY, one node and three"
measure postgres.jsonl cargo bench --locked --quiet -p yimatong-store --bench postgres
say "nodes on PostgreSQL: cost without load, round trips of displays and checks, 200,000 changes at once"
measure nodes.jsonl node scripts/bench-nodes/main.mjs --yimatong "${CARGO_TARGET_DIR:-target}/release/yimatong"
say "pages: verify in Chromium"
measure chromium.json node web/tests/verifier-bench.mjs --json
say "server: show, check-ins, cold start"
measure server.jsonl "${CARGO_TARGET_DIR:-target}/release/yimatong" bench all --json --bare "$bare" --people "${BENCH_PEOPLE:-1000000}"

node scripts/bench-table.mjs "$out"
