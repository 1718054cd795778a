# shellcheck shell=bash
# Sourced by setup.sh and test.sh: brings the npm packages, Node >= 24.12 among them, once per lock file.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"
started=$SECONDS

if ! command -v npm >/dev/null; then
  echo "npm was not found: it brings everything else. fix: install Node.js with npm (Debian: apt-get install nodejs npm)" >&2
  exit 1
fi
lock=$(sha256sum "$root/package-lock.json" | cut -c1-64)
stamp="$root/node_modules/.cerberus-lock"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$lock" ]; then
  echo "npm packages: installing (npm ci)"
  if ! (cd "$root" && npm ci --no-audit --no-fund --loglevel=error); then
    echo "npm ci failed. fix: see the message above; a package registry must be reachable" >&2
    exit 1
  fi
  echo "$lock" >"$stamp"
  echo "npm packages: done ($((SECONDS - started)) s)"
fi
