// gRPC to a container runtime over its Unix socket: a service's methods by name, each with a deadline. Messages
// are plain objects with the names of the .proto file; enums are their names, 64-bit numbers are numbers.

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Clock } from '#lib/clock.ts'

// biome-ignore lint/suspicious/noExplicitAny: the messages are described by the .proto file, not by types
export type Wire = any

const here = dirname(fileURLToPath(import.meta.url))

const load = (file: string): Wire =>
  loadPackageDefinition(
    loadSync(join(here, file), { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true }),
  )

export interface GrpcService {
  /** One answer to one request. Rejects with the runtime's text; `code` is gRPC's. */
  call(method: string, request: object, timeoutMs: number): Promise<Wire>
  /** Answers until the signal aborts or the runtime ends it. */
  stream(method: string, request: object, signal: AbortSignal): AsyncIterable<Wire>
  close(): void
}

export interface GrpcOptions {
  readonly socket: string
  readonly protoFile: string
  /** As in `runtime.v1.RuntimeService`. */
  readonly service: string
  readonly clock: Clock
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>
}

const longestMessageBytes = 32 * 1024 * 1024

export function openGrpc({ socket, protoFile, service, clock, headers = {} }: GrpcOptions): GrpcService {
  const Service = service.split('.').reduce((found, part) => found[part], load(protoFile))
  const client = new Service(`unix://${socket}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': longestMessageBytes,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2000,
  })
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return {
    call: (method, request, timeoutMs) =>
      new Promise((resolve, reject) => {
        const deadline = clock.now() + timeoutMs
        const call: ClientUnaryCall = client[method](
          request,
          metadata,
          { deadline },
          (error: ServiceError | null, answer: Wire) =>
            error ? reject(new GrpcError(method, error)) : resolve(answer),
        )
        call.on('error', () => undefined)
      }),
    async *stream(method, request, signal) {
      const call: ClientReadableStream<Wire> = client[method](request, metadata)
      const cancel = () => call.cancel()
      signal.addEventListener('abort', cancel, { once: true })
      try {
        for await (const answer of call) yield answer
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        signal.removeEventListener('abort', cancel)
        call.cancel()
      }
    },
    close: () => client.close(),
  }
}

/** What the runtime said, without gRPC's own prefix. */
export class GrpcError extends Error {
  readonly code: status
  constructor(method: string, cause: ServiceError) {
    super(cause.details || cause.message)
    this.name = `GrpcError(${method})`
    this.code = cause.code
  }
}

export const isGrpcNotFound = (error: unknown): boolean => error instanceof GrpcError && error.code === status.NOT_FOUND
