#!/usr/bin/env bash
# Tests of images/litellm/prisma-engines, in a copy with its own packages; those on a real PostgreSQL 15 say so when there is none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp -r images/litellm/prisma-engines "$work/engines"
cd "$work/engines"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node --test --test-reporter=dot test/*.test.mjs
