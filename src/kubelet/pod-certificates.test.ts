import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { ClusterTrustBundle } from '#api/certificates/cluster-trust-bundle.ts'
import { PodCertificateRequest } from '#api/certificates/pod-certificate-request.ts'
import type { Pod } from '#api/core/pod.ts'
import { ServiceAccount } from '#api/core/service-account.ts'
import { formatTime } from '#lib/clock.ts'
import { certify, createAuthority, type KeyPair } from '#lib/pki.ts'
import { type Issued, latenessOf, lookAtMs, outcomeOf } from './pod-certificates.ts'
import { settleAll, startTestNode, type TestNode, testPod } from './testing.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const issued: Issued = { keyPem: '', chainPem: '', refreshAtMs: 2 * hourMs, notAfterMs: 3 * hourMs }
const pendingUntil = (abandonAtMs: number) => ({ name: 'r', uid: 'u', keyPem: '', abandonAtMs })

test('lookAtMs() is when to refresh, and while that is under way when it is late', () => {
  assert.equal(lookAtMs(issued, undefined, 0), 2 * hourMs)
  const abandonAtMs = 2 * hourMs + 15 * minuteMs
  const pending = pendingUntil(abandonAtMs)
  assert.equal(lookAtMs(issued, pending, 2 * hourMs), 2 * hourMs + 10 * minuteMs)
  assert.equal(lookAtMs(issued, pending, 2 * hourMs + 10 * minuteMs), abandonAtMs)
  assert.equal(lookAtMs(issued, pendingUntil(4 * hourMs), 2.9 * hourMs), 3 * hourMs)
  // Nothing is to be expected any more; it is never looked at without a pause.
  assert.equal(lookAtMs(issued, pending, 4 * hourMs), 4 * hourMs + 15 * minuteMs)
})

test('latenessOf() tells of a refresh that is overdue, and of the end', () => {
  assert.deepEqual(latenessOf(issued, 2 * hourMs), [])
  assert.deepEqual(latenessOf(issued, 2 * hourMs + 10 * minuteMs), ['CertificateOverdueForRefresh'])
  assert.deepEqual(latenessOf(issued, 3 * hourMs), ['CertificateOverdueForRefresh', 'CertificateExpired'])
})

test('outcomeOf() is what the condition says', () => {
  const of = (...conditions: object[]) =>
    outcomeOf(
      { metadata: { namespace: 'ns', name: 'r' }, status: { conditions } } as unknown as PodCertificateRequest,
      'KEY',
      5,
    )
  assert.deepEqual(of(), { at: 'waiting' })
  assert.deepEqual(of({ type: 'Denied', reason: 'No', message: 'Never' }), {
    at: 'refused',
    type: 'Denied',
    text: 'PodCertificateRequest ns/r was denied, reason="No", message="Never"',
  })
  assert.equal(of({ type: 'Failed', reason: 'Oops', message: '' }).at, 'refused')
})

// --- With the whole kubelet

const certified = (source: object = {}) =>
  testPod('a', {
    serviceAccountName: 'default',
    volumes: [
      {
        name: 'v',
        projected: {
          sources: [
            {
              podCertificate: {
                signerName: 'e.com/s',
                keyType: 'ECDSAP256',
                keyPath: 'key.pem',
                certificateChainPath: 'chain.pem',
                ...source,
              },
            },
          ],
        },
      },
    ],
  })

async function startNode(): Promise<TestNode> {
  const node = await startTestNode()
  await node.client.create(ServiceAccount, { metadata: { namespace: 'default', name: 'default' } })
  return node
}

/** Key generation is no matter of steps of promises alone: the request is waited for. */
async function nextRequest(node: TestNode, known: readonly string[] = []): Promise<PodCertificateRequest> {
  const control = new AbortController()
  const { items, resourceVersion } = await node.client.list(PodCertificateRequest)
  const isNew = ({ metadata }: PodCertificateRequest) => !known.includes(metadata.name ?? '')
  const there = items.find(isNew)
  if (there) return there
  for await (const events of node.client.watch(PodCertificateRequest, { resourceVersion, signal: control.signal }))
    for (const event of events)
      if (event.type === 'ADDED' && isNew(event.object)) {
        control.abort()
        await settleAll()
        return event.object
      }
  throw new Error('the watch has ended')
}

const decide = async (node: TestNode, request: PodCertificateRequest, status: object) => {
  const { name = '', namespace } = request.metadata
  const current = await node.client.get(PodCertificateRequest, { namespace, name })
  await node.client.update(
    PodCertificateRequest,
    { ...current, status: { ...current.status, ...status } },
    { subresource: 'status' },
  )
  await settleAll()
}

const condition = (node: TestNode, type: string) => ({
  type,
  status: 'True' as const,
  reason: 'Because',
  message: 'of it',
  lastTransitionTime: formatTime(node.clock.now()),
})

async function issue(node: TestNode, request: PodCertificateRequest, authority: KeyPair): Promise<void> {
  const der = request.spec.stubPKCS10Request
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${der}\n-----END CERTIFICATE REQUEST-----\n`
  const certificateChain = await certify(authority, pem, {
    commonName: 'a',
    usages: ['client'],
    nowMs: node.clock.now(),
    lifetimeMs: 2 * hourMs,
  })
  const { validFromDate, validToDate } = new X509Certificate(certificateChain)
  await decide(node, request, {
    conditions: [condition(node, 'Issued')],
    certificateChain,
    notBefore: formatTime(validFromDate.getTime()),
    notAfter: formatTime(validToDate.getTime()),
    beginRefreshAt: formatTime(node.clock.now() + hourMs),
  })
}

async function read(node: TestNode, pod: Pod, name: string): Promise<string> {
  const path = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~projected/v/..data`
  const directory = await node.files.readLink(path)
  const bytes = await node.files.read(`${path.slice(0, -'..data'.length)}${directory}/${name}`)
  return Buffer.from(bytes ?? []).toString()
}

test('a pod waits for its certificate, starts with it, and gets the next one when it is time', async () => {
  const node = await startNode()
  const authority = await createAuthority('test', node.clock.now())
  const pod = await node.run(certified({ userAnnotations: { 'e.com/path': 'x' }, maxExpirationSeconds: 10_000 }))
  const request = await nextRequest(node)
  const { stubPKCS10Request: _key, nodeUID: _node, serviceAccountUID: _account, ...said } = request.spec
  assert.deepEqual(said, {
    signerName: 'e.com/s',
    podName: 'a',
    podUID: pod.metadata.uid,
    serviceAccountName: 'default',
    nodeName: 'n1',
    maxExpirationSeconds: 10_000,
    unverifiedUserAnnotations: { 'e.com/path': 'x' },
  })
  assert.equal(request.metadata.ownerReferences?.[0]?.uid, pod.metadata.uid)
  await settleAll()
  assert.equal((await node.pod('a')).status.phase, 'Pending')
  assert.deepEqual(
    node.events.flatMap(({ reason, text }) => (reason === 'FailedMount' ? text : [])),
    ['MountVolume.SetUp failed for volume "v" : credential bundle is not issued yet'],
  )

  await issue(node, request, authority)
  assert.equal((await node.pod('a')).status.phase, 'Running')
  const first = new X509Certificate(await read(node, pod, 'chain.pem'))
  assert.ok(first.checkPrivateKey(createPrivateKey(await read(node, pod, 'key.pem'))))

  // Before it is time nothing is asked for; with the jitter it takes five minutes more at most.
  await node.clock.advance(hourMs - 1000)
  await settleAll()
  assert.equal((await node.client.list(PodCertificateRequest)).items.length, 1)
  await node.clock.advance(5 * minuteMs + 2000)
  const next = await nextRequest(node, [request.metadata.name ?? ''])
  assert.notEqual(next.spec.stubPKCS10Request, request.spec.stubPKCS10Request)
  assert.equal(new X509Certificate(await read(node, pod, 'chain.pem')).serialNumber, first.serialNumber)
  await issue(node, next, authority)
  const second = new X509Certificate(await read(node, pod, 'chain.pem'))
  assert.notEqual(second.serialNumber, first.serialNumber)
  const key = createPublicKey(await read(node, pod, 'key.pem')).export({ type: 'spki', format: 'der' })
  assert.ok(second.publicKey.export({ type: 'spki', format: 'der' }).equals(key))
  await node.stop()
})

test('a pod whose certificate is denied does not start, and says why', async () => {
  const node = await startNode()
  await node.run(certified())
  const request = await nextRequest(node)
  await settleAll()
  await decide(node, request, { conditions: [condition(node, 'Denied')] })
  assert.equal((await node.pod('a')).status.phase, 'Pending')
  const text = `PodCertificateRequest default/${request.metadata.name} was denied, reason="Because", message="of it"`
  const told = node.events.map(({ reason, text: words }) => `${reason}: ${words}`)
  assert.ok(told.includes(`Denied: ${text}`), told.join('\n'))
  assert.equal(told.at(-1), `FailedMount: MountVolume.SetUp failed for volume "v" : ${text}`)
  // It stays so.
  await node.clock.advance(hourMs)
  await settleAll()
  assert.equal((await node.client.list(PodCertificateRequest)).items.length, 1)
  await node.stop()
})

test('a request that is deleted is made again', async () => {
  const node = await startNode()
  await node.run(certified())
  const { metadata } = await nextRequest(node)
  await settleAll()
  await node.clock.advance(minuteMs)
  await settleAll()
  await node.client.delete(PodCertificateRequest, { namespace: 'default', name: metadata.name ?? '' })
  const next = await nextRequest(node, [metadata.name ?? ''])
  assert.notEqual(next.metadata.uid, metadata.uid)
  await settleAll()
  await node.stop()
})

test('a pod waits for a bundle of trust, and follows it', async () => {
  const node = await startNode()
  const [one, two] = await Promise.all([createAuthority('one', 0), createAuthority('two', 0)])
  const sources = [{ clusterTrustBundle: { name: 'anchors', path: 'ca.pem' } }]
  const pod = await node.run(testPod('a', { volumes: [{ name: 'v', projected: { sources } }] }))
  assert.equal((await node.pod('a')).status.phase, 'Pending')
  assert.equal(
    node.events.at(-1)?.text,
    'MountVolume.SetUp failed for volume "v" : while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "anchors" not found',
  )
  const told = node.events.length
  await node.client.create(ClusterTrustBundle, { metadata: { name: 'other' }, spec: { trustBundle: two.certPem } })
  await settleAll()
  assert.equal(node.events.length, told, 'a bundle of others wakes nobody')
  const made = await node.client.create(ClusterTrustBundle, {
    metadata: { name: 'anchors' },
    spec: { trustBundle: `# mine\n${one.certPem}` },
  })
  await settleAll()
  assert.equal((await node.pod('a')).status.phase, 'Running')
  const tidy = (pem: string) => pem.trimEnd()
  assert.equal(tidy(await read(node, pod, 'ca.pem')), tidy(one.certPem))
  await node.client.update(ClusterTrustBundle, { ...made, spec: { trustBundle: two.certPem } })
  await settleAll()
  assert.equal(tidy(await read(node, pod, 'ca.pem')), tidy(two.certPem))
  assert.equal(node.elapsedMs(), 0)
  await node.stop()
})
