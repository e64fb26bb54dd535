import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems, row } from '../testing.ts'
import { CronJob } from './cron-job.ts'
import { Job } from './job.ts'

const pods = (spec: object = {}, metadata: object = {}) => ({
  metadata,
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...spec },
})
const job = (spec: object = {}, more: object = {}) => ({
  metadata: { uid: 'u' },
  spec: { template: pods(), ...spec },
  ...more,
})
const indexed = (spec: object = {}) => job({ completionMode: 'Indexed', completions: 5, ...spec })

test('a job has what was left out', () => {
  const { template: _, selector: _s, ...spec } = made(Job, job()).spec
  assert.deepEqual(spec, {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    manualSelector: false,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  })
})

test('what a job has depends on what else it has', () => {
  const queue = made(Job, job({ parallelism: 3 })).spec
  assert.deepEqual([queue.parallelism, queue.completions], [3, undefined])
  assert.equal(made(Job, indexed({ backoffLimitPerIndex: 1 })).spec.backoffLimit, 2147483647)
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }]
  const { podReplacementPolicy, podFailurePolicy } = made(Job, job({ podFailurePolicy: { rules } })).spec
  assert.equal(podReplacementPolicy, 'Failed')
  assert.equal(podFailurePolicy?.rules[0]?.onPodConditions?.[0]?.status, 'True')
  const { metadata } = made(Job, job({ template: pods({}, { labels: { a: 'b' } }) }))
  assert.deepEqual(metadata.labels, { a: 'b' })
})

test('the pods of a job have its name and UID for labels', () => {
  const { spec } = made(Job, job())
  const uid = { 'batch.kubernetes.io/controller-uid': 'u' }
  assert.deepEqual(spec.selector, { matchLabels: uid })
  assert.deepEqual(spec.template.metadata.labels, {
    'batch.kubernetes.io/job-name': 'a',
    'job-name': 'a',
    ...uid,
    'controller-uid': 'u',
  })
})

test('a job that selects by itself must match its own pods', () => {
  const selector = { matchLabels: { a: 'b' } }
  const template = pods({}, { labels: { a: 'b' } })
  assert.deepEqual(problems(Job, job({ manualSelector: true, selector, template })), [])
  assert.deepEqual(problems(Job, job({ manualSelector: true, template })), [
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  ])
})

const failure = (rule: object) => job({ podFailurePolicy: { rules: [rule] } })
const success = (...rules: object[]) => indexed({ successPolicy: { rules } })

const jobs: readonly (readonly [string, object, readonly string[]])[] = [
  ['a template', job(), []],
  ['indexes', indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 2 }), []],
  [
    'pods that never end',
    job({ template: pods({ restartPolicy: 'Always' }) }),
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'less than nothing',
    job({ parallelism: -1, ttlSecondsAfterFinished: -1 }),
    [
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'limits of indexes without any',
    job({ maxFailedIndexes: 1 }),
    [
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
    ],
  ],
  [
    'indexes without a number of them',
    job({ completionMode: 'Indexed', parallelism: 100001 }),
    [
      'spec.completions: Required value: when completion mode is Indexed',
      'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    ],
  ],
  [
    'very many indexes',
    indexed({ completions: 200000, parallelism: 20000, backoffLimitPerIndex: 1 }),
    [
      'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
      'spec.parallelism: Invalid value: 20000: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
    ],
  ],
  [
    'an unknown mode and a manager without a domain',
    job({ completionMode: 'Best', managedBy: 'me' }),
    [
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
      'spec.completionMode: Unsupported value: "Best": supported values: "NonIndexed", "Indexed"',
    ],
  ],
  [
    'labels of another job',
    job({ template: pods({}, { labels: { 'job-name': 'b' } }) }),
    [
      'spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"u","batch.kubernetes.io/job-name":"a","controller-uid":"u","job-name":"b"}: must be \'a\'',
    ],
  ],
  [
    'a rule for nothing',
    failure({}),
    [
      'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
  ],
  [
    'exit codes that cannot be',
    failure({ action: 'FailIndex', onExitCodes: { containerName: 'd', operator: 'In', values: [5, 0, 5] } }),
    [
      'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 5',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [5,0,5]: must be ordered',
    ],
  ],
  [
    'a policy for pods that are restarted',
    job({
      template: pods({ restartPolicy: 'OnFailure' }),
      podReplacementPolicy: 'TerminatingOrFailed',
      podFailurePolicy: { rules: [] },
    }),
    [
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  ],
  [
    'success without indexes',
    job({ successPolicy: { rules: [{ succeededCount: 1 }] } }),
    ['spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode'],
  ],
  [
    'success that cannot be',
    success({}, { succeededCount: 6 }, { succeededIndexes: '0-1', succeededCount: 3 }, { succeededIndexes: '7' }),
    [
      'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
      'spec.successPolicy.rules[1].succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)',
      'spec.successPolicy.rules[2].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
      'spec.successPolicy.rules[3].succeededIndexes: Invalid value: "7": error parsing succeededIndexes: too large index: "7"',
    ],
  ],
]
for (const [what, sent, expected] of jobs) {
  test(`a job with ${what} is told so`, () => {
    assert.deepEqual(problems(Job, sent), expected)
  })
}

test('a job with indexes has a name that leaves room for them', () => {
  const name = 'a'.repeat(62)
  assert.deepEqual(problems(Job, { ...indexed(), metadata: { name, uid: 'u' } }), [
    `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-4`,
  ])
})

/** As the server stores it: with the selector that it made. */
const stored = (spec: object = {}) => {
  const { spec: completed } = made(Job, job(spec))
  return { spec: completed }
}
const changed = (before: object, change: (spec: ReturnType<typeof made<typeof Job>>['spec']) => void) => {
  const after = structuredClone(stored(before))
  change(after.spec)
  return changeProblems(Job, { metadata: { uid: 'u' }, spec: before }, after).map((text) => text.slice(0, 60))
}

test('what a job does never changes, but for how many pods do it', () => {
  const base = { template: pods() }
  const other = (spec: { template: { spec: { hostNetwork?: boolean | undefined } } }) => {
    spec.template.spec.hostNetwork = true
  }
  assert.deepEqual(
    changed(base, (spec) => {
      spec.parallelism = 4
      spec.suspend = true
    }),
    [],
  )
  assert.match(changed(base, other)[0] ?? '', /^spec.template: Invalid value/)
  assert.match(
    changed(base, (spec) => {
      spec.completions = 4
    })[0] ?? '',
    /^spec.completions: Invalid value: 4: field is immutable/,
  )
})

test('a job with indexes grows with its parallelism', () => {
  const base = { template: pods(), completionMode: 'Indexed', completions: 5, parallelism: 5 }
  const grown = (parallelism: number) =>
    changed(base, (spec) => {
      spec.completions = 7
      spec.parallelism = parallelism
    })
  assert.deepEqual(grown(7), [])
  assert.match(grown(5)[0] ?? '', /^spec.completions: Invalid value: 7: can only be modified in/)
})

test('where the pods of a job run changes only before there are any', () => {
  const place = (spec: { template: { spec: { nodeSelector?: Record<string, string> | undefined } } }) => {
    spec.template.spec.nodeSelector = { disk: 'ssd' }
  }
  assert.equal(changed({ template: pods() }, place).length, 1)
  assert.deepEqual(changed({ template: pods(), suspend: true }, place), [])
})

const is = (...types: string[]) => types.map((type) => ({ type, status: 'True' }))
const start = { startTime: '2024-01-01T00:00:00Z' }

const statuses: readonly (readonly [string, object, object, readonly string[]])[] = [
  ['nothing', {}, start, []],
  [
    'a proper end',
    start,
    { ...start, completionTime: '2024-01-01T00:01:00Z', conditions: is('SuccessCriteriaMet', 'Complete') },
    [],
  ],
  [
    'two ends',
    start,
    { ...start, conditions: is('FailureTarget', 'Failed', 'SuccessCriteriaMet') },
    [
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
  ],
  [
    'an end out of the blue',
    {},
    { active: 1, conditions: is('Complete') },
    [
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.startTime: Required value: startTime is required for finished job',
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
    ],
  ],
  [
    'an end that is taken back',
    { ...start, failed: 3, conditions: is('FailureTarget', 'Failed') },
    { ...start, failed: 2, conditions: is('FailureTarget') },
    [
      'status.conditions: Invalid value: cannot disable the terminal Failed=True condition',
      'status.failed: Invalid value: 2: cannot decrease the failed counter',
    ],
  ],
  [
    'indexes that it has not',
    start,
    { ...start, completedIndexes: '0', failedIndexes: '1', ready: 1 },
    [
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      'status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      'status.ready: Invalid value: 1: cannot set more ready pods than active',
    ],
  ],
  [
    'another start',
    start,
    { startTime: '2024-01-02T00:00:00Z' },
    ['status.startTime: Required value: startTime cannot be removed for unsuspended job'],
  ],
]
for (const [what, before, after, expected] of statuses) {
  test(`a status of a job with ${what} is told so`, () => {
    // Two completions, so that an index that is named could be one.
    const of = (status: object) => job({ completions: 2 }, { status })
    assert.deepEqual(changeProblems(Job, of(before), of(after), 'status'), expected)
  })
}

test('no index both succeeds and fails', () => {
  const spec = { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 }
  const of = (status: object) => job(spec, { status })
  assert.deepEqual(changeProblems(Job, of({}), of({ completedIndexes: '0-2', failedIndexes: '2,4' }), 'status'), [
    'status.failedIndexes: Invalid value: "2,4": failedIndexes and completedIndexes overlap at index: 2',
  ])
})

test('the table of jobs tells how far they are', () => {
  const shown = (spec: object, status: object, nowMs = Date.parse('2024-01-01T00:05:00Z')) =>
    row(Job, job({ manualSelector: true, ...spec }, { status }), nowMs).split(' Age=')[0]
  assert.equal(shown({}, {}), 'Name=a Status=Running Completions=0/1 Duration=')
  assert.equal(
    shown({ parallelism: 3 }, { ...start, succeeded: 1 }),
    'Name=a Status=Running Completions=1/1 of 3 Duration=5m',
  )
  const over = { ...start, completionTime: '2024-01-01T00:00:42Z', succeeded: 1, conditions: is('Complete') }
  assert.equal(shown({}, over), 'Name=a Status=Complete Completions=1/1 Duration=42s')
  assert.equal(shown({}, { conditions: is('Suspended') }), 'Name=a Status=Suspended Completions=0/1 Duration=')
})

const cron = (spec: object = {}, template: object = {}) => ({
  spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: pods(), ...template } }, ...spec },
})

const crons: readonly (readonly [string, object, readonly string[]])[] = [
  ['a schedule', cron({ timeZone: 'Europe/Zurich' }), []],
  ['no schedule', cron({ schedule: '' }), ['spec.schedule: Required value']],
  [
    'a schedule that is none',
    cron({ schedule: '0 0 * *' }),
    ['spec.schedule: Invalid value: "0 0 * *": expected exactly 5 fields, found 4: [0 0 * *]'],
  ],
  [
    'a zone in its schedule',
    cron({ schedule: 'TZ=UTC 0 0 * * *' }),
    [
      'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
  ],
  [
    'a zone that is none',
    cron({ timeZone: 'Moon/Crater' }),
    ['spec.timeZone: Invalid value: "Moon/Crater": unknown time zone Moon/Crater'],
  ],
  [
    'a zone that is anywhere',
    cron({ timeZone: 'Local' }),
    [
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
  ],
  [
    'a way out of files',
    cron({ timeZone: '../etc' }),
    ['spec.timeZone: Invalid value: "../etc": unknown time zone ../etc'],
  ],
  [
    'jobs that select by themselves',
    cron({}, { manualSelector: true, selector: {} }),
    [
      'spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated',
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
    ],
  ],
  [
    'what cannot be',
    cron({ concurrencyPolicy: 'Maybe', startingDeadlineSeconds: -1, failedJobsHistoryLimit: -1 }),
    [
      'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"',
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'too long a name',
    { ...cron(), metadata: { name: 'a'.repeat(53) } },
    [`metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`],
  ],
]
for (const [what, sent, expected] of crons) {
  test(`a cron job with ${what} is told so`, () => {
    assert.deepEqual(problems(CronJob, sent), expected)
  })
}

test('a cron job has what was left out, its jobs not yet', () => {
  const { jobTemplate, ...spec } = made(CronJob, cron()).spec
  assert.deepEqual(spec, {
    schedule: '*/5 * * * *',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  })
  assert.equal(jobTemplate.spec.backoffLimit, undefined)
  assert.equal(jobTemplate.spec.template.spec.containers[0]?.imagePullPolicy, 'Always')
})

test('a zone that was always in a schedule stays', () => {
  const old = cron({ schedule: 'TZ=UTC 0 0 * * *' })
  assert.deepEqual(changeProblems(CronJob, old, cron({ schedule: 'TZ=UTC 0 1 * * *' })), [])
  assert.equal(changeProblems(CronJob, cron(), old).length, 1)
})

test('the table of cron jobs tells when the last job was made', () => {
  const status = { active: [{}], lastScheduleTime: '2024-01-01T00:00:00Z' }
  assert.equal(
    row(CronJob, { ...cron({ timeZone: 'UTC' }), status }, Date.parse('2024-01-01T00:00:30Z')),
    'Name=a Schedule=*/5 * * * * Timezone=UTC Suspend=False Active=1 Last Schedule=30s Age=<unknown> Containers=c Images=i Selector=<none>',
  )
})
