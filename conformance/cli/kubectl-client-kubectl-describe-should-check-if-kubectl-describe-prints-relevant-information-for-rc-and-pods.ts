// describe says of a controller, its pods, a service, a node and a namespace what there is to know.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { countOfPods, makeReplicationController, podReady } from '../fixtures/workloads.ts'

const says = (text: string, ...wanted: readonly string[]): void => {
  for (const each of wanted) assert.match(text, new RegExp(each), text)
}

export const test = behaviour(
  {
    group: 'sig-cli',
    name: 'Kubectl client Kubectl describe should check if kubectl describe prints relevant information for rc and pods',
    since: '1.9',
  },
  async (t) => {
    const describe = async (...args: readonly string[]) => (await t.kubectl(['describe', ...args])).stdout
    await makeReplicationController(t, 'primary', 1)
    const [pod] = await countOfPods(t, 'primary', 1)
    const { spec } = await podReady(t, pod.metadata.name)
    await t.kubectl(['expose', 'rc', 'primary', '--port=6379'])

    says(
      await describe('pod', pod.metadata.name),
      `Name: +${pod.metadata.name}`,
      `Namespace: +${t.namespace}`,
      `Node: +${spec.nodeName}`,
      'Labels: +app=primary',
      'Status: +Running',
      'IP: +[0-9]',
      'Controlled By: +ReplicationController/primary',
      `Image: +${t.idleImage}`,
      'State: +Running',
      'QoS Class: +BestEffort',
    )
    const controller = [
      'Selector: +app=primary',
      'Replicas: +1 current / 1 desired',
      'Pods Status: +1 Running / 0 Waiting',
    ]
    says(await describe('rc', 'primary'), 'Name: +primary', `Image: +${t.idleImage}`, ...controller, 'Events:')
    says(await describe('service', 'primary'), 'Selector: +app=primary', 'Type: +ClusterIP', 'IP: +[0-9]', '6379/TCP')
    says(
      await describe('node', spec.nodeName),
      `Name: +${spec.nodeName}`,
      'Conditions:',
      'Capacity:',
      'kubelet',
      'Kubelet Version:',
    )
    says(await describe('namespace', t.namespace), `Name: +${t.namespace}`, 'Status: +Active')
  },
)
