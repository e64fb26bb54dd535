// A pod waits that wants a label that no node has.

import { behaviour } from '../behaviour.ts'
import { isUnschedulable, makePod } from '../fixtures/nodes.ts'
import { nowhereTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-scheduling',
    name: 'SchedulerPredicates validates that NodeSelector is respected if not matching',
    since: '1.9',
  },
  async (t) => {
    await makePod(t, 'choosy', nowhereTemplate(t, 'choosy').spec)
    await isUnschedulable(t, 'choosy', /didn't match Pod's node affinity\/selector/)
  },
)
