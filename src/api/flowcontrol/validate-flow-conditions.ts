// Conditions of schemas and levels, which are older than those that all kinds have in common.

import { type FieldErrors, Path } from '../field-errors.ts'

interface Parts {
  readonly status: { readonly conditions?: readonly { readonly type?: string | undefined }[] | undefined }
}

export function validateFlowConditions(
  { status: { conditions = [] } }: Parts,
  _old: unknown,
  errors: FieldErrors,
): void {
  conditions.forEach(({ type = '' }, i) => {
    const at = Path.of('status').child('conditions').index(i).child('type')
    if (conditions.findIndex((one) => (one.type ?? '') === type) < i) errors.duplicate(at, type)
    if (type === '') errors.required(at, 'must not be empty')
  })
}
