// The messages that a PriorityLevelConfiguration is made of; the kind itself is in priority-level-configuration.ts.

import { int32, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const ExemptPriorityLevelConfiguration = message(
  'flowcontrol/v1.ExemptPriorityLevelConfiguration',
  'What a level that is never limited lends to others.',
  {
    nominalConcurrencyShares: opt(int32)
      .default(0)
      .at(1, 'Its share of the seats that others may borrow from; 0 unless given.'),
    lendablePercent: opt(int32).default(0).at(2, 'How much of that it lends, in percent; 0 unless given.'),
  },
)
export type ExemptPriorityLevelConfiguration = TypeOf<typeof ExemptPriorityLevelConfiguration>

export const QueuingConfiguration = message('flowcontrol/v1.QueuingConfiguration', 'How requests wait.', {
  queues: req(int32).default(64).at(1, 'How many queues there are; more keep flows better apart. 64 unless given.'),
  handSize: req(int32).default(8).at(2, 'How many queues each flow may use, at most all of them; 8 unless given.'),
  queueLengthLimit: req(int32).default(50).at(3, 'How many requests may wait in a queue; 50 unless given.'),
})
export type QueuingConfiguration = TypeOf<typeof QueuingConfiguration>

export const LimitResponse = message('flowcontrol/v1.LimitResponse', 'What happens to requests that cannot run now.', {
  type: req(string).at(1, 'Queue lets them wait, Reject refuses them.'),
  queuing: opt(QueuingConfiguration).at(2, 'How they wait; only for Queue.'),
})
export type LimitResponse = TypeOf<typeof LimitResponse>

export const LimitedPriorityLevelConfiguration = message(
  'flowcontrol/v1.LimitedPriorityLevelConfiguration',
  'How many requests of a level may run at a time.',
  {
    nominalConcurrencyShares: opt(int32)
      .default(30)
      .at(1, 'Its share of the seats, in proportion to those of all levels; 30 unless given.'),
    limitResponse: LimitResponse.at(2, 'What happens to requests that cannot run now.'),
    lendablePercent: opt(int32)
      .default(0)
      .at(3, 'How many of its seats other levels may borrow, in percent; 0 unless given.'),
    borrowingLimitPercent: opt(int32).at(
      4,
      'How many seats it may borrow from others, in percent of its own; any number unless given.',
    ),
  },
)
export type LimitedPriorityLevelConfiguration = TypeOf<typeof LimitedPriorityLevelConfiguration>

export const PriorityLevelConfigurationSpec = message(
  'flowcontrol/v1.PriorityLevelConfigurationSpec',
  'How requests of a level are handled.',
  {
    type: req(string).at(1, 'Limited, or Exempt for the level of that name, which is never limited.'),
    limited: opt(LimitedPriorityLevelConfiguration).at(2, 'How many may run at a time; only for Limited.'),
    exempt: opt(ExemptPriorityLevelConfiguration).at(3, 'What the level lends to others; only for Exempt.'),
  },
)
export type PriorityLevelConfigurationSpec = TypeOf<typeof PriorityLevelConfigurationSpec>

export const PriorityLevelConfigurationCondition = message(
  'flowcontrol/v1.PriorityLevelConfigurationCondition',
  'One finding about a priority level.',
  {
    type: string.at(1, 'What is found out.'),
    status: string.at(2, 'True, False or Unknown.'),
    lastTransitionTime: time.at(3, 'When the status last changed.'),
    reason: string.at(4, 'Why the status is as it is, in one word.'),
    message: string.at(5, 'The finding in words.'),
  },
)
export type PriorityLevelConfigurationCondition = TypeOf<typeof PriorityLevelConfigurationCondition>

export const PriorityLevelConfigurationStatus = message(
  'flowcontrol/v1.PriorityLevelConfigurationStatus',
  'What is known of a priority level.',
  {
    conditions: list(PriorityLevelConfigurationCondition)
      .patch('merge', 'type')
      .owned('map', 'type')
      .at(1, 'The latest findings, one of each type.'),
  },
)
export type PriorityLevelConfigurationStatus = TypeOf<typeof PriorityLevelConfigurationStatus>
