#!/usr/bin/env bash
# From a fresh checkout to a running cluster with the example in it: installs what is missing, starts three nodes,
# deploys examples/hello and says what to try next. Run again, it keeps what is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh
PATH=$PWD/node_modules/.bin:$PATH:/usr/sbin:/sbin

printf '==> Starting a cluster of three nodes\n'
bin/pinnace up --nodes 3
kubeconfig=$(bin/pinnace kubeconfig --path)

printf '==> Deploying examples/hello\n'
if bin/pinnace status -o json | grep -q '"simulated": *false'; then
  bin/pinnace image build examples/hello/v1 --tag hello:v1
  bin/pinnace image build examples/hello/v2 --tag hello:v2
fi
node --disable-warning=ExperimentalWarning scripts/deploy.ts "$kubeconfig" examples/hello/hello.yaml

cat <<'END'

Try next:
  kubectl get pods -o wide                              what runs where
  kubectl scale deployment/myapp --replicas 5           more of it
  kubectl set image deployment/myapp app=hello:v2       the next version, without a failed request
  kubectl rollout undo deployment/myapp                 and back
  bin/pinnace status                                    the cluster's nodes
  bin/pinnace down                                      leaves nothing behind
END
