// The messages that a ResourceClaimTemplate is made of; the kind itself is in resource-claim-template.ts.

import { ObjectMeta } from '../meta/object-meta.ts'
import { message, type TypeOf } from '../schema.ts'
import { ResourceClaimSpec } from './resource-claim-types.ts'

export const ResourceClaimTemplateSpec = message(
  'resource/v1.ResourceClaimTemplateSpec',
  'The claim that is made for each pod.',
  {
    metadata: ObjectMeta.at(1, 'Labels and annotations for the claims.'),
    spec: ResourceClaimSpec.at(2, 'The spec of the claims.'),
  },
)
export type ResourceClaimTemplateSpec = TypeOf<typeof ResourceClaimTemplateSpec>
