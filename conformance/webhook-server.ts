// An HTTPS server on this machine for what a cluster calls: webhooks, conversion, APIServices. One authority and one
// certificate for all of a run; each server has a port of its own.

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority, issue } from '#lib/pki.ts'
import type { WebhookHandler, WebhookServer } from './behaviour.ts'

export interface ServingIdentity {
  readonly authorityPem: string
  readonly certPem: string
  readonly keyPem: string
}

const dayMs = 86_400_000

export async function makeServingIdentity(address: string, nowMs: number): Promise<ServingIdentity> {
  const authority = await createAuthority('conformance-authority', nowMs)
  const options = { commonName: 'conformance', ips: [address], usages: ['server' as const], nowMs, lifetimeMs: dayMs }
  return { authorityPem: authority.certPem, ...(await issue(authority, options)) }
}

export async function startWebhookServer(
  handler: WebhookHandler,
  { address, identity }: { readonly address: string; readonly identity: ServingIdentity },
): Promise<WebhookServer & { stop(): void }> {
  const server = createServer({ cert: identity.certPem, key: identity.keyPem }, async (request, response) => {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      const answer = await handler(text === '' ? undefined : JSON.parse(text), request.url ?? '/')
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error))
    }
  })
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `https://${address.includes(':') ? `[${address}]` : address}:${port}`,
    caBundle: Buffer.from(identity.authorityPem).toString('base64'),
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
