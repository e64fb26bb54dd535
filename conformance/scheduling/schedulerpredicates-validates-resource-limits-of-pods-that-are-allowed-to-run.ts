// A pod waits that asks for more than is left of a node, until enough is.

import { behaviour, type Json } from '../behaviour.ts'
import { isUnschedulable, makePod, markedNode } from '../fixtures/nodes.ts'
import { idlePod, podReady } from '../fixtures/workloads.ts'

const millis = (amount: string): number => (amount.endsWith('m') ? Number.parseInt(amount, 10) : Number(amount) * 1000)

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'SchedulerPredicates validates resource limits of pods that are allowed to run',
    since: '1.9',
    serial: true,
  },
  async (t) => {
    const { node, nodeSelector } = await markedNode(t)
    const { items } = await t.get(t.clusterPath('v1', 'pods'), { fieldSelector: `spec.nodeName=${node.metadata.name}` })
    const taken = items
      .filter(({ status }: Json) => !['Succeeded', 'Failed'].includes(status.phase))
      .flatMap(({ spec }: Json) => spec.containers)
      .reduce((sum: number, { resources }: Json) => sum + millis(resources?.requests?.cpu ?? '0'), 0)
    const left = millis(node.status.allocatable.cpu) - taken
    const asking = (share: number) => ({
      ...idlePod(t, {
        resources: {
          requests: { cpu: `${Math.floor(left * share)}m` },
          limits: { cpu: `${Math.floor(left * share)}m` },
        },
      }),
      nodeSelector,
    })
    await makePod(t, 'most', asking(0.7))
    await podReady(t, 'most')
    await makePod(t, 'more', asking(0.5))
    await isUnschedulable(t, 'more', /Insufficient cpu/)
    await t.delete(t.path('v1', 'pods', 'most'))
    await podReady(t, 'more')
  },
)
