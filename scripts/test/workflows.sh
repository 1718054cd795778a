#!/usr/bin/env bash
# Lints .github/workflows with actionlint, built once from its Go module. What needs no Go is in workflows.test.ts, which always runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
module=scripts/test/actionlint
if ! command -v go >/dev/null; then
  echo "SKIPPED: actionlint is built with Go, and there is no go command. fix: install Go 1.25 or newer" >&2
  exit 0
fi
tool=$PWD/.cerberus/actionlint-$(cat "$module"/go.{mod,sum} | sha256sum | cut -c1-12)
if [ ! -e "$tool" ]; then
  echo "building actionlint (once)"
  mkdir -p .cerberus
  CGO_ENABLED=0 go build -C "$module" -mod=readonly -trimpath -o "$tool.tmp" github.com/rhysd/actionlint/cmd/actionlint
  mv "$tool.tmp" "$tool"
fi
# Its own look at `run:` lines with a shellcheck from PATH would make the result depend on the machine.
"$tool" -shellcheck= -pyflakes=
workflows=(.github/workflows/*.yml)
echo "${#workflows[@]} workflows: clean"
