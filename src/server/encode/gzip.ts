// Large answers are compressed for clients that accept it, from upstream's threshold on: below it, compressing
// costs more than sending.

import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Call } from '../call.ts'
import type { ApiResponse } from '../request.ts'
import { parseAccept } from './negotiate.ts'

const thresholdBytes = 128 * 1024

const acceptsGzip = (header: string | undefined): boolean =>
  header?.includes('gzip') === true && parseAccept(header).some(({ type }) => type === 'gzip')

const gzipBytes = promisify(gzip)

export function bytesAnswer(
  { request }: Call,
  status: number,
  contentType: string,
  chunks: readonly Uint8Array[],
): ApiResponse | Promise<ApiResponse> {
  if (acceptsGzip(request.headers['accept-encoding'])) {
    let sizeBytes = 0
    for (const chunk of chunks) sizeBytes += chunk.length
    if (sizeBytes > thresholdBytes) return compressed(status, contentType, chunks)
  }
  return { status, headers: { 'content-type': contentType }, body: { type: 'bytes', chunks } }
}

async function compressed(status: number, contentType: string, chunks: readonly Uint8Array[]): Promise<ApiResponse> {
  const headers = { 'content-type': contentType, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }
  // Off the main thread, which is why the pieces are copied together first.
  const compressed = await gzipBytes(Buffer.concat(chunks), { level: constants.Z_BEST_SPEED })
  return { status, headers, body: { type: 'bytes', chunks: [compressed] } }
}
