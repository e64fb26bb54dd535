import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import { Secret } from '#api/core/secret.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { type Known, legacyTokenCleaner, plan, type Step } from './legacy-token-cleaner.ts'
import { barePod, startWorld } from './testing.ts'

const type = 'kubernetes.io/service-account-token'
const used = 'kubernetes.io/legacy-token-last-used'
const invalid = 'kubernetes.io/legacy-token-invalid-since'
const dayMs = 86_400_000
const at = (day: string): number => Date.parse(day)
const year = (day: string): number => at(day) + 365 * dayMs

const cases: readonly {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly secret?: object
  readonly known?: Partial<Known>
  readonly want: Step
}[] = [
  { name: 'marks what nobody has used since use is noted', want: { do: 'mark' } },
  { name: 'marks what was used long ago', labels: { [used]: '2025-02-01' }, want: { do: 'mark' } },
  {
    name: 'waits for a year without use',
    labels: { [used]: '2025-12-01' },
    want: { do: 'wait', untilMs: year('2025-12-01') },
  },
  {
    name: 'waits until use has been noted for a year',
    known: { since: '2026-01-01' },
    want: { do: 'wait', untilMs: year('2026-01-01') },
  },
  {
    name: 'waits for what is young',
    secret: { creationTimestamp: '2026-03-01T00:00:00Z' },
    want: { do: 'wait', untilMs: year('2026-03-01') },
  },
  {
    name: 'waits for a year after it has marked',
    labels: { [invalid]: '2026-05-01' },
    want: { do: 'wait', untilMs: year('2026-05-01') },
  },
  { name: 'deletes what has been marked for a year', labels: { [invalid]: '2025-05-01' }, want: { do: 'delete' } },
  {
    name: 'marks anew what was used after it had been marked',
    labels: { [used]: '2025-04-01', [invalid]: '2025-03-01' },
    want: { do: 'mark' },
  },
  { name: 'leaves what a person has made', known: { isNamed: false }, want: { do: 'nothing' } },
  { name: 'leaves what a pod mounts', known: { isMounted: true }, want: { do: 'wait', untilMs: at('2026-06-02') } },
  { name: 'leaves all where use is not noted', known: { since: undefined }, want: { do: 'nothing' } },
  { name: 'leaves a day that cannot be read', labels: { [used]: 'soon' }, want: { do: 'nothing' } },
  { name: 'leaves what goes', secret: { deletionTimestamp: '2026-01-01T00:00:00Z' }, want: { do: 'nothing' } },
]

describe('plan()', () => {
  for (const { name, labels, secret, known, want } of cases) {
    test(name, () => {
      const metadata = { name: 's', creationTimestamp: '2024-01-01T00:00:00Z', labels, ...secret }
      const all = { nowMs: at('2026-06-01'), since: '2025-01-01', isNamed: true, isMounted: false, ...known }
      assert.deepEqual(plan({ type, metadata } as unknown as Secret, all), want)
    })
  }
})

test('a token that nobody uses is marked, and goes', async () => {
  const world = await startWorld({ controllers: [legacyTokenCleaner] })
  await world.namespace('kube-system')
  const name = 'kube-apiserver-legacy-service-account-token-tracking'
  const since = new Date(world.clock.now()).toISOString().slice(0, 10)
  await world.client.create(ConfigMap, { metadata: { namespace: 'kube-system', name }, data: { since } })
  const place = { namespace: 'default' }
  await world.client.create(ServiceAccount, { metadata: { ...place, name: 'robot' }, secrets: [{ name: 'made' }] })
  const annotations = { 'kubernetes.io/service-account.name': 'robot' }
  for (const each of ['made', 'wanted'])
    await world.client.create(Secret, { metadata: { ...place, name: each, annotations }, type })
  const volumes = [{ name: 'token', secret: { secretName: 'made' } }]
  await world.client.create(Pod, barePod('user', { spec: { volumes } }))
  await world.advance(366 * dayMs)
  const labelsOf = async (each: string) => (await world.get(Secret, each, 'default'))?.metadata.labels
  assert.equal(await labelsOf('made'), undefined, 'a pod mounts it')
  await world.client.delete(Pod, { ...place, name: 'user' }, { gracePeriodSeconds: 0 })
  await world.advance(dayMs)
  assert.ok((await labelsOf('made'))?.[invalid])
  await world.advance(366 * dayMs)
  assert.equal(await world.get(Secret, 'made', 'default'), undefined)
  assert.equal((await world.get(Secret, 'wanted', 'default'))?.metadata.labels, undefined)
  await world.stop()
})
