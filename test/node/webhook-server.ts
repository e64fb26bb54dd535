// Runs inside a pod, as the machine's own Node.js: a validating webhook that refuses objects with the annotation
// `refuse`, a converter that hands objects back in the version asked for, and an extension API server of one group.
// It says on its output whom it was asked by.

import { createServer } from 'node:https'
import { env } from 'node:process'
import type { TLSSocket } from 'node:tls'

const group = 'pods.example.com'

const answers: Readonly<Record<string, (request: Review) => unknown>> = {
  '/validate': ({ uid, object }) => {
    const why = object?.metadata.annotations?.refuse
    return { uid, allowed: why === undefined, ...(why === undefined ? {} : { status: { message: why } }) }
  },
  '/convert': ({ uid, desiredAPIVersion, objects }) => ({
    uid,
    result: { status: 'Success' },
    convertedObjects: objects?.map((object) => ({ ...object, apiVersion: desiredAPIVersion })),
  }),
}

interface Review {
  readonly uid: string
  readonly object?: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }
  readonly desiredAPIVersion?: string
  readonly objects?: readonly object[]
}

const resources = [{ name: 'guests', singularName: 'guest', namespaced: false, kind: 'Guest', verbs: ['list', 'get'] }]
const documents: Readonly<Record<string, object>> = {
  [`/apis/${group}`]: { kind: 'APIGroup', apiVersion: 'v1', name: group, versions: [] },
  [`/apis/${group}/v1`]: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/v1`, resources },
}

const server = createServer(
  { cert: env.TLS_CERT, key: env.TLS_KEY, ca: env.FRONT_PROXY_CA, requestCert: true, rejectUnauthorized: false },
  async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = (code: number, body: object) => {
      response.writeHead(code, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    const review = answers[path]
    if (review) {
      const asked = JSON.parse(Buffer.concat(chunks).toString())
      return answer(200, { apiVersion: asked.apiVersion, kind: asked.kind, response: review(asked.request) })
    }
    const document = documents[path]
    if (document) return answer(200, document)
    if (path === `/apis/${group}/v1/guests`) {
      const socket = request.socket as TLSSocket
      if (!socket.authorized) return answer(401, {})
      const proxy = socket.getPeerCertificate().subject.CN
      const name = String(request.headers['x-remote-user'] ?? '')
      const items = [{ kind: 'Guest', apiVersion: `${group}/v1`, metadata: { name, annotations: { proxy } } }]
      return answer(200, { kind: 'GuestList', apiVersion: `${group}/v1`, metadata: {}, items })
    }
    return answer(404, {})
  },
)
server.listen(8443, () => console.log('listening'))
process.on('SIGTERM', () => process.exit())
