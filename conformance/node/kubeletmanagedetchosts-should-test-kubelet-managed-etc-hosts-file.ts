// The hosts file of a container is the kubelet's, unless it brings its own or has the network of its node.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { shell, waiting } from '../fixtures/shell.ts'
import { podReady } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-node',
    name: 'KubeletManagedEtcHosts should test kubelet managed /etc/hosts file',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const mounts = [{ name: 'own', mountPath: '/etc/hosts', subPath: 'hosts' }]
    await t.post(t.path('v1', 'configmaps'), { metadata: { name: 'own' }, data: { hosts: 'own\n' } })
    const make = (name: string, fields: object) =>
      t.post(t.path('v1', 'pods'), {
        metadata: { name },
        spec: { terminationGracePeriodSeconds: 0, volumes: [{ name: 'own', configMap: { name: 'own' } }], ...fields },
      })
    await make('inside', {
      containers: [shell(t, waiting), shell(t, waiting, { name: 'brings', volumeMounts: mounts })],
    })
    await make('outside', { hostNetwork: true, containers: [shell(t, waiting)] })
    const { status } = await podReady(t, 'inside')
    await podReady(t, 'outside')
    const hosts = async (pod: string, container: string) =>
      (await t.kubectl(['exec', pod, '-c', container, '--', 'cat', '/etc/hosts'])).stdout
    const managed = await hosts('inside', 'shell')
    assert.match(managed, /^# Kubernetes-managed hosts file\./)
    assert.match(managed, new RegExp(`^${status.podIP}\\s+inside$`, 'm'))
    assert.equal(await hosts('inside', 'brings'), 'own\n')
    assert.doesNotMatch(await hosts('outside', 'shell'), /^# Kubernetes-managed hosts file\.\n/)
  },
)
