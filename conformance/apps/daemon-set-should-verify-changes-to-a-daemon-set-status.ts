// The status of a DaemonSet is read, replaced and patched on its own.

import { behaviour } from '../behaviour.ts'
import { checkStatus } from '../fixtures/status.ts'
import { nowhereTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Daemon set should verify changes to a daemon set status', since: '1.22' },
  async (t) => {
    const collection = t.path('apps/v1', 'daemonsets')
    const spec = { selector: { matchLabels: { app: 'daemon' } }, template: nowhereTemplate(t, 'daemon') }
    await t.post(collection, { metadata: { name: 'daemon' }, spec })
    await checkStatus(t, { collection, name: 'daemon', spec: { minReadySeconds: 99 } })
  },
)
