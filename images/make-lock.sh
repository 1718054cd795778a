#!/usr/bin/env bash
# Writes litellm/requirements.lock again from requirements.in: exact versions with hashes, for the image's Python.
set -euo pipefail
cd "$(dirname "$0")/litellm"
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv" && "$venv/bin/pip" install -q uv
"$venv/bin/uv" pip compile -q --python-version 3.13 --python-platform x86_64-manylinux_2_28 --generate-hashes \
  --no-emit-index-url --no-header -o requirements.lock requirements.in
