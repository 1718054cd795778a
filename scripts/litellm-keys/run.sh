#!/usr/bin/env bash
# Writes infra/litellm/known-{keys,models}.generated.json from the LiteLLM release that images/litellm/requirements.in pins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=infra/litellm/known-keys.generated.json
version=$(sed -nE 's/^litellm(\[[^]]*\])?==([^ ;#]+).*/\2/p' images/litellm/requirements.in)
if [ -z "$version" ]; then
  echo "images/litellm/requirements.in pins no litellm==<version>" >&2
  echo "  fix: pin one release there" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work" "$target.new"' EXIT
fetch() { python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" "$1"; }
unpack() { python3 -m zipfile -e "$work/$1"-*.whl "$work/unpacked"; }
fetch "litellm==$version"
unpack litellm
# The release names the enterprise package that belongs to it.
enterprise=$(sed -nE 's/^Requires-Dist: (litellm-enterprise==[^ ;]+).*/\1/p' "$work"/unpacked/litellm-*.dist-info/METADATA)
folders=("$work/unpacked/litellm")
if [ -n "$enterprise" ]; then
  fetch "$enterprise"
  unpack litellm_enterprise
  folders+=("$work/unpacked/litellm_enterprise")
fi
python3 scripts/litellm-keys/extract.py "${folders[@]}" >"$target.new"
mv "$target.new" "$target"
node scripts/litellm-keys/known-models.ts "$work/unpacked"
echo "$target, infra/litellm/known-models.generated.json: LiteLLM $version"
