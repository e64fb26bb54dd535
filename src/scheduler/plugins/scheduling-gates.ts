// A pod waits outside until every one of its gates has been taken away. The server says so in its status.
import type { Plugin } from '../framework.ts'

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  wakes: [],
  holdsBack: ({ pod }) => (pod.spec.schedulingGates?.length ?? 0) > 0,
}
