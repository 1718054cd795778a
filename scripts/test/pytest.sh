#!/usr/bin/env bash
# Tests of plugins/, in the LiteLLM image: the very Python and libraries they run with. A Redis of their own answers at
# 127.0.0.1:6379 inside (plugins/tests are its only clients, and nothing is published).
# usage: scripts/test/pytest.sh [pytest arguments, such as plugins/tests/safety -k stream]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
image_of() {
  node --input-type=module -e "import { packagesReference } from '$PWD/infra/images/packages.ts';
    console.log(packagesReference('$PWD', '$1'));"
}
image=$(image_of litellm)
redis=$(image_of redis)
node scripts/test/images.ts litellm redis
lock=scripts/test/pytest-requirements.txt
case $(docker version --format '{{.Server.Arch}}') in arm64) machine=aarch64 ;; *) machine=x86_64 ;; esac
site=.cerberus/pytest-$machine-$(sha256sum "$lock" | cut -c1-12)
if [ ! -e "$site/complete" ]; then
  rm -rf "$site"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --only-binary=:all: \
    --python-version 3.13 --platform "manylinux_2_28_$machine" --platform "manylinux2014_$machine" --target "$site" -r "$lock"
  touch "$site/complete"
fi
server=$(docker run --detach --rm --network none "$redis" redis-server --save '' --appendonly no)
trap 'docker rm --force "$server" >/dev/null' EXIT
[ $# -gt 0 ] || set -- plugins/tests
docker run --rm --network "container:$server" --volume "$PWD:/work:ro" --workdir /work --tmpfs /tmp \
  --env PYTHONPATH="/work/plugins:/work/$site" --env LITELLM_LOCAL_MODEL_COST_MAP=True \
  --entrypoint python3 "$image" -m pytest -q -p no:cacheprovider "$@"
