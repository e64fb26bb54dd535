// A match condition that is no expression is refused, with what is wrong with it.

import { behaviour } from '../behaviour.ts'
import { checkInvalidMatchConditions } from '../fixtures/match-conditions.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should reject mutating webhook configurations with invalid match conditions',
    since: '1.28',
  },
  (t) => checkInvalidMatchConditions(t, 'mutating'),
)
