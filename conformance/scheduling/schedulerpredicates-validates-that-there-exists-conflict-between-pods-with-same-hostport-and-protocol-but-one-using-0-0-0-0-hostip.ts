// A port of all addresses of a node is taken for each of them, but not for another protocol.

import { behaviour } from '../behaviour.ts'
import { isUnschedulable, makePod, markedNode } from '../fixtures/nodes.ts'
import { idlePod, podReady } from '../fixtures/workloads.ts'

const hostPort = 54_322

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'SchedulerPredicates validates that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP',
    since: '1.16',
    serial: true,
  },
  async (t) => {
    const { nodeSelector } = await markedNode(t)
    const listening = (hostIP: string | undefined, protocol: string) => ({
      ...idlePod(t, { ports: [{ containerPort: 80, hostPort, hostIP, protocol }] }),
      nodeSelector,
    })
    await makePod(t, 'all', listening('0.0.0.0', 'TCP'))
    await podReady(t, 'all')
    await makePod(t, 'one', listening('127.0.0.1', 'TCP'))
    await isUnschedulable(t, 'one', /didn't have free ports/)
    await makePod(t, 'other', listening('127.0.0.1', 'UDP'))
    await podReady(t, 'other')
  },
)
