// What holds back a namespace is set through its finalize subresource, and only there.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { updateLatest } from '../fixtures/api-operations.ts'
import { makeNamespace } from '../fixtures/namespaces.ts'

const finalizer = 'example.com/conformance'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'Namespaces should apply a finalizer to a Namespace',
    since: '1.26',
    clusterScoped: true,
  },
  async (t) => {
    const { metadata, spec } = await makeNamespace(t)
    assert.deepEqual(spec.finalizers, ['kubernetes'])
    const path = t.clusterPath('v1', 'namespaces', metadata.name)
    const finalize = async (finalizers: readonly string[]) => {
      for (;;) {
        const namespace = await t.get(path)
        const body = { ...namespace, spec: { ...namespace.spec, finalizers } }
        const { status, body: answer, text } = await t.request('PUT', `${path}/finalize`, { body })
        if (status === 200) return answer
        assert.equal(status, 409, text)
      }
    }
    t.cleanup(() => finalize(['kubernetes']))
    assert.deepEqual((await finalize(['kubernetes', finalizer])).spec.finalizers, ['kubernetes', finalizer])
    assert.deepEqual((await t.get(path)).spec.finalizers, ['kubernetes', finalizer])
    const updated = await updateLatest(t, path, (namespace) => {
      namespace.spec.finalizers = []
    })
    assert.deepEqual(updated.spec.finalizers, ['kubernetes', finalizer])
    assert.deepEqual((await finalize(['kubernetes'])).spec.finalizers, ['kubernetes'])
  },
)
