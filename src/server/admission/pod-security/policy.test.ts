import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatPolicy, parseVersion, policyOf } from './policy.ts'

const prefix = 'pod-security.kubernetes.io/'
const labels = (given: Record<string, string>) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [prefix + name, value]))

describe('policyOf()', () => {
  for (const [given, enforce, audit, warn, errors] of [
    [{}, 'privileged:latest', 'privileged:latest', 'privileged:latest', []],
    [
      { enforce: 'restricted', 'enforce-version': 'v1.25', audit: 'baseline', warn: 'restricted' },
      ...['restricted:v1.25', 'baseline:latest', 'restricted:latest', []],
    ],
    [{ 'warn-version': 'v1.0' }, 'privileged:latest', 'privileged:latest', 'privileged:v1.0', []],
    [
      { enforce: 'x', audit: 'x', warn: 'x' },
      ...['restricted:latest', 'privileged:latest', 'privileged:latest'],
      ['enforce', 'audit', 'warn'].map(
        (mode) =>
          `metadata.labels[${prefix}${mode}]: Invalid value: "x": must be one of privileged, baseline, restricted`,
      ),
    ],
    [
      { enforce: 'baseline', 'enforce-version': '1.25' },
      ...['baseline:latest', 'privileged:latest', 'privileged:latest'],
      [`metadata.labels[${prefix}enforce-version]: Invalid value: "1.25": must be "latest" or "v1.x"`],
    ],
  ] as unknown as readonly [Record<string, string>, string, string, string, string[]][])
    test(JSON.stringify(given), () => {
      const { policy, errors: found } = policyOf(labels(given))
      assert.deepEqual(
        [formatPolicy(policy.enforce), formatPolicy(policy.audit), formatPolicy(policy.warn)],
        [enforce, audit, warn],
      )
      assert.deepEqual(
        found.all.map(({ field, message }) => `${field}: ${message}`),
        errors,
      )
    })

  test('what a label does not say is as it is for all', () => {
    const strict = { level: 'restricted', version: 30 } as const
    const { policy } = policyOf(labels({ enforce: 'baseline' }), { enforce: strict, audit: strict, warn: strict })
    assert.deepEqual(policy, { enforce: { level: 'baseline', version: 30 }, audit: strict, warn: strict })
  })
})

test('parseVersion() takes latest and 1.x', () => {
  const texts = ['latest', 'v1.0', 'v1.37', 'v1.01', 'v2.0', 'v1', 'v1.', 'v1.1 ', '', 'Latest']
  const none = undefined
  assert.deepEqual(texts.map(parseVersion), ['latest', 0, 37, none, none, none, none, none, none, none])
})
