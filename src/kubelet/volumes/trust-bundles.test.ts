import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import { certificatesOf, chosenBundles, concerns, trustAnchors } from './trust-bundles.ts'

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
const [a, b, c] = [pem('QUFB'), pem('QkJC'), pem('Q0ND')]

const bundle = (name: string, trustBundle: string, signerName?: string, labels?: Record<string, string>) =>
  ({ metadata: { name, labels }, spec: { trustBundle, signerName } }) as ClusterTrustBundle

const signer = 'e.com/s'
const bundles = [
  bundle('plain', a),
  bundle('e.com:s:two', c + b, signer, { part: 'x' }),
  bundle('e.com:s:one', b + a, signer, { part: 'y' }),
  bundle('e.com:t:one', a, 'e.com/t', { part: 'x' }),
]

test('chosenBundles() are those of a name, or of a signer and a selector', () => {
  const cases: [Parameters<typeof chosenBundles>[0], string[]][] = [
    [{ name: 'plain' }, ['plain']],
    [{ name: 'e.com:t:one' }, ['e.com:t:one']],
    [{ name: 'none' }, []],
    // Without a selector none, with an empty one all.
    [{ signerName: signer }, []],
    [{ signerName: signer, labelSelector: {} }, ['e.com:s:two', 'e.com:s:one']],
    [{ signerName: signer, labelSelector: { matchLabels: { part: 'x' } } }, ['e.com:s:two']],
    [{ signerName: signer, labelSelector: { matchLabels: { part: 'z' } } }, []],
    [{ signerName: 'e.com/none', labelSelector: {} }, []],
  ]
  for (const [choice, names] of cases)
    assert.deepEqual(
      chosenBundles(choice, bundles).map(({ metadata }) => metadata.name),
      names,
      JSON.stringify(choice),
    )
})

test('trustAnchors() has each certificate once, in an order that does not follow from the bundles', () => {
  const choice = { signerName: signer, labelSelector: {} }
  // As the text sorts.
  assert.equal(trustAnchors(choice, bundles), c + a + b)
  assert.equal(trustAnchors(choice, bundles.toReversed()), c + a + b)
})

test('certificatesOf() leaves out headers and what stands around, and breaks lines as PEM has them', () => {
  const long = 'QUJD'.repeat(32)
  const untidy = `words\n-----BEGIN CERTIFICATE-----\nA: b\n\n${long}\n-----END CERTIFICATE-----\nmore words`
  assert.deepEqual(certificatesOf(untidy), [pem(`${long.slice(0, 64)}\n${long.slice(64)}`)])
})

test('trustAnchors() says what is missing, unless it may be', () => {
  const text = 'while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "none" not found'
  assert.throws(() => trustAnchors({ name: 'none' }, bundles), { message: text })
  assert.throws(() => trustAnchors({ signerName: signer }, bundles), {
    message: 'combination of signerName and labelSelector matched zero ClusterTrustBundles',
  })
  assert.throws(() => trustAnchors({}, bundles), /requires either name or signerName/)
  assert.equal(trustAnchors({ name: 'none', optional: true }, bundles), '')
  assert.equal(trustAnchors({ signerName: signer, optional: true }, bundles), '')
})

test('concerns() is also true of bundles whose labels do not match now', () => {
  const of = (choice: Parameters<typeof concerns>[0]) => bundles.map((each) => concerns(choice, each))
  assert.deepEqual(of({ name: 'plain' }), [true, false, false, false])
  assert.deepEqual(of({ signerName: signer }), [false, true, true, false])
})
