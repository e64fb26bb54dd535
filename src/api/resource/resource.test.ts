import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useCelCheck } from '../cel-problems.ts'
import type { AnyKind } from '../kind.ts'
import { changeProblems, made, problems } from '../testing.ts'
import { DeviceClass } from './device-class.ts'
import { DeviceTaintRule } from './device-taint-rule.ts'
import { ResourceClaim } from './resource-claim.ts'
import { ResourceClaimTemplate } from './resource-claim-template.ts'
import { ResourceSlice } from './resource-slice.ts'

const request = { name: 'r', exactly: { deviceClassName: 'gpu' } }
const claim = (devices: object = {}) => ({ spec: { devices: { requests: [request], ...devices } } })
const asked = (exactly: object) => claim({ requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', ...exactly } }] })
const pool = { name: 'p', generation: 1, resourceSliceCount: 1 }
const slice = (change: object = {}) => ({ spec: { driver: 'd.example.com', pool, nodeName: 'n', ...change } })
const device = (change: object = {}) => slice({ devices: [{ name: 'd', ...change }] })
const deviceClass = (spec: object) => ({ spec })

test('a request is for one device unless it says else', () => {
  const ways = [
    { name: 'a', deviceClassName: 'x' },
    { name: 'b', deviceClassName: 'y', allocationMode: 'All' },
  ]
  const devices = claim({ requests: [request, { name: 's', firstAvailable: ways }] })
  for (const { requests } of [
    made(ResourceClaim, devices).spec.devices,
    made(ResourceClaimTemplate, { spec: devices }).spec.spec.devices,
  ]) {
    assert.deepEqual(requests[0]?.exactly, { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 })
    assert.deepEqual(
      requests[1]?.firstAvailable?.map(({ allocationMode, count }) => [allocationMode, count]),
      [
        ['ExactCount', 1],
        ['All', undefined],
      ],
    )
  }
})

test('a taint begins when it is first told', () => {
  const taint = { key: 'k', effect: 'NoSchedule' }
  const rule = made(DeviceTaintRule, { spec: { taint } }, Date.UTC(2024, 0, 1))
  assert.equal(rule.spec.taint.timeAdded, '2024-01-01T00:00:00Z')
  const told = made(ResourceSlice, device({ taints: [taint] }), Date.UTC(2024, 0, 1))
  assert.equal(told.spec.devices?.[0]?.taints?.[0]?.timeAdded, '2024-01-01T00:00:00Z')
  const next = structuredClone(rule)
  next.spec.taint.effect = 'NoExecute'
  DeviceTaintRule.strategy.prepareForUpdate?.(next, rule, { nowMs: Date.UTC(2025, 0, 1) })
  assert.equal(next.spec.taint.timeAdded, '2025-01-01T00:00:00Z')
})

const labelText = (value: string) =>
  `Invalid value: "${value}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`
const nameText = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

const wrong: readonly (readonly [string, AnyKind, object, readonly string[]])[] = [
  ['nothing', ResourceClaim, claim(), []],
  ['nothing', ResourceClaimTemplate, { spec: claim() }, []],
  ['nothing', DeviceClass, deviceClass({ selectors: [{ cel: { expression: 'true' } }] }), []],
  [
    'nothing',
    ResourceSlice,
    device({ attributes: { model: { string: 'x' }, 'example.com/v': { version: '1.0.0' } } }),
    [],
  ],
  ['nothing', DeviceTaintRule, { spec: { taint: { key: 'k', effect: 'None' } } }, []],
  [
    'a request in no form',
    ResourceClaim,
    claim({ requests: [{ name: 'r' }] }),
    ['spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required'],
  ],
  [
    'a request in both forms',
    ResourceClaimTemplate,
    { spec: claim({ requests: [{ ...request, firstAvailable: [{ name: 'a', deviceClassName: 'x' }] }] }) },
    [
      'spec.spec.devices.requests[0]: Invalid value: null: exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set',
    ],
  ],
  [
    'two requests of one name',
    ResourceClaim,
    claim({ requests: [request, request] }),
    ['spec.devices.requests[1]: Duplicate value: "r"'],
  ],
  [
    'too many requests',
    ResourceClaim,
    claim({ requests: Array.from({ length: 33 }, (_, i) => ({ ...request, name: `r${i}` })) }),
    ['spec.devices.requests: Too many: 33: must have at most 32 items'],
  ],
  [
    'no class',
    ResourceClaim,
    asked({ deviceClassName: '' }),
    ['spec.devices.requests[0].exactly.deviceClassName: Required value'],
  ],
  [
    'a number of all',
    ResourceClaim,
    asked({ allocationMode: 'All', count: 2 }),
    ["spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'"],
  ],
  [
    'a number below nothing',
    ResourceClaim,
    asked({ count: -1 }),
    ['spec.devices.requests[0].exactly.count: Invalid value: -1: must be greater than zero'],
  ],
  [
    'a way to count',
    ResourceClaim,
    asked({ allocationMode: 'Some' }),
    [
      'spec.devices.requests[0].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"',
    ],
  ],
  [
    'an empty selector',
    ResourceClaim,
    asked({ selectors: [{}] }),
    ['spec.devices.requests[0].exactly.selectors[0].cel: Required value'],
  ],
  [
    'a toleration of any value',
    ResourceClaim,
    asked({ tolerations: [{ operator: 'Exists', value: 'x' }] }),
    ['spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "x": must be empty for operator `Exists`'],
  ],
  [
    'a constraint of requests that are not there',
    ResourceClaim,
    claim({ constraints: [{ requests: ['s', 'a/b/c'] }, { matchAttribute: 'numa' }] }),
    [
      `spec.devices.constraints[0].requests[0]: Invalid value: "s": ${nameText}`,
      `spec.devices.constraints[0].requests[1]: Invalid value: "a/b/c": ${nameText}`,
      'spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required',
      'spec.devices.constraints[1].matchAttribute: Invalid value: "numa": a fully qualified name must be a domain and a name separated by a slash',
    ],
  ],
  [
    'settings that are no object',
    DeviceClass,
    deviceClass({ config: [{ opaque: { driver: 'd', parameters: 1 } }, {}], extendedResourceName: 'gpu' }),
    [
      'spec.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
      'spec.config[1].opaque: Required value',
      'spec.extendedResourceName: Invalid value: "gpu": must be a valid extended resource name',
    ],
  ],
  [
    'two ways to say which nodes',
    ResourceSlice,
    slice({ allNodes: true }),
    [
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
    ],
  ],
  [
    'no way to say which nodes',
    ResourceSlice,
    slice({ nodeName: undefined }),
    [
      'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    ],
  ],
  [
    'a pool of no slices',
    ResourceSlice,
    slice({ pool: { name: 'a//b' } }),
    [
      `spec.pool.name: Invalid value: "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
    ],
  ],
  [
    'a device of no good name',
    ResourceSlice,
    slice({ devices: [{ name: 'D' }] }),
    [`spec.devices[0].name: ${labelText('D')}`],
  ],
  [
    'attributes that are none',
    ResourceSlice,
    device({ attributes: { a: {}, b: { int: 1, bool: true }, c: { version: '1' } } }),
    [
      'spec.devices[0].attributes[a]: Invalid value: "": exactly one value must be specified',
      'spec.devices[0].attributes[b]: Invalid value: {"int":1,"bool":true}: exactly one value must be specified',
      'spec.devices[0].attributes[c].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0',
    ],
  ],
  [
    'nodes of a device where the slice says it',
    ResourceSlice,
    device({ nodeName: 'n' }),
    [
      'spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
    ],
  ],
  [
    'a capacity that is shared though the device is not',
    ResourceSlice,
    device({ capacity: { m: { value: '1Gi', requestPolicy: { default: '1Gi' } } } }),
    ['spec.devices[0].capacity[m].requestPolicy: Forbidden: allowMultipleAllocations must be true'],
  ],
  [
    'a capacity that is shared out badly',
    ResourceSlice,
    device({
      allowMultipleAllocations: true,
      capacity: {
        a: { value: '8', requestPolicy: { default: '3', validRange: { min: '2', max: '10', step: '4' } } },
        b: { value: '8', requestPolicy: { default: '3', validValues: ['4', '2'] } },
      },
    }),
    [
      'spec.devices[0].capacity[a].requestPolicy.validRange.max: Invalid value: "10": max is larger than capacity value: 8',
      'spec.devices[0].capacity[a].requestPolicy.validRange.step: Invalid value: "3": value is not a multiple of a given step (4) from (2)',
      'spec.devices[0].capacity[b].requestPolicy.validValues[1]: Invalid value: "2": values must be sorted in ascending order',
      'spec.devices[0].capacity[b].requestPolicy.validValues: Invalid value: "3": default value is not valid according to the requestPolicy',
    ],
  ],
  [
    'conditions of one side',
    ResourceSlice,
    device({ bindingConditions: ['a'] }),
    [
      'spec.devices[0].bindingFailureConditions: Invalid value: []: bindingFailureConditions are required to use bindingConditions',
    ],
  ],
  [
    'parts that are not told apart',
    ResourceSlice,
    slice({
      partitionTypeAttribute: 'd.example.com/part',
      devices: [
        {
          name: 'a',
          attributes: { part: { string: 'x' } },
          consumesCounters: [{ counterSet: 's', counters: { c: { value: '1' } } }],
        },
        { name: 'b', consumesCounters: [{ counterSet: 's', counters: { c: { value: '1' } } }] },
      ],
    }),
    [
      'spec.devices[1].attributes[d.example.com/part]: Required value: device consumes counters and `partitionTypeAttribute` names this attribute, so it must be set',
    ],
  ],
  [
    'half of what is skipped',
    ResourceSlice,
    slice({ skipNodeOperations: ['NodePrepareResources'] }),
    [
      'spec.skipNodeOperations: Invalid value: ["NodePrepareResources"]: NodePrepareResources cannot be skipped unless NodeUnprepareResources is also skipped',
    ],
  ],
  ['no effect', DeviceTaintRule, { spec: { taint: { key: 'k' } } }, ['spec.taint.effect: Required value']],
]
for (const [what, kind, sent, expected] of wrong) {
  test(`a ${kind.kind} with ${what} wrong`, () => {
    assert.deepEqual(problems(kind, sent), expected)
  })
}

test('more devices are told in a slice the less there is to say of them', () => {
  const many = (count: number, change: object = {}) =>
    slice({ devices: Array.from({ length: count }, (_, i) => ({ name: `d${i}`, ...(i === 0 ? change : {}) })) })
  assert.deepEqual(problems(ResourceSlice, many(128)), [])
  assert.deepEqual(problems(ResourceSlice, many(129)), ['spec.devices: Too many: 129: must have at most 128 items'])
  const taints = { taints: [{ key: 'k', effect: 'None' }] }
  assert.deepEqual(problems(ResourceSlice, many(65, taints)), [
    'spec.devices: Too many: 65: must have at most 64 items',
  ])
})

test('selectors are shown to the compiler', () => {
  const end = useCelCheck((expression, { use }) => [`${use} ${expression}`])
  try {
    assert.deepEqual(problems(DeviceClass, deviceClass({ selectors: [{ cel: { expression: 'x' } }] })), [
      'spec.selectors[0].cel.expression: Invalid value: "x": device x',
    ])
  } finally {
    end()
  }
})

test('what is asked for never changes, nor where a slice belongs', () => {
  assert.match(changeProblems(ResourceClaim, claim(), asked({ count: 2 })).join(), /^spec: .*: field is immutable$/)
  const template = (devices: object) => ({ spec: devices })
  assert.match(
    changeProblems(ResourceClaimTemplate, template(claim()), template(asked({ count: 2 }))).join(),
    /^spec: .*: field is immutable$/,
  )
  assert.deepEqual(changeProblems(ResourceSlice, slice(), slice({ nodeName: 'm', driver: 'e' })), [
    'spec.driver: Invalid value: "e": field is immutable',
    'spec.nodeName: Invalid value: "m": field is immutable',
  ])
})

const result = { request: 'r', driver: 'd.example.com', pool: 'p', device: 'x' }
const allocation = { devices: { results: [result] } }
const consumer = { resource: 'pods', name: 'p', uid: 'u' }
const status = (change: object) => ({ ...claim(), status: change })
const statusProblems = (before: object, after: object) =>
  changeProblems(ResourceClaim, status(before), status(after), 'status')

test('what is given is for a request, and is not changed', () => {
  assert.deepEqual(statusProblems({}, { allocation, reservedFor: [consumer] }), [])
  assert.deepEqual(statusProblems({}, { reservedFor: [consumer] }), [
    'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
  ])
  const other = { devices: { results: [{ ...result, request: 'q' }] } }
  assert.deepEqual(statusProblems({}, { allocation: other }), [
    `status.allocation.devices.results[0].request: Invalid value: "q": ${nameText}`,
  ])
  assert.match(
    statusProblems({ allocation }, { allocation: other }).join(),
    /^status.allocation: .*: field is immutable$/,
  )
})

test('drivers speak only of devices that were given', () => {
  const told = { driver: 'd.example.com', pool: 'p', device: 'x', conditions: [] }
  assert.deepEqual(statusProblems({ allocation }, { allocation, devices: [told] }), [])
  assert.deepEqual(
    statusProblems({ allocation }, { allocation, devices: [{ ...told, device: 'y', networkData: { ips: ['1'] } }] }),
    [
      'status.devices[0]: Invalid value: "d.example.com/p/y": must be an allocated device in the claim',
      'status.devices[0].networkData.ips[0]: Invalid value: "1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
    ],
  )
})

test('the tables are those of upstream', () => {
  const object = made(ResourceClaim, claim())
  const state = () => ResourceClaim.columns[1]?.value(object, 0)
  assert.equal(state(), 'pending')
  object.status.allocation = allocation as never
  object.status.reservedFor = [consumer]
  assert.equal(state(), 'allocated,reserved')
  object.metadata.deletionTimestamp = '2024-01-01T00:00:00Z'
  assert.equal(state(), 'deleted,allocated,reserved')
  const row = ResourceSlice.columns.map(({ value }) => value(made(ResourceSlice, slice()), 0))
  assert.deepEqual(row, ['a', 'n', 'd.example.com', 'p', '<unknown>'])
})
