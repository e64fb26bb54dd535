import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Taint, Toleration } from './taint.ts'
import { tolerates, untolerated } from './tolerations.ts'

const taint = (value?: string): Taint => ({ key: 'k', effect: 'NoSchedule', ...(value === undefined ? {} : { value }) })

describe('tolerates()', () => {
  const cases: readonly (readonly [Toleration, Taint, boolean])[] = [
    [{ key: 'k', value: 'v' }, taint('v'), true],
    [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }, taint('v'), true],
    [{ key: 'k', value: 'w' }, taint('v'), false],
    [{ key: 'k' }, taint(), true],
    [{ key: 'k', value: '' }, taint(), true],
    [{ key: 'k' }, taint('v'), false],
    [{ key: 'k', operator: 'Exists' }, taint('v'), true],
    [{ key: 'j', operator: 'Exists' }, taint('v'), false],
    [{ operator: 'Exists' }, taint('v'), true],
    [{ operator: 'Exists', effect: 'NoExecute' }, taint('v'), false],
    [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }, taint('v'), true],
    [{ key: 'k', operator: 'Gt', value: '5' }, taint('6'), true],
    [{ key: 'k', operator: 'Gt', value: '5' }, taint('5'), false],
    [{ key: 'k', operator: 'Lt', value: '5' }, taint('-6'), true],
    [{ key: 'k', operator: 'Lt', value: '5' }, taint('5'), false],
    [{ key: 'k', operator: 'Lt', value: '9007199254740993' }, taint('9007199254740992'), true],
    [{ key: 'k', operator: 'Lt', value: '5' }, taint('x'), false],
    [{ key: 'k', operator: 'Lt', value: 'x' }, taint('5'), false],
    [{ key: 'k', operator: 'Lt', value: '5' }, taint(), false],
  ]
  for (const [toleration, against, expected] of cases) {
    it(`${JSON.stringify(toleration)} ${expected ? 'covers' : 'does not cover'} ${JSON.stringify(against)}`, () => {
      assert.equal(tolerates(toleration, against), expected)
    })
  }
})

describe('untolerated()', () => {
  it('finds the first taint that nothing tolerates', () => {
    const [a, b]: Taint[] = [
      { key: 'a', effect: 'NoSchedule' },
      { key: 'b', effect: 'NoSchedule' },
    ]
    assert.equal(untolerated([a!, b!], []), a)
    assert.equal(untolerated([a!, b!], [{ key: 'a' }]), b)
    assert.equal(untolerated([a!, b!], [{ key: 'b' }, { key: 'a' }]), undefined)
    assert.equal(untolerated([], []), undefined)
  })
})
