// With its own certificate and the bundle of the signer, a pod proves to another who it is, and the other to it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { behaviour } from '../behaviour.ts'
import { bundlePod, makeBundle } from '../fixtures/certificates.ts'
import { certifiedPod, makeSigner } from '../fixtures/pod-certificates.ts'
import { outputOf } from '../fixtures/shell.ts'

export const test = behaviour(
  {
    group: 'sig-auth',
    name: 'Projected PodCertificate should allow server and client pods to establish an mTLS connection',
    since: '1.37',
    needs: ['pods'],
  },
  async (t) => {
    const signer = await makeSigner(t)
    await makeBundle(t, [signer.authorityPem], { signerName: signer.name })
    const bundle = { signerName: signer.name, labelSelector: {}, path: 'anchors.pem' }
    const [mine, theirs, ca] = await Promise.all([
      certifiedPod(t, 'server', signer),
      certifiedPod(t, 'client', signer, { keyType: 'ED25519' }),
      outputOf(t, 'anchors', bundlePod(t, [bundle])),
    ])
    // The image of the pods has no tools for TLS: here, each side speaks with nothing but what its pod has.
    const server = createServer({ key: mine.keyPem, cert: mine.chainPem, ca, requestCert: true }, (socket) =>
      socket.end(`Client: ${socket.getPeerCertificate().subject.CN}`),
    )
    t.cleanup(() => server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const client: TLSSocket = connect({
      host: '127.0.0.1',
      port,
      servername: 'server',
      key: theirs.keyPem,
      cert: theirs.chainPem,
      ca,
    })
    client.setEncoding('utf8')
    const [said] = await once(client, 'data', { signal: t.signal })
    assert.equal(said, 'Client: client')
    client.destroy()
  },
)
