import { list, map, message, quantity, req, string, type TypeOf } from '../schema.ts'

export const ResourceClaim = message('core/v1.ResourceClaim', 'A claim on devices that a container uses.', {
  name: req(string).at(1, 'The name of the claim, as the pod calls it.'),
  request: string.at(2, 'One request of the claim; all unless given.'),
})
export type ResourceClaim = TypeOf<typeof ResourceClaim>

export const ResourceRequirements = message(
  'core/v1.ResourceRequirements',
  'How much is asked for, and how much may be used at most.',
  {
    limits: map(quantity).at(1, 'How much may be used at most.'),
    requests: map(quantity).at(2, 'How much is asked for; as much as the limit unless given.'),
    claims: list(ResourceClaim).owned('map', 'name').at(3, 'The claims on devices that are used.'),
  },
)
export type ResourceRequirements = TypeOf<typeof ResourceRequirements>

export const VolumeResourceRequirements = message(
  'core/v1.VolumeResourceRequirements',
  'How large a volume must be, and may be at most.',
  {
    limits: map(quantity).at(1, 'How large it may be at most.'),
    requests: map(quantity).at(2, 'How large it must be.'),
  },
)
export type VolumeResourceRequirements = TypeOf<typeof VolumeResourceRequirements>

export const ContainerResizePolicy = message(
  'core/v1.ContainerResizePolicy',
  'What happens when a resource of a container is changed while it runs.',
  {
    resourceName: req(string).at(1, 'The resource: cpu or memory.'),
    restartPolicy: req(string).at(2, 'NotRequired leaves it running, RestartContainer restarts it.'),
  },
)
export type ContainerResizePolicy = TypeOf<typeof ContainerResizePolicy>
