// Kinds of different groups are published, all of them.

import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for multiple CRDs of different groups',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const customs = [await define(t), await define(t)]
    for (const custom of customs) await isPublished(t, custom, 'v1')
  },
)
