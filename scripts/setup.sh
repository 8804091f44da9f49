#!/usr/bin/env bash
# Installs what is missing on a Debian machine with Rust, Node 20, gcc and make. Says what it installs, and is
# silent and fast when everything is there.
set -euo pipefail

need() { # need COMMAND WHY HOW
  command -v "$1" >/dev/null 2>&1 || { echo "setup: $1 is missing ($2): $3" >&2; exit 1; }
}
need cargo "builds the server" "install Rust 1.95 or newer, https://rustup.rs"
need cc "builds SQLite and the signatures" "apt-get install gcc"
need node "builds the pages" "install Node 20 or newer"
need npm "builds the pages" "comes with Node"

node_major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
[ "$node_major" -ge 20 ] || { echo "setup: Node $node_major is too old, 20 or newer is needed" >&2; exit 1; }

missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
command -v zbarimg >/dev/null 2>&1 || missing+=(zbar-tools)
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing+=(fonts-noto-cjk)
command -v wrk >/dev/null 2>&1 || missing+=(wrk)
compgen -G '/usr/lib/postgresql/1[5-9]/bin/postgres' >/dev/null || missing+=(postgresql-15)
command -v curl >/dev/null 2>&1 || missing+=(curl)
command -v openssl >/dev/null 2>&1 || missing+=(openssl)
# Debian puts it where only root looks.
command -v haproxy >/dev/null 2>&1 || [ -x /usr/sbin/haproxy ] || missing+=(haproxy)
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || missing+=(faketime)

if [ "${#missing[@]}" -gt 0 ]; then
  echo "setup: installing with apt: ${missing[*]} (browser, database and fault tests, benchmarks)"
  sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
