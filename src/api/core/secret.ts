import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { bool, bytes, map, opt, string } from '../schema.ts'
import { secretWarnings } from './secret-warnings.ts'
import { validateImmutable, validateSecretData } from './validate-data.ts'

export const Secret = kind({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  doc: 'Small confidential data, as passwords, tokens and keys.',
  fields: {
    immutable: opt(bool).at(5, 'Once true, the contents never change again.'),
    data: map(bytes).at(2, 'The contents in base64, by key.'),
    stringData: map(string).at(4, 'Contents as plain text; they are added to data and never shown.'),
    type: string.default('Opaque').at(3, 'What the secret is for; Opaque unless given.'),
  },
  generation: false,
  columns: [
    nameColumn,
    { name: 'Type', description: 'What the secret is for.', value: ({ type = '' }) => type },
    { name: 'Data', description: 'How many keys it has.', value: ({ data = {} }) => Object.keys(data).length },
    ageColumn,
  ],
  validate: ({ type = '', data = {}, metadata }, errors) =>
    validateSecretData(type, data, metadata.annotations ?? {}, errors),
  validateUpdate: (next, old, errors) => {
    if (next.type !== old.type) errors.invalid('type', next.type, 'field is immutable')
    validateImmutable(next, old, errors)
  },
  warnings: secretWarnings,
  // `stringData` is only a way to write: it is never stored.
  defaults: (secret) => {
    for (const [key, text] of Object.entries(secret.stringData ?? {})) {
      secret.data ??= {}
      secret.data[key] = Buffer.from(text, 'utf8').toString('base64')
    }
    delete secret.stringData
  },
  selectableFields: { type: (secret) => secret.type ?? '' },
})
export type Secret = ObjectOf<typeof Secret>
