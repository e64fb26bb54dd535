// The example's Deployment and Service, from the first pod to the name that answers.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Answer, Namespace, TestCluster } from './cluster.ts'
import { fetchText } from './connections.ts'
import { pod, service, tools } from './pods.ts'
import { eventually } from './wait.ts'

const ask = 'i=0; while [ $i -lt 30 ]; do wget -q -O - http://$NAME || echo failed; i=$((i+1)); done'

const distinct = (text: string): string[] => [...new Set(text.trim().split('\n'))].sort()

export const deploy = (cluster: TestCluster) =>
  describe('a Deployment and its Service', { concurrency: 1 }, () => {
    let ns: Namespace
    let pods: string[]
    let nodePort: number

    before(async () => {
      ns = await cluster.namespace('deploy')
      await ns.kubectl('apply', '-f', fileURLToPath(new URL('../../examples/hello/hello.yaml', import.meta.url)))
      await ns.apply(
        service('myapp-headless', 'myapp', { clusterIP: 'None' }),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'elsewhere' },
          spec: { type: 'ExternalName', externalName: 'myapp-service.deploy.svc.cluster.local' },
        },
        pod('client', [tools('client')]),
      )
      await ns.kubectl('rollout', 'status', 'deployment/myapp', '--timeout=60s')
      await ns.ready('pod/client')
      nodePort = (await ns.get('service', 'myapp-service')).spec.ports[0].nodePort
    })

    test('its three pods are on three nodes', async () => {
      const { items } = await ns.get('pods', '-l', 'app=myapp')
      assert.equal(new Set(items.map((item: Answer) => item.spec.nodeName)).size, 3)
      pods = items.map((item: Answer) => `hello v1 from ${item.metadata.name}`).sort()
    })

    const names = {
      'the short name': 'myapp-service',
      'the name with its namespace': 'myapp-service.deploy',
      'the fully qualified name': 'myapp-service.deploy.svc.cluster.local',
    }
    for (const [what, name] of Object.entries(names)) {
      test(`from another pod, ${what} is answered by all three`, async () => {
        const answers = await eventually(() => ns.sh('client', ask.replace('$NAME', name)))
        assert.deepEqual(distinct(answers), pods)
      })
    }

    test('the name of a headless Service leads to a pod itself', async () => {
      const answer = await ns.sh('client', 'wget -q -O - http://myapp-headless:8000')
      assert.ok(pods.includes(answer.trim()), answer)
    })

    test('an ExternalName leads to what it names', async () => {
      const answer = await ns.sh('client', 'nslookup elsewhere.deploy.svc.cluster.local')
      assert.match(answer, /canonical name = myapp-service\.deploy\.svc\.cluster\.local/)
    })

    test('from outside, every node answers on the node port', async () => {
      for (const { address } of cluster.nodes) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => fetchText(`http://${address}:${nodePort}/`)))
        assert.deepEqual(distinct(answers.join('')), pods)
      }
    })

    test('a headless Service has an address per pod, and SRV records that name them', async () => {
      const { items } = await ns.get('pods', '-l', 'app=myapp')
      const addresses = items.map((item: Answer) => item.status.podIP).sort()
      const answer = await ns.sh('client', 'nslookup -type=a myapp-headless.deploy.svc.cluster.local')
      const found = [...answer.matchAll(/^Address: (10\.\S+)$/gm)].map(([, address]) => address).sort()
      assert.deepEqual(found, addresses)
      const records = await ns.sh('client', 'nslookup -type=srv _http._tcp.myapp-headless.deploy.svc.cluster.local')
      assert.equal(records.match(/service = 0 \d+ 8000 \S+\.myapp-headless\.deploy\.svc\.cluster\.local/g)?.length, 3)
    })

    test('the cluster itself has a name', async () => {
      const answer = await ns.sh('client', 'nslookup kubernetes.default.svc.cluster.local')
      assert.match(answer, /Address: 10\.96\.0\.1$/m)
    })

    test('kubectl get endpoints and endpointslices name the three pods', async () => {
      const { subsets } = await ns.get('endpoints', 'myapp-service')
      assert.equal(subsets[0].addresses.length, 3)
      const { items } = await ns.get('endpointslices', '-l', 'kubernetes.io/service-name=myapp-service')
      assert.equal(items.flatMap((slice: Answer) => slice.endpoints).length, 3)
    })
  })
