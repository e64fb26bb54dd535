// Whom the controllers act as.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KindRegistry } from '#api/kind-registry.ts'
import { kinds } from '#api/kinds.ts'
import type { KeyPair } from '#lib/pki.ts'
import { policies } from '#server/authz/policy/policies.ts'
import { csrSigning } from './csr-signing.ts'
import { controllers } from './index.ts'

const granted = policies.flatMap(({ bindings }) =>
  bindings.flatMap(({ roleRef, subjects }) =>
    subjects.flatMap(({ kind, namespace, name }) =>
      kind === 'ServiceAccount' && namespace === 'kube-system' ? [`${name} has ${roleRef.name}`] : [],
    ),
  ),
)

const every = [
  ...controllers({ kinds: new KindRegistry(kinds), caPem: 'CA', signToken: async () => '' }),
  csrSigning({} as KeyPair),
]

for (const { name, account } of every) {
  // As upstream: whoever makes tokens for accounts cannot begin with one.
  if (name === 'serviceaccount-token-controller') {
    test(`${name} acts as the process`, () => assert.equal(account, undefined))
    continue
  }
  test(`${name} acts as an account that has the role of its name`, () => {
    assert.ok(account)
    assert.ok(granted.includes(`${account} has system:controller:${account}`), account)
  })
}
