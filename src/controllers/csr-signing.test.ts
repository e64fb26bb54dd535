import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CertificateSigningRequest } from '#api/certificates/certificate-signing-request.ts'
import { judge } from './csr-signing.ts'

const csrOf = (spec: object, status: object = {}): CertificateSigningRequest =>
  ({ metadata: { name: 'c' }, spec, status }) as unknown as CertificateSigningRequest
const node = {
  commonName: 'system:node:n1',
  organizations: ['system:nodes'],
  dnsNames: [],
  ips: [],
  emails: [],
  uris: [],
}
const signing = 'digital signature'
const client = { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: [signing, 'client auth'] }
const serving = { signerName: 'kubernetes.io/kubelet-serving', usages: [signing, 'server auth'] }
const user = { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }
const approved = { conditions: [{ type: 'Approved', status: 'True' }] }
const reserved = { dnsNames: ['kubernetes'], ips: ['10.96.0.1'] }
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
    want: { sign: 'permitted', permissions: ['nodeclient'], usages: ['client'] },
  },
  {
    name: 'approves a node that renews',
    csr: csrOf({ ...client, ...itself }),
    want: { sign: 'permitted', permissions: ['selfnodeclient', 'nodeclient'], usages: ['client'] },
  },
  {
    name: 'asks the roles about a stranger',
    csr: csrOf({ ...client, ...stranger }),
    want: { sign: 'permitted', permissions: ['nodeclient'], usages: ['client'] },
  },
  {
    name: 'signs what a person has approved',
    csr: csrOf({ ...client, ...stranger }, approved),
    want: { sign: true, usages: ['client'] },
  },
  {
    name: 'approves the serving certificate of the node itself',
    csr: csrOf({ ...serving, ...itself }),
    request: { ips: ['10.0.0.1'] },
    want: { sign: 'permitted', permissions: ['selfnodeserver'], usages: ['server'] },
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
    name: 'fails an approved client request with names',
    csr: csrOf({ ...client, ...joiner }, approved),
    request: { dnsNames: ['a'] },
    want: { sign: false, failure: 'DNS subjectAltNames are not allowed' },
  },
  {
    name: 'leaves a wrong request alone until somebody approves it',
    csr: csrOf({ ...client, ...joiner }),
    request: { dnsNames: ['a'] },
    want: { sign: false },
  },
  {
    name: 'fails an approved request for another group',
    csr: csrOf({ ...client, ...joiner }, approved),
    request: { organizations: ['system:masters'] },
    want: { sign: false, failure: 'subject organization is not system:nodes' },
  },
  {
    name: 'fails an approved node that is none',
    csr: csrOf({ ...client, ...joiner }, approved),
    request: { commonName: 'jane' },
    want: { sign: false, failure: 'subject common name does not begin with system:node:' },
  },
  {
    name: 'fails a node whose key shall do more than it needs',
    csr: csrOf({ ...client, ...joiner, usages: [signing, 'client auth', 'server auth'] }, approved),
    want: { sign: false, failure: 'usages did not match [client auth digital signature key encipherment]' },
  },
  {
    name: 'fails a serving certificate for nothing',
    csr: csrOf({ ...serving, ...itself }, approved),
    want: { sign: false, failure: 'at least one of DNS or IP subjectAltName is required' },
  },
  {
    name: 'fails a serving certificate for a page',
    csr: csrOf({ ...serving, ...itself }, approved),
    request: { ips: ['10.0.0.1'], uris: ['https://a'] },
    want: { sign: false, failure: 'URI subjectAltNames are not allowed' },
  },
  {
    name: 'fails a client that would serve',
    csr: csrOf({ ...user, ...stranger, usages: ['client auth', 'server auth'] }, approved),
    want: { sign: false, failure: 'invalid usage for client certificate: server auth' },
  },
  {
    name: 'fails a client that would not be one',
    csr: csrOf({ ...user, ...stranger, usages: [signing] }, approved),
    want: { sign: false, failure: 'missing required usage for client certificate: client auth' },
  },
  {
    name: 'signs a serving certificate with other names when a person has approved it',
    csr: csrOf({ ...serving, ...itself }, approved),
    request: { dnsNames: ['n1.example.com'] },
    want: { sign: true, usages: ['server'] },
  },
  {
    name: 'leaves what is already signed',
    csr: csrOf({ ...client, ...joiner }, { certificate: 'x' }),
    want: { sign: false },
  },
  {
    name: 'leaves to a person a node that would serve under another name',
    csr: csrOf({ ...serving, ...itself }),
    request: { dnsNames: ['n1', 'n2'] },
    want: { sign: false },
  },
  {
    name: 'leaves to a person a node that has taken the name of the API server',
    csr: csrOf({ ...serving, ...itself, username: 'system:node:kubernetes' }),
    request: { commonName: 'system:node:kubernetes', dnsNames: ['kubernetes'] },
    want: { sign: false },
  },
  {
    name: 'leaves to a person a node that would serve at the address of the API server',
    csr: csrOf({ ...serving, ...itself }),
    request: { ips: ['10.96.0.1'] },
    want: { sign: false },
  },
  { name: 'leaves a user to a person', csr: csrOf({ ...user, ...stranger }), want: { sign: false } },
  {
    name: 'signs for a user what a person has approved',
    csr: csrOf({ ...user, ...stranger }, approved),
    request: { commonName: 'jane', organizations: ['devs'] },
    want: { sign: true, usages: ['client'] },
  },
  { name: 'leaves other signers alone', csr: csrOf({ ...joiner, signerName: 'example.com/x' }), want: { sign: false } },
]

for (const { name, csr, request, want } of cases) {
  test(`judge() ${name}`, () => assert.deepEqual(judge(csr, { ...node, ...request }, reserved), want))
}
