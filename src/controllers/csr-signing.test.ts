import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { judge } from './csr-signing.ts'

const csrOf = (spec: object, status: object = {}): CertificateSigningRequest =>
  ({ metadata: { name: 'c' }, spec, status }) as unknown as CertificateSigningRequest
const node = { commonName: 'system:node:n1', organizations: ['system:nodes'], dnsNames: [], ips: [] }
const client = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' }
const serving = { signerName: 'kubernetes.io/kubelet-serving' }
const joiner = { username: 'system:bootstrap:x', groups: ['system:bootstrappers'] }
const itself = { username: 'system:node:n1', groups: ['system:nodes'] }
const stranger = { username: 'jane', groups: ['system:authenticated'] }

const cases: readonly {
  readonly name: string
  readonly csr: CertificateSigningRequest
  readonly request?: object
  readonly want: object
}[] = [
  {
    name: 'approves a joining node',
    csr: csrOf({ ...client, ...joiner }),
    want: { sign: true, approve: true, usages: ['client'] },
  },
  {
    name: 'approves a node that renews',
    csr: csrOf({ ...client, ...itself }),
    want: { sign: true, approve: true, usages: ['client'] },
  },
  { name: 'leaves a stranger to a person', csr: csrOf({ ...client, ...stranger }), want: { sign: false } },
  {
    name: 'signs what a person has approved',
    csr: csrOf({ ...client, ...stranger }, { conditions: [{ type: 'Approved', status: 'True' }] }),
    want: { sign: true, approve: false, usages: ['client'] },
  },
  {
    name: 'approves the serving certificate of the node itself',
    csr: csrOf({ ...serving, ...itself }),
    request: { ips: ['10.0.0.1'] },
    want: { sign: true, approve: true, usages: ['server'] },
  },
  {
    name: 'does not let one node serve as another',
    csr: csrOf({ ...serving, ...itself, username: 'system:node:n2' }),
    request: { ips: ['10.0.0.1'] },
    want: { sign: false },
  },
  {
    name: 'does not let the join token serve',
    csr: csrOf({ ...serving, ...joiner }),
    request: { ips: ['10.0.0.1'] },
    want: { sign: false },
  },
  {
    name: 'fails a client request with names',
    csr: csrOf({ ...client, ...joiner }),
    request: { dnsNames: ['a'] },
    want: { sign: false, failure: 'DNS and IP subjectAltNames are not allowed' },
  },
  {
    name: 'fails a request for another group',
    csr: csrOf({ ...client, ...joiner }),
    request: { organizations: ['system:masters'] },
    want: { sign: false, failure: 'subject organization is not system:nodes' },
  },
  {
    name: 'leaves what is already signed',
    csr: csrOf({ ...client, ...joiner }, { certificate: 'x' }),
    want: { sign: false },
  },
  { name: 'leaves other signers alone', csr: csrOf({ ...joiner, signerName: 'example.com/x' }), want: { sign: false } },
]

for (const { name, csr, request, want } of cases) {
  test(`judge() ${name}`, () => assert.deepEqual(judge(csr, { ...node, ...request }), want))
}
