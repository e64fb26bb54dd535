// Relays a connection that a client wants upgraded (SPDY, WebSocket) to the server behind, byte for byte: the
// request's head is sent on with another path and without its credentials, and from then on what one side
// writes the other reads, whatever protocol they agree on.

import type { Duplex } from 'node:stream'

export interface UpgradeRelay {
  readonly client: Duplex
  /** Bytes of the client that came behind its request's head. */
  readonly head: Uint8Array
  /** Name, value, name, value, as they came. */
  readonly rawHeaders: readonly string[]
  readonly method: string
  /** Opens the connection to the server behind. */
  readonly connect: () => Promise<Duplex>
  readonly host: string
  readonly path: string
}

/** Who the client is has been settled; the server behind is asked in our own name, and must not learn how to be him. */
const notRelayed = new Set(['host', 'authorization', 'cookie', 'x-forwarded-for'])
const notRelayedPrefixes: readonly string[] = ['impersonate-', 'x-remote-']
const tokenProtocol = 'base64url.bearer.authorization.k8s.io.'

/** The value to send on; undefined: nothing of the header may be. `name` is in small letters. */
export function withoutCredentials(name: string, value: string): string | undefined {
  if (name === 'authorization' || notRelayedPrefixes.some((prefix) => name.startsWith(prefix))) return undefined
  // Browsers, which cannot set headers, put the token among the subprotocols.
  if (name !== 'sec-websocket-protocol' || !value.includes(tokenProtocol)) return value
  const others = value
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.startsWith(tokenProtocol))
  return others.length === 0 ? undefined : others.join(', ')
}

function requestHead({ method, path, host, rawHeaders }: UpgradeRelay): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`]
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (notRelayed.has(name.toLowerCase())) continue
    const value = withoutCredentials(name.toLowerCase(), rawHeaders[i + 1]!)
    if (value !== undefined) lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Joins two connections until both directions have ended; an error or the death of one ends the other. */
export function join(a: Duplex, b: Duplex): Promise<void> {
  a.pipe(b)
  b.pipe(a)
  const ended = (x: Duplex, other: Duplex) =>
    new Promise<void>((resolve) => {
      x.on('error', () => x.destroy())
      x.once('close', () => {
        // What has been written but not yet sent on is still sent: ending, not destroying, the other side.
        if (!other.destroyed) other.end()
        resolve()
      })
    })
  return Promise.all([ended(a, b), ended(b, a)]).then(() => undefined)
}

/** Resolves when the relayed connection has ended. A server that cannot be reached is answered with 502. */
export async function relayUpgrade(relay: UpgradeRelay): Promise<void> {
  const { client, head } = relay
  let server: Duplex
  try {
    server = await relay.connect()
  } catch (error) {
    const text = `error dialing backend: ${error instanceof Error ? error.message : String(error)}`
    client.end(
      `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
    )
    return
  }
  server.write(requestHead(relay))
  if (head.length > 0) server.write(head)
  await join(client, server)
}
