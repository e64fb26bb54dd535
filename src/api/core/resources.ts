import { list, map, message, quantity, req, string, type TypeOf } from '../schema.ts'

export const ResourceClaim = message('core/v1.ResourceClaim', 'DOC:core/v1.ResourceClaim', {
  name: req(string).at(1, 'DOC:core/v1.ResourceClaim.name'),
  request: string.at(2, 'DOC:core/v1.ResourceClaim.request'),
})
export type ResourceClaim = TypeOf<typeof ResourceClaim>

export const ResourceRequirements = message('core/v1.ResourceRequirements', 'DOC:core/v1.ResourceRequirements', {
  limits: map(quantity).at(1, 'DOC:core/v1.ResourceRequirements.limits'),
  requests: map(quantity).at(2, 'DOC:core/v1.ResourceRequirements.requests'),
  claims: list(ResourceClaim).owned('map', 'name').at(3, 'DOC:core/v1.ResourceRequirements.claims'),
})
export type ResourceRequirements = TypeOf<typeof ResourceRequirements>

export const VolumeResourceRequirements = message(
  'core/v1.VolumeResourceRequirements',
  'DOC:core/v1.VolumeResourceRequirements',
  {
    limits: map(quantity).at(1, 'DOC:core/v1.VolumeResourceRequirements.limits'),
    requests: map(quantity).at(2, 'DOC:core/v1.VolumeResourceRequirements.requests'),
  },
)
export type VolumeResourceRequirements = TypeOf<typeof VolumeResourceRequirements>

export const ContainerResizePolicy = message('core/v1.ContainerResizePolicy', 'DOC:core/v1.ContainerResizePolicy', {
  resourceName: req(string).at(1, 'DOC:core/v1.ContainerResizePolicy.resourceName'),
  restartPolicy: req(string).at(2, 'DOC:core/v1.ContainerResizePolicy.restartPolicy'),
})
export type ContainerResizePolicy = TypeOf<typeof ContainerResizePolicy>
