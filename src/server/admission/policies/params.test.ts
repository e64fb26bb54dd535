import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParamRef } from '#api/admissionregistration/policy.ts'
import { ConfigMap } from '#api/core/config-map.ts'
import { Node } from '#api/core/node.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import { builtIn } from '#api/kinds.ts'
import { Misconfigured, type ParamSource, paramKindOf, paramsOf } from './params.ts'

const object = (namespace: string, name: string, labels = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: '',
  metadata: { namespace, name, labels },
})
const all = [object('a', 'x'), object('a', 'y', { l: '1' }), object('b', 'x'), object('a', 'z', { l: '1' })]
const nodes = [object('', 'n', { l: '1' })]
const of = (kind: AnyKind) => (kind === Node ? nodes : all)

const source: ParamSource = {
  kindOf: (apiVersion, kind) => builtIn.kindOf(apiVersion, kind),
  find: (kind, namespace, name) =>
    of(kind).find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  select: (kind, namespace, selector) =>
    of(kind).filter(({ metadata }) => metadata.namespace === namespace && selector.matches(metadata.labels)),
}

const deny = { parameterNotFoundAction: 'Deny' }
const allow = { parameterNotFoundAction: 'Allow' }
const labelled = { matchLabels: { l: '1' } }
const none = /^no params found for policy binding with `Deny` parameterNotFoundAction$/

const references: readonly [string, AnyKind | undefined, ParamRef | undefined, string, readonly string[] | RegExp][] = [
  ['no kind', undefined, { name: 'x', ...deny }, 'a', ['none']],
  ['no reference', ConfigMap, undefined, 'a', ['none']],
  ['in the namespace of the request', ConfigMap, { name: 'x', ...deny }, 'b', ['b/x']],
  ['in another one', ConfigMap, { name: 'y', namespace: 'a', ...deny }, 'b', ['a/y']],
  ['that is not there', ConfigMap, { name: 'y', ...deny }, 'b', none],
  ['that need not be there', ConfigMap, { name: 'y', ...allow }, 'b', []],
  ['by labels', ConfigMap, { selector: labelled, ...deny }, 'a', ['a/y', 'a/z']],
  ['by any labels', ConfigMap, { selector: {}, ...deny }, 'a', ['a/x', 'a/y', 'a/z']],
  ['by labels, of nobody', ConfigMap, { selector: labelled, ...deny }, 'b', none],
  ['by labels, of nobody, which is allowed', ConfigMap, { selector: labelled, ...allow }, 'b', []],
  ['of the cluster', Node, { name: 'n', ...deny }, 'a', ['/n']],
  ['of the cluster, by labels', Node, { selector: labelled, ...deny }, 'a', ['/n']],
  [
    'of the cluster, with a namespace',
    Node,
    { name: 'n', namespace: 'a', ...allow },
    'a',
    /^paramRef.namespace must not be provided for a cluster-scoped `paramKind`$/,
  ],
  [
    'for a request of the cluster',
    ConfigMap,
    { name: 'x', ...allow },
    '',
    /^cannot use namespaced paramRef in policy binding that matches cluster-scoped resources$/,
  ],
  ['neither by name nor by labels', ConfigMap, { ...allow }, 'a', /^one of name or selector must be provided$/],
]

for (const [what, kind, ref, namespace, found] of references)
  test(`paramsOf(): ${what}`, () => {
    const look = () => paramsOf(kind, ref, namespace, source)
    if (found instanceof RegExp) {
      assert.throws(look, (error) => error instanceof Misconfigured && found.test(error.message))
      return
    }
    const names = look().map((one) => (one ? `${one.metadata.namespace}/${one.metadata.name}` : 'none'))
    assert.deepEqual(names, found)
  })

test('paramKindOf() names what is not served as upstream does', () => {
  assert.equal(paramKindOf(undefined, source), undefined)
  assert.equal(paramKindOf({ apiVersion: 'v1', kind: 'ConfigMap' }, source), ConfigMap)
  for (const [apiVersion, name] of [
    ['v1', '/v1, Kind=Nothing'],
    ['a.b/v1', 'a.b/v1, Kind=Nothing'],
  ] as const)
    assert.throws(
      () => paramKindOf({ apiVersion, kind: 'Nothing' }, source),
      new Misconfigured(`failed to find resource referenced by paramKind: '${name}'`),
    )
})
