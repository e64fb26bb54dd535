import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { defaultDeviceClaim } from './device-request.ts'
import { ResourceClaimTemplateSpec } from './resource-claim-template-types.ts'
import { validateClaimTemplate, validateSameSpec } from './validate-claim.ts'

export const ResourceClaimTemplate = kind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  doc: 'A claim that is made anew for each pod that uses the template.',
  fields: {
    spec: ResourceClaimTemplateSpec.at(2, 'The claim; it never changes.'),
  },
  generation: false,
  columns: [nameColumn, ageColumn],
  defaults: ({ spec }) => defaultDeviceClaim(spec.spec.devices),
  validateCreate: validateClaimTemplate,
  validateUpdate: validateSameSpec,
})
export type ResourceClaimTemplate = ObjectOf<typeof ResourceClaimTemplate>
