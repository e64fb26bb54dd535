// Pod templates are deleted together.

import { behaviour } from '../behaviour.ts'
import { checkDeleteCollection } from '../fixtures/collection.ts'
import { idleTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'PodTemplates should delete a collection of pod templates', since: '1.19' },
  (t) =>
    checkDeleteCollection(t, {
      apiVersion: 'v1',
      plural: 'podtemplates',
      make: (name) => ({ template: idleTemplate(t, { name }) }),
    }),
)
