#!/usr/bin/env bash
# Every test there is, the live ones on a real engine among them. Ends with a line "N passed, N failed".
source "$(dirname "${BASH_SOURCE[0]}")/scripts/bootstrap.sh"
exec node "$root/scripts/test/main.ts" "$@"
