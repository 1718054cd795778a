#!/usr/bin/env bash
# Writes each requirements.lock again from its requirements.in: exact versions with hashes, for the images' Python.
set -euo pipefail
cd "$(dirname "$0")"
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv" && "$venv/bin/pip" install -q uv
for folder in litellm presidio; do
  (cd "$folder" && "$venv/bin/uv" pip compile -q --python-version 3.13 --python-platform x86_64-manylinux_2_28 --generate-hashes \
    --no-emit-index-url --no-header -o requirements.lock requirements.in)
done
