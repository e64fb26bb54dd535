// Cells that the tables of policies and bindings of both sorts share.

import type { Column } from '../kind.ts'
import { formatLabelSelector } from '../labels.ts'
import type { ParamKind, ParamRef } from './policy.ts'

const unset = '<unset>'

export const paramKindColumn: Column<{ readonly spec: { readonly paramKind?: ParamKind | undefined } }> = {
  name: 'ParamKind',
  description: 'The kind of the parameters.',
  value: ({ spec: { paramKind: kind } }) => (kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : unset),
}

interface Bound {
  readonly spec: { readonly policyName?: string | undefined; readonly paramRef?: ParamRef | undefined }
}

export const bindingColumns: readonly Column<Bound>[] = [
  { name: 'PolicyName', description: 'The policy that is put into force.', value: ({ spec }) => spec.policyName ?? '' },
  {
    name: 'ParamRef',
    description: 'The objects that hold its parameters.',
    value: ({ spec: { paramRef: ref } }) => {
      // Whether parameters are in namespaces cannot be told from here.
      if (ref?.name) return `${ref.namespace || '*'}/${ref.name}`
      return ref?.selector ? formatLabelSelector(ref.selector) : unset
    },
  },
]
