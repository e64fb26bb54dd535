// Kinds of one version are published, each under its name.

import { behaviour } from '../behaviour.ts'
import { define } from '../fixtures/definition.ts'
import { isPublished } from '../fixtures/openapi.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourcePublishOpenAPI works for multiple CRDs of same group and version but different kinds',
    since: '1.16',
    clusterScoped: true,
  },
  async (t) => {
    const first = await define(t)
    const second = await define(t, { group: first.group })
    await isPublished(t, first, 'v1')
    await isPublished(t, second, 'v1')
  },
)
