// The paths that are no resource: discovery, OpenAPI, version, health, metrics, and the index of them all.

import { json, methodNotAllowed, pageNotFound, plain } from './answer.ts'
import type { Call } from './call.ts'
import { discover, groupsOf } from './discovery.ts'
import { encryptionAtRest } from './encryption-at-rest.ts'
import { debugFairness } from './flowcontrol/dump.ts'
import { health } from './health.ts'
import { issuerKeys, wellKnown } from './issuer-discovery.ts'
import { openApi } from './openapi.ts'
import type { ApiResponse } from './request.ts'
import { versionInfo } from './version.ts'

type PathHandler = (call: Call) => ApiResponse | Promise<ApiResponse>

/** By the first segment of the path. */
const handlers: Readonly<Record<string, PathHandler>> = {
  api: discover,
  apis: discover,
  openapi: openApi,
  version: ({ info }) => (info.segments.length === 1 ? json(200, versionInfo) : pageNotFound()),
  '.well-known': wellKnown,
  openid: issuerKeys,
  healthz: health,
  livez: health,
  readyz: health,
  debug: debugFairness,
  'pinnace.dev': encryptionAtRest,
  metrics: async ({ core }) =>
    plain(200, await core.metrics.text(), { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
}

const takesWrites: ReadonlySet<string> = new Set(['pinnace.dev'])

export async function nonResource(call: Call): Promise<ApiResponse> {
  const { info, request } = call
  const [first] = info.segments
  if (first === undefined) return index(call)
  const handler = Object.hasOwn(handlers, first) ? handlers[first] : undefined
  if (!handler) return pageNotFound()
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!isRead && !takesWrites.has(first)) throw methodNotAllowed()
  return handler(call)
}

function index({ core }: Call): ApiResponse {
  const groups = groupsOf(core).filter(({ name }) => name !== '')
  const paths = [
    ...(core.tokens ? ['/.well-known/openid-configuration'] : []),
    '/api',
    '/api/v1',
    '/apis',
    ...groups.flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map((each) => `/apis/${name}/${each}`)]),
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    ...(core.tokens ? ['/openid/v1/jwks'] : []),
    '/readyz',
    '/version',
  ]
  return json(200, { paths: [...new Set(paths)] })
}
