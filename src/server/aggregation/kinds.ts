// The resources of extension API servers as kinds, for those in this process who look after objects of every kind.
// Only what discovery says is known of them: their objects are taken as they are.

import type { Kind } from '#api/kind.ts'
import { message } from '#api/schema.ts'
import type { Remote } from './remote.ts'

export const kindsOf = ({ group, version, resources }: Remote): readonly Kind[] =>
  resources
    .filter(({ name, kind }) => !name.includes('/') && kind !== '')
    .map(({ name, kind, singularName, namespaced, verbs, shortNames, categories }) => ({
      group,
      version,
      kind,
      plural: name,
      singular: singularName,
      shortNames,
      categories,
      namespaced,
      doc: '',
      verbs,
      apiVersion: `${group}/${version}`,
      resource: `${name}.${group}`,
      custom: true,
      schema: message('aggregation/v1.Elsewhere', '', {}),
      storedAs: undefined,
      status: false,
      scale: undefined,
      subresources: [],
      columns: [],
      selectableFields: {},
      strategy: {},
    }))
