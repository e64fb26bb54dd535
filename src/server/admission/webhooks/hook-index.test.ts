// Which webhooks may be meant by a request: found once, and again whenever configurations or kinds change.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ConfigMap } from '#api/core/config-map.ts'
import { Pod } from '#api/core/pod.ts'
import type { AnyKind } from '#api/kind.ts'
import { KindRegistry } from '#api/kind-registry.ts'
import { builtIn } from '#api/kinds.ts'
import { type TestServer, testServer } from '../../fixture.ts'
import type { AdmissionContext } from '../admission.ts'
import { HookIndex } from './hook-index.ts'

const resource = 'validatingwebhookconfigurations.admissionregistration.k8s.io'
const url = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

describe('HookIndex', () => {
  const kinds = new KindRegistry(builtIn.all)
  let api: TestServer
  let index: HookIndex
  before(async () => {
    api = await testServer({ kinds, admission: [] })
    index = new HookIndex(resource, api.store)
  })
  after(() => api.stop())

  const candidates = (kind: AnyKind, operation: AdmissionContext['operation'] = 'CREATE', subresource = '') =>
    index.candidates({ call: { core: { kinds } }, kind, operation, subresource } as unknown as AdmissionContext)
  const uids = (...about: Parameters<typeof candidates>) => candidates(...about).map(({ hook }) => hook.uid)
  const put = async (method: string, name: string, ...webhooks: readonly [name: string, ...resources: string[]][]) => {
    const { json } = await api.ask('GET', `${url}/${name}`)
    const { status, text } = await api.ask(method, method === 'POST' ? url : `${url}/${name}`, {
      metadata: { name, resourceVersion: method === 'PUT' ? json.metadata.resourceVersion : undefined },
      webhooks: webhooks.map(([hook, ...resources]) => ({
        name: hook,
        clientConfig: { url: 'https://x' },
        rules:
          resources.length > 0 ? [{ operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources }] : [],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      })),
    })
    assert.ok(status < 300, text)
  }

  test('knows none where there is none, and the next request knows what has been written', async () => {
    assert.deepEqual(uids(ConfigMap), [])
    await put('POST', 'b', ['a.b.c', 'configmaps'], ['none.b.c'], ['p.b.c', 'pods', 'pods/exec'])
    assert.deepEqual(uids(ConfigMap), ['b/a.b.c/0'])
    assert.deepEqual(uids(Pod), ['b/p.b.c/0'])
    assert.deepEqual(uids(Pod, 'CREATE', 'exec'), ['b/p.b.c/0'])
    assert.deepEqual(uids(Pod, 'DELETE'), [])
    assert.equal(candidates(Pod), candidates(Pod))
  })

  test('sorts by name of the configuration, and forgets what is gone', async () => {
    await put('POST', 'a', ['z.b.c', '*'])
    assert.deepEqual(uids(ConfigMap), ['a/z.b.c/0', 'b/a.b.c/0'])
    assert.deepEqual(
      candidates(ConfigMap).map(({ hook }) => hook.order),
      [0, 1],
    )
    await put('PUT', 'a', ['z.b.c', 'pods'])
    assert.deepEqual(uids(ConfigMap), ['b/a.b.c/0'])
    await api.ask('DELETE', `${url}/b`)
    assert.deepEqual(uids(ConfigMap), [])
  })

  test('looks again when other kinds are served', async () => {
    const other: AnyKind = { ...ConfigMap, version: 'v2', apiVersion: 'v2' }
    await put('PUT', 'a', ['z.b.c', 'configmaps'])
    assert.deepEqual(
      candidates(other).map(({ kind }) => kind.apiVersion),
      ['v2'],
    )
    const before = candidates(ConfigMap)
    kinds.add(other)
    assert.notEqual(candidates(ConfigMap), before)
  })
})
