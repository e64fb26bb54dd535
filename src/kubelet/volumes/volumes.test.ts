import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import type { ConfigMap } from '#api/core/config-map.ts'
import type { Secret } from '#api/core/secret.ts'
import type { Volume } from '#api/core/volume.ts'
import { VirtualClock } from '#lib/clock.ts'
import { seededRandom } from '#lib/random.ts'
import { podOf } from '../fixtures.ts'
import { MemoryFiles } from '../memory-files.ts'
import { writeAtomically } from './atomic-writer.ts'
import { memoryMounter } from './mounter.ts'
import { pluginOf } from './plugins.ts'
import type { VolumeContext } from './volume.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

interface World {
  readonly files: MemoryFiles
  readonly mounter: ReturnType<typeof memoryMounter>
  readonly clock: VirtualClock
  readonly configMaps: Record<string, object>
  readonly secrets: Record<string, object>
  readonly tokens: string[]
  readonly bundles: ClusterTrustBundle[]
}

const world = (): World => ({
  files: new MemoryFiles(),
  mounter: memoryMounter(),
  clock: new VirtualClock(),
  configMaps: {},
  secrets: {},
  tokens: [],
  bundles: [],
})

function contextOf(w: World, volume: Volume, pod = podOf()): VolumeContext {
  return {
    pod,
    volume,
    path: '/pod/v',
    files: w.files,
    mounter: w.mounter,
    sources: {
      configMap: (name) => w.configMaps[name] as ConfigMap | undefined,
      secret: (name) => w.secrets[name] as Secret | undefined,
    },
    addresses: () => ({ podIPs: ['10.0.0.5'], hostIPs: [] }),
    allocatable: () => ({ cpu: '4' }),
    token: async (audience) => {
      w.tokens.push(audience)
      return { token: `token-${w.tokens.length}`, expiresAtMs: 0, refreshAtMs: 48 }
    },
    trustBundles: () => w.bundles,
    credentials: async (name, index) => ({ keyPem: `KEY ${name}/${index}\n`, chainPem: 'CHAIN\n', refreshAtMs: 40 }),
    clock: w.clock,
    random: seededRandom(1),
  }
}

const layOut = (w: World, volume: Volume, pod = podOf()) => pluginOf(volume).setUp(contextOf(w, volume, pod))

const text = async (w: World, path: string) => {
  const bytes = await w.files.read(`/pod/v/${path}`)
  return bytes && Buffer.from(bytes).toString()
}

const visible = async (w: World) => (await w.files.list('/pod/v')).filter((name) => !name.startsWith('..'))

test('configMap: keys are files, and follow their object', async () => {
  const w = world()
  w.configMaps.c = { data: { a: 'one', b: 'two' }, binaryData: { bin: base64('\u0000x') } }
  const volume: Volume = { name: 'v', configMap: { name: 'c', defaultMode: 0o400 } }
  assert.deepEqual(await layOut(w, volume), { hostPath: '/pod/v' })
  assert.deepEqual(await visible(w), ['a', 'b', 'bin'])
  assert.equal(await text(w, 'a'), 'one')
  assert.equal((await w.files.stat('/pod/v/a'))?.mode, 0o400)
  w.configMaps.c = { data: { a: 'three' } }
  await layOut(w, volume)
  assert.deepEqual(await visible(w), ['a'])
  assert.equal(await text(w, 'a'), 'three')
  // One version and the link to it are all that is left.
  assert.equal((await w.files.list('/pod/v')).length, 3)
})

test('configMap: items choose, name and set modes', async () => {
  const w = world()
  w.configMaps.c = { data: { a: 'one', b: 'two' } }
  await layOut(w, { name: 'v', configMap: { name: 'c', items: [{ key: 'a', path: 'deep/down/x', mode: 0o600 }] } })
  assert.deepEqual(await visible(w), ['deep'])
  assert.equal(await text(w, 'deep/down/x'), 'one')
  assert.equal((await w.files.stat('/pod/v/deep/down/x'))?.mode, 0o600)
})

test('what is missing is refused unless it is optional', async () => {
  const w = world()
  w.configMaps.c = { data: {} }
  w.secrets.s = { data: {} }
  const items = [{ key: 'k', path: 'k' }]
  const cases: [Volume, RegExp][] = [
    [{ name: 'v', configMap: { name: 'none' } }, /^Error: configmap "none" not found$/],
    [{ name: 'v', configMap: { name: 'c', items } }, /^Error: configmap references non-existent config key: k$/],
    [{ name: 'v', secret: { secretName: 'none' } }, /^Error: secret "none" not found$/],
    [{ name: 'v', secret: { secretName: 's', items } }, /^Error: references non-existent secret key: k$/],
  ]
  for (const [volume, message] of cases) await assert.rejects(layOut(w, volume), message)
  await layOut(w, { name: 'v', configMap: { name: 'none', optional: true } })
  assert.deepEqual(await visible(w), [])
})

test('fsGroup owns the files and the folder', async () => {
  const w = world()
  w.secrets.s = { data: { key: base64('hush') } }
  const pod = podOf({ spec: { securityContext: { fsGroup: 2000 } } })
  await layOut(w, { name: 'v', secret: { secretName: 's', defaultMode: 0o400 } }, pod)
  const file = await w.files.stat('/pod/v/key')
  assert.deepEqual([file?.gid, file?.mode], [2000, 0o440])
  assert.equal((await w.files.stat('/pod/v'))?.gid, 2000)
})

test('emptyDir is anybody to write, keeps what is in it, and goes', async () => {
  const w = world()
  const volume: Volume = { name: 'v', emptyDir: {} }
  await layOut(w, volume)
  assert.equal((await w.files.stat('/pod/v'))?.mode, 0o777)
  await w.files.write('/pod/v/x', Buffer.from('mine'))
  await w.files.setMode('/pod/v', 0o700)
  await layOut(w, volume)
  assert.equal(await text(w, 'x'), 'mine')
  assert.equal((await w.files.stat('/pod/v'))?.mode, 0o700)
  await pluginOf(volume).tearDown?.({ path: '/pod/v', files: w.files, mounter: w.mounter })
  assert.equal(await w.files.stat('/pod/v'), undefined)
})

test('emptyDir in memory is mounted and unmounted', async () => {
  const w = world()
  const volume: Volume = { name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }
  await layOut(w, volume)
  assert.deepEqual([...w.mounter.mounted], ['/pod/v'])
  await pluginOf(volume).tearDown?.({ path: '/pod/v', files: w.files, mounter: w.mounter })
  assert.deepEqual([...w.mounter.mounted], [])
})

test('what may be secret is kept in memory, and a ConfigMap on the disk', async () => {
  const table: readonly [Volume, boolean][] = [
    [{ name: 'v', secret: { secretName: 's' } }, true],
    [{ name: 'v', projected: { sources: [{ secret: { name: 's' } }] } }, true],
    [{ name: 'v', downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } }, true],
    [{ name: 'v', configMap: { name: 'c' } }, false],
  ]
  for (const [volume, inMemory] of table) {
    const w = world()
    w.secrets.s = { data: { a: base64('b') } }
    w.configMaps.c = { data: { a: 'b' } }
    await layOut(w, volume)
    await layOut(w, volume)
    assert.equal(w.mounter.mounted.has('/pod/v'), inMemory, JSON.stringify(volume))
    assert.equal((await w.files.stat('/pod/v'))?.mode, 0o777)
    await pluginOf(volume).tearDown?.({ path: '/pod/v', files: w.files, mounter: w.mounter })
    assert.equal(w.mounter.mounted.size, 0)
    assert.equal(await w.files.stat('/pod/v'), undefined)
  }
})

test('hostPath checks what it is told to', async () => {
  const w = world()
  await w.files.makeDirectory('/there/dir')
  await w.files.write('/there/file', new Uint8Array())
  const at = (path: string, type?: 'Directory' | 'DirectoryOrCreate' | 'File' | 'FileOrCreate' | 'Socket') =>
    layOut(w, { name: 'v', hostPath: { path, type } })
  assert.deepEqual(await at('/nowhere'), { hostPath: '/nowhere' })
  await at('/there/dir', 'Directory')
  await at('/new/dir', 'DirectoryOrCreate')
  assert.equal((await w.files.stat('/new/dir'))?.type, 'directory')
  await at('/there/new', 'FileOrCreate')
  assert.equal((await w.files.stat('/there/new'))?.type, 'file')
  await assert.rejects(at('/there/file', 'Directory'), /hostPath type check failed: \/there\/file is not a directory/)
  await assert.rejects(at('/there/dir', 'File'), /is not a file/)
  await assert.rejects(at('/nowhere', 'Socket'), /is not a socket file/)
})

test('projected puts everything together, and says when its token must be renewed', async () => {
  const w = world()
  w.configMaps.ca = { data: { 'ca.crt': 'CA' } }
  const volume: Volume = {
    name: 'v',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', audience: 'me' } },
        { configMap: { name: 'ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  }
  assert.deepEqual(await layOut(w, volume), { hostPath: '/pod/v', refreshAtMs: 48 })
  assert.deepEqual(await visible(w), ['ca.crt', 'namespace', 'token'])
  assert.deepEqual(
    [await text(w, 'token'), await text(w, 'ca.crt'), await text(w, 'namespace')],
    ['token-1', 'CA', 'ns'],
  )
  assert.equal((await w.files.stat('/pod/v/token'))?.mode, 0o644)
  assert.deepEqual(w.tokens, ['me'])
})

test('projected shows trust anchors, and keys and certificates together or apart', async () => {
  const w = world()
  const body = 'QUJD'
  const trustBundle = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
  w.bundles.push({ metadata: { name: 'all' }, spec: { trustBundle } } as ClusterTrustBundle)
  const podCertificate = { signerName: 'e.com/s', keyType: 'ED25519' }
  const volume: Volume = {
    name: 'v',
    projected: {
      sources: [
        { clusterTrustBundle: { name: 'all', path: 'ca.pem' } },
        { podCertificate: { ...podCertificate, credentialBundlePath: 'both.pem' } },
        { podCertificate: { ...podCertificate, keyPath: 'key.pem', certificateChainPath: 'chain.pem' } },
      ],
    },
  }
  assert.deepEqual(await layOut(w, volume), { hostPath: '/pod/v', refreshAtMs: 40 })
  assert.deepEqual(await visible(w), ['both.pem', 'ca.pem', 'chain.pem', 'key.pem'])
  assert.equal(await text(w, 'ca.pem'), trustBundle)
  assert.equal(await text(w, 'both.pem'), 'KEY v/1\nCHAIN\n')
  assert.deepEqual([await text(w, 'key.pem'), await text(w, 'chain.pem')], ['KEY v/2\n', 'CHAIN\n'])
})

test('projected says of all its sources what they lack', async () => {
  const w = world()
  const volume: Volume = {
    name: 'v',
    projected: {
      sources: [
        { clusterTrustBundle: { name: 'none', path: 'ca.pem' } },
        { clusterTrustBundle: { signerName: 'e.com/s', labelSelector: {}, path: 'all.pem' } },
      ],
    },
  }
  await assert.rejects(layOut(w, volume), {
    message:
      '[while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "none" not found, combination of signerName and labelSelector matched zero ClusterTrustBundles]',
  })
  assert.equal(await w.files.stat('/pod/v'), undefined)
})

test('a token of a pod with one user is for that user alone', async () => {
  const w = world()
  const volume: Volume = { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }
  await layOut(w, volume, podOf({ spec: { securityContext: { runAsUser: 1000 } } }))
  const token = await w.files.stat('/pod/v/token')
  assert.deepEqual([token?.mode, token?.uid], [0o600, 1000])
})

test('a volume of a kind that is not known is refused', () => {
  assert.throws(() => pluginOf({ name: 'v', nfs: { server: 's', path: '/' } }), /no volume plugin matched name: v/)
})

test('writeAtomically() refuses to leave its folder, and does nothing when nothing has changed', async () => {
  const w = world()
  await w.files.makeDirectory('/d')
  const write = (path: string) =>
    writeAtomically({
      files: w.files,
      directory: '/d',
      payload: new Map([[path, { bytes: Buffer.from('x'), mode: 0o644 }]]),
      nowMs: w.clock.now(),
      random: seededRandom(2),
    })
  for (const bad of ['/a', '../a', 'a/../../b', '..a', '']) await assert.rejects(write(bad), /invalid path/)
  assert.equal(await write('a'), true)
  assert.equal(await write('a'), false)
})
