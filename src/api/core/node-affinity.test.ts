import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Affinity } from './affinity.ts'
import type { Node } from './node.ts'
import { namedNodes, nodeMatches, nodePreference, termMatches } from './node-affinity.ts'
import type { NodeSelectorTerm } from './node-selector.ts'

const labels = { disk: 'ssd', size: '10', empty: '', word: 'ten' }
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', labels },
  spec: {},
  status: {},
} as unknown as Node

const term = (key: string, operator: string, ...values: string[]) =>
  ({ matchExpressions: [{ key, operator, values }] }) as NodeSelectorTerm
const name = (operator: string, ...values: string[]) =>
  ({ matchFields: [{ key: 'metadata.name', operator, values }] }) as NodeSelectorTerm

describe('termMatches()', () => {
  const cases: readonly (readonly [NodeSelectorTerm, boolean])[] = [
    [{}, false],
    [{ matchExpressions: [] }, false],
    [term('disk', 'In', 'hdd', 'ssd'), true],
    [term('disk', 'In', 'hdd'), false],
    [term('none', 'In', 'ssd'), false],
    [term('disk', 'NotIn', 'hdd'), true],
    [term('disk', 'NotIn', 'ssd'), false],
    [term('none', 'NotIn', 'ssd'), true],
    [term('empty', 'Exists'), true],
    [term('none', 'Exists'), false],
    [term('constructor', 'Exists'), false],
    [term('none', 'DoesNotExist'), true],
    [term('disk', 'DoesNotExist'), false],
    [term('size', 'Gt', '9'), true],
    [term('size', 'Gt', '10'), false],
    [term('size', 'Lt', '11'), true],
    [term('size', 'Lt', '10'), false],
    [term('word', 'Gt', '1'), false],
    [term('none', 'Lt', '1'), false],
    [term('size', 'Lt', 'x'), false],
    [name('In', 'n1', 'n2'), true],
    [name('In', 'n2'), false],
    [name('NotIn', 'n2'), true],
    [name('NotIn', 'n1'), false],
    [{ ...term('disk', 'Exists'), ...name('In', 'n1') }, true],
    [{ ...term('disk', 'Exists'), ...name('In', 'n2') }, false],
    [
      { matchExpressions: [...term('disk', 'Exists').matchExpressions!, ...term('none', 'Exists').matchExpressions!] },
      false,
    ],
  ]
  for (const [asked, expected] of cases) {
    it(`${JSON.stringify(asked)} ${expected ? 'matches' : 'does not match'}`, () => {
      assert.equal(termMatches(asked, labels, 'n1'), expected)
    })
  }
})

const requiring = (...nodeSelectorTerms: NodeSelectorTerm[]): Affinity => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
})

describe('nodeMatches()', () => {
  const [good, bad] = [term('disk', 'Exists'), term('none', 'Exists')]
  const cases: readonly (readonly [string, Parameters<typeof nodeMatches>[0], boolean])[] = [
    ['nothing asked', {}, true],
    ['an empty selector', { nodeSelector: {} }, true],
    ['labels that it has', { nodeSelector: { disk: 'ssd', empty: '' } }, true],
    ['a label that it lacks', { nodeSelector: { disk: 'ssd', none: '' } }, false],
    ['one good term of two', { affinity: requiring(bad, good) }, true],
    ['no good term', { affinity: requiring(bad) }, false],
    ['no term', { affinity: requiring() }, false],
    ['a good term but a bad selector', { nodeSelector: { disk: 'hdd' }, affinity: requiring(good) }, false],
    [
      'wishes only',
      {
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: bad }] },
        },
      },
      true,
    ],
  ]
  for (const [what, asked, expected] of cases) {
    it(`answers ${what}`, () => assert.equal(nodeMatches(asked, node), expected))
  }
})

describe('nodePreference()', () => {
  it('adds up the weights of wishes that are met', () => {
    const wishes = [
      { weight: 5, preference: term('disk', 'Exists') },
      { weight: 7, preference: term('none', 'Exists') },
      { weight: 11, preference: name('In', 'n1') },
      { weight: 13, preference: {} },
    ]
    assert.equal(
      nodePreference({ nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: wishes } }, node),
      16,
    )
    assert.equal(nodePreference(undefined, node), 0)
  })
})

describe('namedNodes()', () => {
  const both = { matchFields: [...name('In', 'a', 'b').matchFields!, ...name('In', 'b', 'c').matchFields!] }
  const cases: readonly (readonly [string, readonly NodeSelectorTerm[], readonly string[] | undefined])[] = [
    ['one name', [name('In', 'a')], ['a']],
    ['names of several terms', [name('In', 'a'), name('In', 'b')], ['a', 'b']],
    ['names that must all hold', [both], ['b']],
    [
      'names that exclude each other',
      [{ matchFields: [...name('In', 'a').matchFields!, ...name('In', 'b').matchFields!] }],
      [],
    ],
    ['a term without names', [name('In', 'a'), term('disk', 'Exists')], undefined],
    ['names that are not to be', [name('NotIn', 'a')], undefined],
    ['no terms', [], undefined],
  ]
  for (const [what, nodeSelectorTerms, expected] of cases) {
    it(`reads ${what}`, () => {
      const found = namedNodes({ nodeSelectorTerms: [...nodeSelectorTerms] })
      assert.deepEqual(found && [...found], expected)
    })
  }
})
