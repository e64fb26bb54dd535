// The list of what is fuzzed: a line here is the registration.

import { decoding } from './decoding.ts'
import { definitions } from './definitions.ts'
import { expressions } from './expressions.ts'
import type { Area } from './law.ts'
import { patches } from './patches.ts'
import { requests } from './requests.ts'
import { selectors } from './selectors.ts'

export const areas: readonly (() => Promise<Area>)[] = [
  decoding,
  patches,
  selectors,
  expressions,
  definitions,
  requests,
]
