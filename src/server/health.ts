// /livez, /readyz and /healthz: the checks that were registered, each alone or all together, in upstream's text.

import { pageNotFound, plain } from './answer.ts'
import type { Call, HealthCheck } from './call.ts'
import type { ApiResponse } from './request.ts'

const ping: HealthCheck = { name: 'ping', check: () => undefined }

export function health({ core, info, request }: Call): ApiResponse {
  const [endpoint = '', ...path] = info.segments
  const stopping: HealthCheck = {
    name: 'shutdown',
    readyOnly: true,
    check: () => (core.signal.aborted ? 'process is shutting down' : undefined),
  }
  const checks = [ping, ...core.checks, stopping].filter((check) => endpoint === 'readyz' || !check.readyOnly)
  if (path.length > 0) {
    const check = checks.find(({ name }) => name === path.join('/'))
    if (!check) return pageNotFound()
    const problem = check.check()
    return problem === undefined ? plain(200, 'ok') : plain(500, `internal server error: ${problem}\n`)
  }
  const excluded = new Set(request.query.getAll('exclude'))
  const lines: string[] = []
  let failed = false
  for (const { name, check } of checks) {
    const problem = excluded.has(name) ? undefined : check()
    if (excluded.has(name)) lines.push(`[+]${name} excluded: ok`)
    else lines.push(problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`)
    failed ||= problem !== undefined
  }
  if (failed) return plain(500, `${lines.join('\n')}\n${endpoint} check failed\n`)
  return plain(200, request.query.has('verbose') ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok')
}
