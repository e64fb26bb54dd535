import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bool, list, opt } from '../schema.ts'
import { LocalObjectReference, ObjectReference } from './reference.ts'

export const ServiceAccount = kind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  scope: 'Namespaced',
  doc: 'DOC:core/v1.ServiceAccount',
  fields: {
    secrets: list(ObjectReference)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(2, 'DOC:core/v1.ServiceAccount.secrets'),
    imagePullSecrets: list(LocalObjectReference).owned('atomic').at(3, 'DOC:core/v1.ServiceAccount.imagePullSecrets'),
    automountServiceAccountToken: opt(bool).at(4, 'DOC:core/v1.ServiceAccount.automountServiceAccountToken'),
  },
  generation: false,
  columns: [
    nameColumn,
    { name: 'Secrets', description: 'How many secrets it names.', value: ({ secrets = [] }) => secrets.length },
    ageColumn,
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
