# Debian's and Ubuntu's packages, for scripts that source this: installed without a question, and without starting,
# stopping or removing anything.

# Packages that bring a service start it; nodes run a containerd of their own, so the machine's stays as it is.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d
  if [[ -e $policy ]]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  "$@"
  rm -f "$policy"
  trap - EXIT
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# --no-remove: rather fail than take something away that the machine has.
install_with_apt() {
  note "Reading package lists"
  apt update >/dev/null || note "The lists could not be renewed; going on with those that are there"
  apt install --yes --no-install-recommends --no-remove "$@" |
    sed -un -e 's/^Get:[0-9]* .* \([^ ]*\) [^ ]* \([^ ]*\) \[\(.*\)\]$/    Downloading \1 \2 (\3)/p' -e 's/^Setting up \([^ ]*\).*/    Installed \1/p'
}
