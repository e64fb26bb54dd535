// Fields that a version declares as selectable select in lists, watches and deletions, each in its own version.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { defineTwoVersions } from '../fixtures/conversion.ts'
import { refused } from '../fixtures/refused.ts'

export const test = behaviour(
  {
    group: 'sig-api-machinery',
    name: 'CustomResourceFieldSelectors CustomResourceFieldSelectors MUST list and watch custom resources matching the field selector',
    since: '1.32',
  },
  async (t) => {
    const custom = await defineTwoVersions(t, { selectable: true })
    const [v1, v2] = [custom.path(), custom.path(undefined, { version: 'v2' })]
    const watches = [
      await t.watch(v1, { fieldSelector: 'hostPort=host1:80' }),
      await t.watch(v2, { fieldSelector: 'host=host1' }),
      await t.watch(v2, { fieldSelector: 'host=host1,port=80' }),
    ]
    await t.post(v1, custom.object('a', { hostPort: 'host1:80' }))
    await t.post(v2, custom.object('b', { host: 'host1', port: '8080' }, 'v2'))
    await t.post(v1, custom.object('c', { hostPort: 'host2:80' }))

    const names = async (path: string, fieldSelector: string) =>
      (await t.get(path, { fieldSelector })).items.map(({ metadata }: Json) => metadata.name)
    assert.deepEqual(await names(v1, 'hostPort=host1:80'), ['a'])
    assert.deepEqual(await names(v1, 'hostPort!=host1:80'), ['b', 'c'])
    assert.deepEqual(await names(v2, 'host=host1'), ['a', 'b'])
    assert.deepEqual(await names(v2, 'host=host1,port=80'), ['a'])
    await refused(t.get(v1, { fieldSelector: 'host=host1' }), { code: 400, reason: 'BadRequest' })

    await t.patch(custom.path('a'), 'merge', { hostPort: 'host1:443' })
    await t.delete(v2, undefined, { fieldSelector: 'host=host2' })
    assert.deepEqual(await names(v1, ''), ['a', 'b'])
    await t.delete(v1, undefined, { fieldSelector: 'hostPort=host1:443' })
    assert.deepEqual(await names(v2, ''), ['b'])

    const expected = [
      ['ADDED a', 'DELETED a'],
      ['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED a'],
      ['ADDED a', 'DELETED a'],
    ]
    for (const [i, watch] of watches.entries())
      for (const wanted of expected[i] ?? []) {
        const { type, object } = await watch.next()
        assert.equal(`${type} ${object.metadata.name}`, wanted)
        assert.equal(object.apiVersion, `${custom.group}/${i === 0 ? 'v1' : 'v2'}`)
      }
  },
)
