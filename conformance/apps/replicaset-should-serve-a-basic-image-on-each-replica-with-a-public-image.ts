// Each pod of a ReplicaSet can be reached, and says its own name.

import { behaviour } from '../behaviour.ts'
import { eachSaysItsName, namesTemplate } from '../fixtures/serve-names.ts'
import { replicaSetOf } from '../fixtures/workloads.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'ReplicaSet should serve a basic image on each replica with a public image',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const set = replicaSetOf(t, 'names', 2)
    await t.post(t.path('apps/v1', 'replicasets'), {
      ...set,
      spec: { ...set.spec, template: namesTemplate(t, 'names') },
    })
    await eachSaysItsName(t, 'names', 2)
  },
)
