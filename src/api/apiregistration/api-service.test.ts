import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeProblems, made, problems } from '../testing.ts'
import { APIService } from './api-service.ts'

const metadata = { name: 'v1.example.com' }
const good = { group: 'example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10 }
const service = { namespace: 'n', name: 's' }
const sent = (spec: object = {}) => ({ metadata, spec: { ...good, ...spec } })

test('the port of a service need not be said', () => {
  assert.equal(made(APIService, sent({ service })).spec.service?.port, 443)
})

const wrong: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing', sent({ service }), []],
  ['nothing, of the core group', { metadata: { name: 'v1.' }, spec: { ...good, group: '' } }, []],
  [
    'a port that is none',
    sent({ service: { ...service, port: 70_000 } }),
    ['spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive'],
  ],
  [
    'a name of its own',
    { metadata: { name: 'mine' }, spec: good },
    ['metadata.name: Invalid value: "mine": must be `spec.version+"."+spec.group`: "v1.example.com"'],
  ],
  [
    'priorities',
    sent({ groupPriorityMinimum: 0, versionPriority: 1001 }),
    [
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
    ],
  ],
  [
    'certificates for this server',
    sent({ caBundle: 'AAAA', insecureSkipTLSVerify: true }),
    [
      'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ],
  [
    'certificates that nobody checks',
    sent({ service: {}, caBundle: 'AAAA', insecureSkipTLSVerify: true }),
    [
      'spec.service.namespace: Required value',
      'spec.service.name: Required value',
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ],
  [
    'a group of its own among the oldest',
    { metadata: { name: 'v2.' }, spec: { ...good, group: '', version: 'v2' } },
    ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube'],
  ],
]
for (const [what, object, expected] of wrong) {
  test(`an APIService with ${what} wrong`, () => {
    assert.deepEqual(problems(APIService, object), expected)
  })
}

test('a finding is true, false or unknown', () => {
  const status = { conditions: [{ type: 'Available', status: 'Maybe' }] }
  assert.deepEqual(changeProblems(APIService, sent(), { ...sent(), status }, 'status'), [
    'status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
  ])
})

test('the table tells who answers, and whether he can', () => {
  const object = made(APIService, sent())
  const cells = () => APIService.columns.map(({ value }) => value(object, 0))
  assert.deepEqual(cells(), ['v1.example.com', 'Local', 'True', '<unknown>'])
  object.spec.service = service
  object.status = { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] }
  assert.deepEqual(cells(), ['v1.example.com', 'n/s', 'False (MissingEndpoints)', '<unknown>'])
})
