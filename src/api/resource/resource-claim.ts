import { ageColumn, nameColumn } from '../columns.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { defaultDeviceClaim } from './device-request.ts'
import { ResourceClaimSpec, ResourceClaimStatus } from './resource-claim-types.ts'
import { validateClaim, validateClaimStatus, validateSameSpec } from './validate-claim.ts'

export const ResourceClaim = kind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  scope: 'Namespaced',
  doc: 'Asks for devices, and holds them for the pods that use it.',
  fields: {
    spec: ResourceClaimSpec.at(2, 'What is asked for; it never changes.'),
    status: ResourceClaimStatus.at(3, 'What was given.'),
  },
  status: true,
  statusKeeps: allMetadata,
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'State',
      description: 'How far the claim has come.',
      value: ({ metadata, status }) => {
        const states: string[] = []
        if (metadata.deletionTimestamp !== undefined) states.push('deleted')
        if (status.allocation) states.push('allocated')
        else if (metadata.deletionTimestamp === undefined) states.push('pending')
        if (status.allocation && status.reservedFor?.length) states.push('reserved')
        return states.join(',')
      },
    },
    ageColumn,
  ],
  defaults: ({ spec }) => defaultDeviceClaim(spec.devices),
  validateCreate: validateClaim,
  validateUpdate: validateSameSpec,
  validateStatusUpdate: validateClaimStatus,
})
export type ResourceClaim = ObjectOf<typeof ResourceClaim>
