#!/usr/bin/env bash
# Drives a cluster with clients that others have written. As root on Debian or Ubuntu those that are missing are
# installed first, unless --as-is says to take what is there. A tour without its client says so and is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PATH=$PWD/node_modules/.bin:$PATH:/usr/sbin:/sbin

step() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
source scripts/apt.sh

# Debian 12 builds Prometheus without Kubernetes: it scrapes, and VictoriaMetrics finds things by the same configuration. Debian's kubectl
# is too old to be of use: who has a newer one has it on the path.
missing_clients() {
  /usr/bin/python3 -c 'import kubernetes' 2>/dev/null || echo python3-kubernetes
  command -v ansible-playbook >/dev/null || echo ansible
  command -v prometheus >/dev/null || echo prometheus
  command -v victoria-metrics >/dev/null || echo victoria-metrics
}

install_clients() {
  if [[ $(uname -s) != Linux ]] || ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    note "Not root on Debian or Ubuntu: nothing is installed"
    return
  fi
  local missing
  mapfile -t missing < <(missing_clients)
  if ((${#missing[@]} == 0)); then return; fi
  step "Installing clients (${missing[*]})"
  without_starting_services install_with_apt "${missing[@]}" || note "Cannot install ${missing[*]}: their tours are skipped"
}

tours=(test/clients/*.test.ts)
if [[ ${1-} == --as-is ]]; then
  # The operator is installed from npm for its tour alone.
  tours=("${tours[@]/*operator.test.ts/}")
else
  bash scripts/setup.sh
  install_clients
fi
node --test --test-concurrency=1 --test-timeout=600000 ${tours[@]}
