#!/usr/bin/env bash
# Installs the packages of the pages when the lock file has changed. The build script of the server uses the same
# stamp, so that nothing is installed twice.
set -euo pipefail
cd "$(dirname "$0")/../web"
stamp=node_modules/.installed-lock
if ! cmp -s package-lock.json "$stamp"; then
  echo "setup: installing the packages of web/ with npm"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
  cp package-lock.json "$stamp"
fi
