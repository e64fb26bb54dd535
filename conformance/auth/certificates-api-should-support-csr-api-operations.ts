// Signing requests take every verb, are approved by a part of their own, and know who has asked.

import assert from 'node:assert/strict'
import { behaviour, type Json } from '../behaviour.ts'
import { checkOperations, updateLatest } from '../fixtures/api-operations.ts'
import { signingRequest } from '../fixtures/certificates.ts'
import { condition } from '../fixtures/conditions.ts'

export const test = behaviour(
  { group: 'sig-auth', name: 'Certificates API should support CSR API operations', since: '1.19', clusterScoped: true },
  async (t) => {
    const request = await signingRequest('conformance')
    // Nobody signs for it.
    const spec = { request, signerName: 'example.com/conformance', expirationSeconds: 3600, usages: ['client auth'] }
    const path = (name?: string, part?: string) =>
      t.clusterPath('certificates.k8s.io/v1', 'certificatesigningrequests', name, part)
    await checkOperations(t, {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      plural: 'certificatesigningrequests',
      clusterScoped: true,
      make: () => ({ spec }),
      patch: {},
      status: [
        { conditions: [condition('StatusPatch')] },
        { conditions: [condition('StatusPatch'), condition('StatusUpdate')] },
      ],
    })

    const name = t.name('csr')
    t.cleanup(() => t.delete(path(name)))
    const pretended = await t.post(path(), {
      metadata: { name },
      spec: { ...spec, username: 'somebody', groups: ['all'] },
    })
    assert.notEqual(pretended.spec.username, 'somebody')
    assert.ok(!pretended.spec.groups.includes('all'))

    const patched = await t.patch(path(name, 'approval'), 'merge', {
      metadata: { annotations: { patched: 'true' } },
      status: { conditions: [condition('ApprovalPatch')] },
    })
    assert.equal(patched.metadata.annotations.patched, 'true')
    assert.deepEqual(
      patched.status.conditions.map((each: Json) => each.type),
      ['ApprovalPatch'],
    )
    const approved = await updateLatest(t, path(name, 'approval'), ({ status }) => {
      status.conditions.push(condition('Approved'))
    })
    assert.deepEqual(
      approved.status.conditions.map((each: Json) => each.type),
      ['ApprovalPatch', 'Approved'],
    )
    // Approval is not given elsewhere, nor taken back.
    await updateLatest(t, path(name), ({ status }) => {
      status.conditions = []
    })
    assert.equal((await t.get(path(name, 'approval'))).status.conditions.length, 2)
  },
)
