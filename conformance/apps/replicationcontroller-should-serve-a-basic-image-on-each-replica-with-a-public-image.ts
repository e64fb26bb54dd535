// Each pod of a ReplicationController can be reached, and says its own name.

import { behaviour } from '../behaviour.ts'
import { eachSaysItsName, namesTemplate } from '../fixtures/serve-names.ts'

export const test = behaviour(
  {
    group: 'sig-apps',
    name: 'ReplicationController should serve a basic image on each replica with a public image',
    since: '1.9',
    needs: ['pods'],
  },
  async (t) => {
    const spec = { replicas: 2, selector: { app: 'names' }, template: namesTemplate(t, 'names') }
    await t.post(t.path('v1', 'replicationcontrollers'), { metadata: { name: 'names' }, spec })
    await eachSaysItsName(t, 'names', 2)
  },
)
