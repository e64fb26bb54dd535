// Pod templates take every verb.

import { behaviour } from '../behaviour.ts'
import { checkOperations } from '../fixtures/api-operations.ts'
import { idleTemplate } from '../fixtures/workloads.ts'

export const test = behaviour(
  { group: 'sig-node', name: 'PodTemplates should run the lifecycle of PodTemplates', since: '1.19' },
  (t) =>
    checkOperations(t, {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      plural: 'podtemplates',
      make: (name) => ({ template: idleTemplate(t, { name }) }),
      patch: { template: { metadata: { annotations: { pod: 'template' } } } },
    }),
)
