#!/usr/bin/env bash
# Writes infra/litellm/known/<release>/*.generated.json for the LiteLLM release of each image source, from its package on PyPI.
# A release that PyPI does not have is said and left as it was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$1" "$2"; }

extract() {
  local version=$1 here=$work/$1 target=infra/litellm/known/$1
  if ! fetch "$here" "litellm==$version"; then
    echo "LiteLLM $version can't be had from PyPI; $target stays as it is" >&2
    return
  fi
  python3 -m zipfile -e "$here"/litellm-*.whl "$here/unpacked"
  # The release names the enterprise package that belongs to it.
  local enterprise folders=("$here/unpacked/litellm")
  enterprise=$(sed -nE 's/^Requires-Dist: (litellm-enterprise==[^ ;]+).*/\1/p' "$here"/unpacked/litellm-*.dist-info/METADATA)
  if [ -n "$enterprise" ]; then
    # Not every one is on PyPI: the newest before it reads the same keys but for a few.
    fetch "$here" "$enterprise" 2>/dev/null || fetch "$here" "${enterprise/==/<=}"
    python3 -m zipfile -e "$here"/litellm_enterprise-*.whl "$here/unpacked"
    folders+=("$here/unpacked/litellm_enterprise")
  fi
  python3 scripts/litellm-keys/extract.py "${folders[@]}" >"$here/keys.generated.json"
  python3 scripts/litellm-keys/values.py "${folders[0]}" >"$here/values.generated.json"
  node scripts/litellm-keys/known-models.ts "$here/unpacked" "$here/models.generated.json"
  mkdir -p "$target"
  mv "$here"/*.generated.json "$target/"
  echo "$target: LiteLLM $version${enterprise:+ with $(cd "$here" && echo litellm_enterprise-*.whl | cut -d- -f1,2)}"
}

# Read as a whole first: a substitution inside the loop's own words would hide a failure.
releases=$(node scripts/litellm-keys/releases.ts)
for release in $releases; do extract "$release"; done
