// The status of a StatefulSet is read, replaced and patched on its own.

import { behaviour } from '../behaviour.ts'
import { checkStatus } from '../fixtures/status.ts'
import { statefulSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'StatefulSet Basic … [StatefulSetBasic] should validate Statefulset Status endpoints',
    since: '1.22',
  },
  async (t) => {
    const collection = t.path('apps/v1', 'statefulsets')
    await t.post(collection, statefulSetOf(t, 'told', 1))
    await checkStatus(t, { collection, name: 'told', spec: { minReadySeconds: 99 } })
  },
)
