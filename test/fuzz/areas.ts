// The list of what is fuzzed: a line here is the registration.

import { decoding } from './decoding.ts'
import type { Area } from './law.ts'

export const areas: readonly (() => Promise<Area>)[] = [decoding]
