// The messages that a driver for storage is made of; the kind itself is in csi-driver.ts.

import { bool, int64, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const TokenRequest = message(
  'storage/v1.TokenRequest',
  "A token that a driver gets of the pods' service account.",
  {
    audience: req(string).at(1, 'Whom the token is for; the API server if empty.'),
    expirationSeconds: opt(int64).at(2, 'For how many seconds it is good.'),
  },
)
export type TokenRequest = TypeOf<typeof TokenRequest>

export const CSIDriverSpec = message('storage/v1.CSIDriverSpec', 'What a driver can do and needs.', {
  attachRequired: opt(bool)
    .default(true)
    .at(1, 'Whether its volumes must be attached to a node before they are mounted; true unless given.'),
  podInfoOnMount: opt(bool).default(false).at(2, 'Whether it is told about the pod when it mounts a volume.'),
  volumeLifecycleModes: list(string.choices('Persistent', 'Ephemeral'))
    .owned('set')
    .at(3, 'Persistent for volumes of claims, Ephemeral for volumes of a single pod.'),
  storageCapacity: opt(bool).default(false).at(4, 'Whether the scheduler heeds what it says about its capacity.'),
  fsGroupPolicy: opt(string.oneOf('File', 'None', 'ReadWriteOnceWithFSType'))
    .default('ReadWriteOnceWithFSType')
    .at(5, "When the group of a volume's files is changed: ReadWriteOnceWithFSType, File or None."),
  tokenRequests: list(TokenRequest).owned('atomic').at(6, 'The tokens that it gets when it mounts a volume.'),
  requiresRepublish: opt(bool).default(false).at(7, 'Whether it is called again and again while a volume is mounted.'),
  seLinuxMount: opt(bool).default(false).at(8, 'Whether it can mount with an SELinux context.'),
  nodeAllocatableUpdatePeriodSeconds: opt(int64).at(
    9,
    'How often it is asked how many volumes a node can have; at least 10.',
  ),
  serviceAccountTokenInSecrets: opt(bool).at(
    10,
    'Whether tokens come among the secrets and not among the attributes of the volume.',
  ),
  preventPodSchedulingIfMissing: opt(bool).at(11, 'Whether pods wait if the driver is not on a node.'),
})
export type CSIDriverSpec = TypeOf<typeof CSIDriverSpec>
