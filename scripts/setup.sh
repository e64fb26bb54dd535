#!/usr/bin/env bash
# Installs what Pinnace needs and is missing: npm packages, and as root on Debian or Ubuntu the system packages that
# run containers. Never asks, and never stops, restarts or removes anything of the machine. Where it cannot install,
# it says so in one line and goes on: nodes are then simulated.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Administrators' programs are not on everybody's path.
PATH=$PATH:/usr/sbin:/sbin

step() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
source scripts/apt.sh

install_npm_packages() {
  # npm ci would empty what the link leads to, which belongs to another checkout.
  if [[ -L node_modules ]]; then return; fi
  # npm writes the second file at the end of an installation.
  if [[ -e node_modules/.package-lock.json && ! package-lock.json -nt node_modules/.package-lock.json ]]; then
    return
  fi
  step "Installing npm packages (npm ci)"
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
}

is_static_busybox() {
  local path linked
  path=$(command -v busybox) || return 1
  linked=$(ldd "$path" 2>&1) || true
  [[ $linked == *'not a dynamic executable'* || $linked == *'statically linked'* ]]
}

# Prints the system packages that are missing. What counts is the program: it may come from another package.
missing_packages() {
  command -v containerd >/dev/null || echo containerd
  command -v runc >/dev/null || command -v crun >/dev/null || echo runc
  [[ -x /usr/lib/cni/bridge || -x /opt/cni/bin/bridge ]] || echo containernetworking-plugins
  command -v nft >/dev/null || echo nftables
  command -v ip >/dev/null || echo iproute2
  command -v curl >/dev/null || echo curl
  is_static_busybox || echo busybox-static
}

install_system_packages() {
  if [[ $(uname -s) != Linux ]]; then
    note "Not Linux: nodes will be simulated"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then return; fi
  if ((EUID != 0)); then
    note "Not root: nodes will be simulated; real ones need root and ${missing[*]}"
  elif ! command -v apt-get >/dev/null; then
    note "Not Debian or Ubuntu: nodes will be simulated until you install ${missing[*]}"
  else
    step "Installing system packages (${missing[*]})"
    without_starting_services install_with_apt "${missing[@]}" ||
      note "Cannot install ${missing[*]}: nodes will be simulated"
  fi
}

install_npm_packages
install_system_packages
