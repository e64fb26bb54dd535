// Relays a connection that a client wants upgraded (SPDY, WebSocket) to the server behind: the request's head is sent
// on with another path and without its credentials, and once the server behind has agreed, what one side writes the
// other reads, whatever protocol it is.
//
// Guarantees: nothing of the client's is sent on before the server behind has answered 101. It could be another
// request, which would be taken for one of ours. After any other answer the connection behind is closed.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { http1, reasonPhrase } from './http1.ts'

/** A client's connection behind the head of its request. */
export interface UpgradeClient {
  readonly client: Duplex
  /** Bytes of the client that came behind its request's head. */
  readonly head: Uint8Array
}

export interface UpgradeRelay extends UpgradeClient {
  /** Name, value, name, value, as they came. */
  readonly rawHeaders: readonly string[]
  readonly method: string
  /** Opens the connection to the server behind. */
  readonly connect: () => Promise<Duplex>
  readonly host: string
  readonly path: string
  /** Takes an answer whose lines end with LF alone. */
  readonly lenient?: boolean
}

/** Who the client is has been settled; the server behind is asked in our own name, and must not learn how to be him. */
const notRelayed: ReadonlySet<string> = new Set([
  ...['host', 'authorization', 'cookie', 'x-forwarded-for'],
  // Whoever wants an upgrade sends no body.
  ...['content-length', 'transfer-encoding', 'expect'],
])
const notRelayedPrefixes: readonly string[] = ['impersonate-', 'x-remote-']
/** Of a browser's, which cannot set headers: the token stands behind it. */
export const tokenProtocol = 'base64url.bearer.authorization.k8s.io.'

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

function relayedHeaders({ method, host, rawHeaders }: UpgradeRelay): string[] {
  const headers = ['Host', host]
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (notRelayed.has(name.toLowerCase())) continue
    const value = withoutCredentials(name.toLowerCase(), rawHeaders[i + 1]!)
    if (value !== undefined) headers.push(name, value)
  }
  return method === 'GET' ? headers : [...headers, 'Content-Length', '0']
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

export interface UpgradeRequest {
  readonly method: string
  readonly path: string
  /** Name, value, name, value; or by name. */
  readonly headers: readonly string[] | Readonly<Record<string, string | readonly string[]>>
  readonly signal: AbortSignal
  readonly lenient?: boolean
}

export interface Upgraded {
  readonly answer: IncomingMessage
  /** Undefined: the server did not agree. */
  readonly socket: Duplex | undefined
  /** What the server said behind its head. */
  readonly head: Uint8Array
}

/** Asks for an upgrade. The connection is the caller's if the answer is 101, and is closed after any other. Throws what
 *  went wrong with the connection. */
export function askUpgrade(connection: Duplex, asked: UpgradeRequest): Promise<Upgraded> {
  const { method, path, headers, signal, lenient = false } = asked
  return new Promise((resolve, reject) => {
    const request = http1().request({
      createConnection: () => connection,
      method,
      path,
      headers: headers as Record<string, string[]>,
      signal,
      insecureHTTPParser: lenient,
    })
    request.once('upgrade', (answer, _connection, head) => resolve({ answer, socket: connection, head }))
    request.once('response', (answer) => {
      answer.once('close', () => connection.destroy())
      resolve({ answer, socket: undefined, head: Buffer.alloc(0) })
    })
    request.on('error', (error) => {
      connection.destroy()
      reject(error)
    })
    request.once('close', () => reject(new Error('EOF')))
    request.end()
  })
}

/** Hands the answer to the client, and joins the two where it is 101. */
export async function answerUpgrade({ client, head }: UpgradeClient, { answer, ...behind }: Upgraded): Promise<void> {
  if (!behind.socket) {
    writeHead(client, answer, oneConnections)
    await pipeline(answer, client)
    client.resume()
    return
  }
  writeHead(client, answer, [])
  if (behind.head.length > 0) client.write(behind.head)
  if (head.length > 0) behind.socket.write(head)
  await join(client, behind.socket)
}

const oneConnections: readonly string[] = ['connection', 'keep-alive', 'transfer-encoding']

/** Without the headers that are `left` out, and then as the last thing said on this connection. */
function writeHead(client: Duplex, { statusCode = 502, rawHeaders }: IncomingMessage, left: readonly string[]): void {
  const lines = [`HTTP/1.1 ${statusCode} ${reasonPhrase(statusCode)}`]
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (!left.includes(rawHeaders[i]!.toLowerCase())) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  }
  if (left.length > 0) lines.push('Connection: close')
  client.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** An upgrade that cannot be, answered as an ordinary request whose text the client shows. */
export function refuseUpgrade(client: Duplex, code: number, text: string): void {
  const head = `HTTP/1.1 ${code} ${reasonPhrase(code)}\r\ncontent-type: text/plain; charset=utf-8\r\n`
  client.resume().end(`${head}content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`)
}

/** Aborts when the client goes away before it has been answered; `settled` ends the watching, and what it has sent
 *  meanwhile is still to be read. */
export function untilAnswered(client: Duplex): { readonly signal: AbortSignal; readonly settled: () => void } {
  const gone = new AbortController()
  const leave = () => gone.abort(new Error('The client has gone away'))
  // Only who reads hears of the end; what has come is left where it is.
  const look = () => {
    if (client.readableLength === 0) client.read()
  }
  client.on('error', () => client.destroy())
  client.on('readable', look).once('end', leave).once('close', leave)
  const settled = () => void client.off('readable', look).off('end', leave).off('close', leave)
  return { signal: gone.signal, settled }
}

/** Resolves when the relayed connection has ended. A server that cannot be reached is answered with 502. */
export async function relayUpgrade(relay: UpgradeRelay): Promise<void> {
  const { client, method, path, connect, lenient = false } = relay
  const { signal, settled } = untilAnswered(client)
  let doing = 'dialing backend'
  try {
    const connection = await connect()
    doing = 'trying to reach service'
    const headers = relayedHeaders(relay)
    const upgraded = await askUpgrade(connection, { method, path, headers, signal, lenient })
    settled()
    await answerUpgrade(relay, upgraded)
  } catch (error) {
    settled()
    if (signal.aborted || client.writableEnded || client.destroyed) client.destroy()
    else refuseUpgrade(client, 502, `error ${doing}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
