// The file of hosts is the kubelet's, but not where a container mounts its own or the network is the node's.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { logOf, outputOf, shell } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'KubeletManagedEtcHosts should test kubelet managed /etc/hosts file',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const tell = 'head -n 1 /etc/hosts'
    const managed = /^# Kubernetes-managed hosts file\.$/
    const own = { volumeMounts: [{ name: 'own', mountPath: '/etc/hosts', subPath: 'hosts' }] }
    await t.post(t.path('v1', 'configmaps'), { metadata: { name: 'own' }, data: { hosts: '# of its own\n' } })
    const spec = {
      containers: [shell(t, tell), shell(t, tell, { name: 'other' }), shell(t, tell, { name: 'mounting', ...own })],
      volumes: [{ name: 'own', configMap: { name: 'own' } }],
    }
    assert.match((await outputOf(t, 'managed', spec)).trim(), managed)
    assert.match((await logOf(t, 'managed', { container: 'other' })).trim(), managed)
    assert.equal(await logOf(t, 'managed', { container: 'mounting' }), '# of its own\n')
    const said = await outputOf(t, 'of-the-node', { hostNetwork: true, containers: [shell(t, tell)] })
    assert.doesNotMatch(said.trim(), managed)
  },
)
