// The scale of a StatefulSet is read, replaced and patched.

import { behaviour } from '../behaviour.ts'
import { checkScale } from '../fixtures/scale.ts'
import { statefulSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'StatefulSet Basic … [StatefulSetBasic] should have a working scale subresource',
    since: '1.16,1.21',
  },
  async (t) => {
    await t.post(t.path('apps/v1', 'statefulsets'), statefulSetOf(t, 'scaled', 1))
    await checkScale(t, t.path('apps/v1', 'statefulsets', 'scaled'))
  },
)
