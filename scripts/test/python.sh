#!/usr/bin/env bash
# Lint, format, types and tests of this repository's Python; lint of every shell script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
lock=scripts/test/requirements.txt
venv=.cerberus/venv-$(sha256sum "$lock" | cut -c1-12)
if [ ! -e "$venv/complete" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$lock"
  touch "$venv/complete"
fi
export PATH="$PWD/$venv/bin:$PATH"
mapfile -t python < <(git ls-files --cached --others --exclude-standard '*.py')
mapfile -t shell < <(git ls-files --cached --others --exclude-standard '*.sh' .ci/run)
ruff format --check "${python[@]}"
ruff check "${python[@]}"
# plugins/ is one package with its tests; every other file is a program of its own.
(cd plugins && mypy --no-error-summary --config-file ../pyproject.toml .)
for file in "${python[@]}"; do case $file in plugins/*) ;; *) mypy --no-error-summary "$file" ;; esac; done
python3 scripts/litellm-keys/test_extract.py
shellcheck "${shell[@]}"
echo "${#python[@]} Python files, ${#shell[@]} shell scripts: clean"
