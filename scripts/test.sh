#!/usr/bin/env bash
# Checks everything: types, style, unit tests, and on a machine that can run containers the tests on real nodes.
# Goes on after a failure, so that one run shows all of them, and fails at the end if anything did.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh || exit 1
PATH=$PWD/node_modules/.bin:$PATH:/usr/sbin:/sbin

failed=()
check() {
  local what=$1
  shift
  printf '==> %s\n' "$what"
  "$@" || failed+=("$what")
}

shopt -s nullglob
node_tests=(test/node/*.test.ts)

check Types npm run --silent types
check Style npm run --silent lint
check 'Unit tests' npm run --silent test:unit
if ((${#node_tests[@]} == 0)); then
  :
elif [[ $(uname -s) == Linux ]] && ((EUID == 0)) && command -v containerd >/dev/null; then
  check 'Tests on real nodes' npm run --silent test:node
else
  printf '==> Tests on real nodes: skipped, they need Linux, root and containerd\n'
fi
# What would have to be installed for them is left to npm run test:clients.
check 'Clients that others wrote' bash scripts/clients.sh --as-is

if ((${#failed[@]} > 0)); then
  printf '==> Failed: %s\n' "$(IFS=,; echo "${failed[*]}" | sed 's/,/, /g')" >&2
  exit 1
fi
