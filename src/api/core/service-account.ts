import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bool, list, opt } from '../schema.ts'
import { LocalObjectReference, ObjectReference } from './reference.ts'

const mountable = 'kubernetes.io/enforce-mountable-secrets'

export const ServiceAccount = kind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  scope: 'Namespaced',
  doc: 'Whom pods act as when they call the API.',
  fields: {
    secrets: list(ObjectReference)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(2, 'Secrets that pods of this account may use.'),
    imagePullSecrets: list(LocalObjectReference)
      .owned('atomic')
      .at(3, 'Secrets for fetching images, for pods that name none.'),
    automountServiceAccountToken: opt(bool).at(4, 'Whether pods get a token of it; a pod may say otherwise.'),
  },
  generation: false,
  columns: [
    nameColumn,
    { name: 'Secrets', description: 'How many secrets it names.', value: ({ secrets = [] }) => secrets.length },
    ageColumn,
  ],
  warnings: ({ metadata }) =>
    metadata.annotations?.[mountable] === undefined
      ? []
      : [
          `metadata.annotations[${mountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ],
  subresources: [
    {
      name: 'token',
      body: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: ['create'],
    },
  ],
})
export type ServiceAccount = ObjectOf<typeof ServiceAccount>
