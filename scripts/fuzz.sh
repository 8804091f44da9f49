#!/usr/bin/env bash
# Fuzzes every decoder for FUZZ_S seconds each (default 10) and stops at the first finding.
# cargo-fuzz is installed on the first run; RUSTC_BOOTSTRAP lets it use the stable compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_S:-10}
export RUSTC_BOOTSTRAP=1

if ! cargo fuzz --version >/dev/null 2>&1; then
  echo "fuzz: installing cargo-fuzz (once)"
  RUSTC_BOOTSTRAP=0 cargo install cargo-fuzz --locked --quiet
fi
[ -d fuzz/corpus/credential_text ] || cargo run --quiet -p yimatong-credential --example make_fuzz_corpus

cargo fuzz build
for target in $(cargo fuzz list); do
  echo "fuzz: $target for $seconds s"
  log=$(mktemp)
  # A workbook is a ZIP, and may inflate to 32 MiB.
  most_mb=1
  [ "$target" != lab_file ] || most_mb=200
  if ! cargo fuzz run "$target" -- -max_total_time="$seconds" -max_len=8192 -malloc_limit_mb="$most_mb" -print_final_stats=1 >"$log" 2>&1; then
    tail -40 "$log" >&2
    echo "fuzz: $target found something; see fuzz/artifacts/$target" >&2
    exit 1
  fi
  grep number_of_executed_units "$log"
  rm -f "$log"
done
