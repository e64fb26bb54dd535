import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Secret } from '#api/core/secret.ts'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { podOf } from './fixtures.ts'
import { credentialsFor, Images } from './images.ts'
import { simulatedRuntime } from './runtime/simulated.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

const secretOf = (auths: object): Secret =>
  ({ data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) } }) as unknown as Secret

test('credentialsFor() finds what goes with the image, the most specific first', () => {
  const secret = secretOf({
    'https://index.docker.io/v1/': { auth: base64('hub:pw:with:colons') },
    'registry.example.com': { username: 'all', password: 'p' },
    'registry.example.com/team': { username: 'team', password: 'p' },
    '*.example.org': { username: 'star', password: 'p' },
  })
  const cases: [string, string[]][] = [
    ['busybox', ['hub']],
    ['library/busybox:1', ['hub']],
    ['registry.example.com/team/app:1', ['team', 'all']],
    ['registry.example.com/other/app@sha256:abc', ['all']],
    ['a.example.org/app', ['star']],
    ['a.b.example.org/app', []],
    ['localhost:5000/app', []],
  ]
  for (const [image, users] of cases)
    assert.deepEqual(
      credentialsFor(image, [secret]).map((c) => c.username),
      users,
      image,
    )
  assert.equal(credentialsFor('busybox', [secret])[0]?.password, 'pw:with:colons')
  assert.deepEqual(credentialsFor('busybox', [{ data: { '.dockerconfigjson': base64('{') } } as unknown as Secret]), [])
})

function setUp(images: Parameters<typeof simulatedRuntime>[0]['images']) {
  const clock = new VirtualClock()
  const runtime = simulatedRuntime({ clock, random: seededRandom(1), images })
  const events: string[] = []
  const ensure = (image: string, imagePullPolicy?: 'Always' | 'Never' | 'IfNotPresent') =>
    new Images({ runtime, clock }).ensure({
      pod: podOf(),
      container: { name: 'app', image, resources: {}, imagePullPolicy },
      secrets: [],
      event: (type, reason, text) => events.push(`${type} ${reason} ${text}`),
    })
  return { clock, events, ensure }
}

test('an image that is there is not pulled, unless always', async () => {
  const { events, ensure } = setUp({ 'a:1': { present: true } })
  assert.equal((await ensure('a:1')).at, 'present')
  assert.equal((await ensure('a:1', 'Never')).at, 'present')
  assert.equal((await ensure('a:1', 'Always')).at, 'present')
  assert.deepEqual(
    events.map((e) => e.split(' ')[1]),
    ['Pulled', 'Pulled', 'Pulling', 'Pulled'],
  )
})

test('without a tag the latest is meant, and always pulled', async () => {
  const { events, ensure } = setUp({ 'a:latest': { present: true } })
  await ensure('a')
  assert.match(events[0] ?? '', /Pulling image "a"/)
})

test('an image that must not be pulled and is not there fails', async () => {
  const { events, ensure } = setUp({})
  const state = await ensure('a:1', 'Never')
  assert.equal(state.at === 'failed' && state.failure.reason, 'ErrImageNeverPull')
  assert.deepEqual(events, [
    'Warning ErrImageNeverPull Container image "a:1" is not present with pull policy of Never',
    'Warning Failed Error: ErrImageNeverPull',
  ])
})
