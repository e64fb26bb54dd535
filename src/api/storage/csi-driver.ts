import { ageColumn, nameColumn, none } from '../columns.ts'
import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { CSIDriverSpec, type TokenRequest } from './csi-driver-types.ts'

const path = Path.of('spec')
const lifecycleModes = ['Persistent', 'Ephemeral']
const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32
const minUpdateSeconds = 10

function validateTokens(requests: readonly TokenRequest[], errors: FieldErrors): void {
  const seen = new Set<string>()
  requests.forEach(({ audience = '', expirationSeconds: seconds }, i) => {
    const at = path.child('tokenRequests').index(i)
    if (seen.has(audience)) {
      errors.duplicate(at.child('audience'), audience)
      return
    }
    seen.add(audience)
    if (seconds === undefined) return
    const expiry = at.child('expirationSeconds')
    if (seconds < minTokenSeconds) errors.invalid(expiry, seconds, 'may not specify a duration less than 10 minutes')
    if (seconds > maxTokenSeconds) {
      errors.invalid(expiry, seconds, 'may not specify a duration larger than 2^32 seconds')
    }
  })
}

export const CSIDriver = kind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  doc: 'A driver for storage; its name is that of the driver.',
  fields: {
    spec: CSIDriverSpec.at(2, 'What it can do and needs.'),
  },
  generation: false,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    {
      name: 'AttachRequired',
      type: 'boolean',
      description: 'Whether its volumes must be attached to a node.',
      value: ({ spec }) => spec.attachRequired ?? true,
    },
    {
      name: 'PodInfoOnMount',
      type: 'boolean',
      description: 'Whether it is told about the pod.',
      value: ({ spec }) => spec.podInfoOnMount ?? false,
    },
    {
      name: 'StorageCapacity',
      type: 'boolean',
      description: 'Whether the scheduler heeds its capacity.',
      value: ({ spec }) => spec.storageCapacity ?? false,
    },
    {
      name: 'TokenRequests',
      description: 'Whom the tokens are for that it gets.',
      value: ({ spec: { tokenRequests } }) => tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    },
    {
      name: 'RequiresRepublish',
      type: 'boolean',
      description: 'Whether it is called again and again.',
      value: ({ spec }) => spec.requiresRepublish ?? false,
    },
    {
      name: 'Modes',
      description: 'For which volumes it can be used.',
      value: ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || none,
    },
    ageColumn,
  ],
  defaults: ({ spec }) => {
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
  },
  validate: ({ spec }, errors) => {
    validateTokens(spec.tokenRequests ?? [], errors)
    for (const mode of spec.volumeLifecycleModes ?? []) {
      if (!lifecycleModes.includes(mode)) errors.notSupported(path.child('volumeLifecycleModes'), mode, lifecycleModes)
    }
    const { nodeAllocatableUpdatePeriodSeconds: seconds } = spec
    if (seconds !== undefined && seconds < minUpdateSeconds) {
      const least = `must be greater than or equal to ${minUpdateSeconds} seconds`
      errors.invalid(path.child('nodeAllocatableUpdatePeriodSeconds'), seconds, least)
    }
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    if (next.attachRequired !== old.attachRequired) {
      // Upstream calls the field so here.
      errors.invalid(path.child('attachedRequired'), next.attachRequired, 'field is immutable')
    }
    if (!sameValue(next.volumeLifecycleModes, old.volumeLifecycleModes)) {
      errors.invalid(path.child('volumeLifecycleModes'), next.volumeLifecycleModes ?? null, 'field is immutable')
    }
  },
})
export type CSIDriver = ObjectOf<typeof CSIDriver>
