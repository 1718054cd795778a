#!/usr/bin/env bash
# From a fresh machine to a running, smoke-tested gateway. Try: ./setup.sh --help
source "$(dirname "${BASH_SOURCE[0]}")/scripts/bootstrap.sh"
exec node "$root/scripts/setup/main.ts" "$@"
