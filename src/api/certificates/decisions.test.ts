import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FieldErrors } from '../field-errors.ts'
import { CertificateSigningRequest } from './certificate-signing-request.ts'

const approved = { type: 'Approved', status: 'True', reason: 'Person', lastUpdateTime: '2026-01-01T00:00:00Z' } as const
const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure' } as const

type Conditions = readonly { readonly type: string; readonly reason?: string }[]

/** What becomes of a write of the status, and what is wrong with it. */
function written(next: Conditions, old: Conditions) {
  const draft = { metadata: {}, spec: {}, status: { conditions: [...next] } }
  const before = { metadata: {}, spec: {}, status: { conditions: [...old] } }
  const { prepareForStatusUpdate, validateStatusUpdate } = CertificateSigningRequest.strategy
  prepareForStatusUpdate?.(draft as never, before as never, { nowMs: 0 })
  const errors = new FieldErrors()
  validateStatusUpdate?.(draft as never, before as never, errors)
  return { conditions: draft.status.conditions, errors: errors.all.map(({ message }) => message) }
}

test('whoever writes the status cannot approve', () => {
  const { errors } = written([approved], [])
  assert.deepEqual(errors, ['Forbidden: updates may not add a condition of type "Approved"'])
})

test('whoever writes the status cannot take back an approval, nor change it', () => {
  assert.deepEqual(written([], [approved]).errors, ['Forbidden: updates may not remove a condition of type "Approved"'])
  const { conditions, errors } = written([{ ...approved, reason: 'Other' }], [approved])
  assert.deepEqual(errors, [])
  assert.equal(conditions[0]?.reason, 'Person')
})

test('a signer may say that it has failed, and the server when', () => {
  const { conditions, errors } = written([approved, failed], [approved])
  assert.deepEqual(errors, [])
  const time = '1970-01-01T00:00:00Z'
  assert.deepEqual(conditions[1], { ...failed, lastUpdateTime: time, lastTransitionTime: time })
})
