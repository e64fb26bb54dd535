// What the author of a pod says to the signer reaches it, so that it can name the pod after it.

import assert from 'node:assert/strict'
import { behaviour } from '../behaviour.ts'
import { certifiedPod, makeSigner } from '../fixtures/pod-certificates.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'Projected PodCertificate should honor UserAnnotations for SPIFFE URI path',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const signer = await makeSigner(t)
    const plain = await certifiedPod(t, 'plain', signer)
    const account = `ns/${t.namespace}/sa/default`
    assert.match(plain.leaf.subjectAltName ?? '', new RegExp(`URI:spiffe://conformance.example.com/${account}(,|$)`))
    const userAnnotations = { 'example.com/path': 'custom-workload' }
    const named = await certifiedPod(t, 'named', signer, { userAnnotations })
    assert.match(named.leaf.subjectAltName ?? '', /URI:spiffe:\/\/conformance.example.com\/custom-workload(,|$)/)
  },
)
