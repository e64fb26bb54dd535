// Priority levels: one of them is never limited, the others have seats, and queues that can be told apart.

import { sameValue } from '../equal.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { mandatoryLevels } from './mandatory.ts'
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from './priority-level-configuration-types.ts'

const path = Path.of('spec')
const maxQueues = 10_000_000
const maxHashBits = 60

interface Parts {
  readonly metadata: { readonly name?: string | undefined }
  readonly spec: PriorityLevelConfigurationSpec
}

export function validatePriorityLevel({ metadata, spec }: Parts, errors: FieldErrors): void {
  const { name = '' } = metadata
  const { type, limited, exempt } = spec
  if ((name === 'exempt') !== (type === 'Exempt')) {
    errors.invalid(path.child('type'), type ?? '', "type must be 'Exempt' if and only if name is 'exempt'")
  }
  if (type === 'Exempt') {
    if (limited) errors.forbidden(path.child('limited'), 'must be nil if the type is not Limited')
    if (exempt) validateShares(exempt, path.child('exempt'), errors)
  } else if (type === 'Limited') {
    if (exempt) errors.forbidden(path.child('exempt'), 'must be nil if the type is Limited')
    if (limited) validateLimited(limited, path.child('limited'), errors)
    else errors.required(path.child('limited'), 'must not be empty when type is Limited')
  } else errors.notSupported(path.child('type'), type ?? '', ['Exempt', 'Limited'])
  validateFixed(name, spec, errors)
}

function validateFixed(name: string, spec: PriorityLevelConfigurationSpec, errors: FieldErrors): void {
  const fixed = mandatoryLevels.get(name)
  if (!fixed) return
  if (name === 'exempt') {
    // What it lends is for the administrator to say.
    const text = "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value"
    if (!sameValue({ ...spec, exempt: undefined }, { ...fixed, exempt: undefined })) errors.invalid(path, spec, text)
  } else if (!sameValue(spec, fixed)) errors.invalid(path, spec, `spec of '${name}' must equal the fixed value`)
}

function validateShares(
  { nominalConcurrencyShares: shares = 0, lendablePercent = 0 }: ExemptPriorityLevelConfiguration,
  at: Path,
  errors: FieldErrors,
): void {
  if (shares < 0) errors.invalid(at.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer')
  if (lendablePercent < 0 || lendablePercent > 100) {
    errors.invalid(at.child('lendablePercent'), lendablePercent, 'must be between 0 and 100, inclusive')
  }
}

function validateLimited(limited: LimitedPriorityLevelConfiguration, at: Path, errors: FieldErrors): void {
  validateShares(limited, at, errors)
  const { borrowingLimitPercent: borrowing = 0 } = limited
  if (borrowing < 0) {
    errors.invalid(at.child('borrowingLimitPercent'), borrowing, 'if specified, must be a non-negative integer')
  }
  validateResponse(limited.limitResponse, at.child('limitResponse'), errors)
}

function validateResponse({ type, queuing }: LimitResponse, at: Path, errors: FieldErrors): void {
  const queuingAt = at.child('queuing')
  if (type === 'Reject') {
    if (queuing) errors.forbidden(queuingAt, 'must be nil if limited.limitResponse.type is not Limited')
  } else if (type === 'Queue') {
    if (queuing) validateQueuing(queuing, queuingAt, errors)
    else errors.required(queuingAt, 'must not be empty if limited.limitResponse.type is Limited')
  } else errors.notSupported(at.child('type'), type ?? '', ['Queue', 'Reject'])
}

/** Each hand of queues is dealt from one hash of so many bits. */
const entropyBits = (queues: number, handSize: number): number => Math.ceil(Math.log2(queues) * handSize)

function validateQueuing(queuing: QueuingConfiguration, at: Path, errors: FieldErrors): void {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing
  const handAt = at.child('handSize')
  if (queueLengthLimit <= 0) errors.invalid(at.child('queueLengthLimit'), queueLengthLimit, 'must be positive')
  if (queues <= 0) errors.invalid(at.child('queues'), queues, 'must be positive')
  else if (queues > maxQueues) errors.invalid(at.child('queues'), queues, `must not be greater than ${maxQueues}`)
  if (handSize <= 0) errors.invalid(handAt, handSize, 'must be positive')
  else if (handSize > queues) errors.invalid(handAt, handSize, `should not be greater than queues (${queues})`)
  else if (entropyBits(queues, handSize) > maxHashBits) {
    const text = `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`
    errors.invalid(handAt, handSize, text)
  }
}
