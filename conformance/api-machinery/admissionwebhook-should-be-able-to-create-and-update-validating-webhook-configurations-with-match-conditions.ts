// Match conditions of a configuration are stored, shown and changed.

import { behaviour } from '../behaviour.ts'
import { checkMatchConditions } from '../fixtures/match-conditions.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'AdmissionWebhook should be able to create and update validating webhook configurations with match conditions',
    since: '1.28',
  },
  (t) => checkMatchConditions(t, 'validating'),
)
