// A pod waits outside until every one of its gates has been taken away.
import type { Plugin } from '../framework.ts'

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  wakes: ['own-pod'],
  gate: ({ pod }) => {
    const gates = pod.spec.schedulingGates ?? []
    return gates.length === 0
      ? undefined
      : `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`
  },
}
