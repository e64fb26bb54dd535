// DaemonSets are listed by a label, and deleted together.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { nowhereTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-apps', name: 'Daemon set should list and delete a collection of DaemonSets', since: '1.22' },
  (t) =>
    checkDeleteCollection(t, {
      apiVersion: 'apps/v1',
      plural: 'daemonsets',
      make: (name) => ({ spec: { selector: { matchLabels: { app: name } }, template: nowhereTemplate(t, name) } }),
    }),
)
