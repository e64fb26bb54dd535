#!/usr/bin/env bash
# From a fresh checkout to a running cluster with the example in it: installs what is missing, starts three nodes,
# deploys examples/hello, tries it, and says what to do next. Run again, it keeps what is there. Flags are passed on
# to `pinnace up`, as in `npm start -- --simulated`; $PINNACE_NAME and $PINNACE_DATA_DIR choose another cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh
PATH=$PWD/node_modules/.bin:$PATH:/usr/sbin:/sbin

printf '==> Starting a cluster of three nodes\n'
bin/pinnace up --nodes 3 "$@"
kubeconfig=$(bin/pinnace kubeconfig --path)
real=
if bin/pinnace status -o json | grep -q '"simulated": *false'; then real=yes; fi

printf '\n==> Deploying examples/hello\n'
if [[ $real ]]; then
  bin/pinnace image build examples/hello/v1 --tag hello:v1 >/dev/null
  bin/pinnace image build examples/hello/v2 --tag hello:v2 >/dev/null
fi
url=
while IFS= read -r line; do
  printf '%s\n' "$line"
  if [[ $line =~ \ answers\ at\ (http[^ ]+):\  ]]; then url=${BASH_REMATCH[1]}; fi
done < <(node --disable-warning=ExperimentalWarning scripts/deploy.ts "$kubeconfig" examples/hello/hello.yaml)
wait $!

next() { printf '  %-52s  %s\n' "$1" "$2"; }
printf '\nTry next:\n'
if [[ $url ]]; then next "curl $url" 'one of three pods answers'; fi
next 'kubectl get pods -o wide' 'what runs where'
next 'kubectl scale deployment/myapp --replicas 5' 'more of it'
next 'kubectl set image deployment/myapp app=hello:v2' 'the next version, without a failed request'
next 'kubectl rollout undo deployment/myapp' 'and back'
next 'bin/pinnace status' "the cluster's nodes"
next 'bin/pinnace down' 'leaves nothing behind'
if ! command -v kubectl >/dev/null; then
  printf '\nkubectl is not installed here; any version from 1.27 on will do (on Debian: apt-get install kubernetes-client).\n'
fi
