// A request as it is recorded: upstream's `audit.k8s.io/v1` Event, written at each stage that the policy keeps.

import type { ApiObject } from '#api/kind.ts'
import type { StatusBody } from '#api/status-error.ts'
import { formatMicroTime } from '#lib/clock.ts'
import type { Call } from '../call.ts'
import type { UserInfo } from '../request.ts'
import type { AuditEntry } from './entry.ts'
import type { AuditStage } from './policy.ts'

export interface Outcome {
  readonly code: number
  readonly status?: StatusBody | undefined
}

/** Values, as far as the record is to hold them. */
export interface Bodies {
  readonly requestObject?: unknown
  readonly responseObject?: unknown
}

const userOf = ({ name, uid, groups, extra }: UserInfo): object => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length > 0 ? { groups } : {}),
  ...(extra ? { extra } : {}),
})

/** Those who stand between say who stands behind them. */
function sourceIps({ request }: Call): string[] {
  const { headers, remoteAddress } = request
  const said = [...(headers['x-forwarded-for'] ?? '').split(','), headers['x-real-ip'] ?? '']
  const all = [...said.map((ip) => ip.trim()), remoteAddress ?? ''].filter((ip) => ip !== '')
  return [...new Set(all.map((ip) => ip.replace(/^::ffff:/, '')))]
}

function uriOf({ request }: Call): string {
  const query = request.query.toString()
  return query === '' ? request.path : `${request.path}?${query}`
}

/** Of a creation, what is in the object says which it is. */
function objectRef({ info }: Call, sent: unknown): object {
  const metadata = (sent as Partial<ApiObject> | undefined)?.metadata
  const name = info.name || metadata?.name
  return {
    resource: info.resource,
    ...(info.namespace ? { namespace: info.namespace } : {}),
    ...(name ? { name } : {}),
    ...(metadata?.uid ? { uid: metadata.uid } : {}),
    ...(info.group ? { apiGroup: info.group } : {}),
    apiVersion: info.version,
    ...(metadata?.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
    ...(info.subresource ? { subresource: info.subresource } : {}),
  }
}

function responseStatus({ code, status }: Outcome): object {
  if (!status) return { metadata: {}, code }
  const { message, reason, details } = status
  return {
    metadata: {},
    status: status.status,
    ...(message ? { message } : {}),
    ...(reason ? { reason } : {}),
    ...(details ? { details } : {}),
    code,
  }
}

/** The facts are those of now; the bodies are only read when the event is written down. */
export function eventAt(
  stage: AuditStage,
  call: Call,
  entry: AuditEntry,
  outcome: Outcome | undefined,
  bodies: () => Bodies,
): () => object {
  const { verdict, user, impersonatedUser, receivedMs } = entry
  const { level, omitManagedFields } = verdict
  const userAgent = call.request.headers['user-agent']
  const annotations = { ...entry.annotations }
  const stageMs = call.core.clock.now()
  return () => {
    const { requestObject, responseObject } = bodies()
    const shown = (value: unknown) => (omitManagedFields ? withoutManagedFields(value) : value)
    const holdsRequest = level === 'Request' || level === 'RequestResponse'
    return {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level,
      auditID: call.auditId,
      stage,
      requestURI: uriOf(call),
      verb: call.info.verb,
      user: userOf(user),
      ...(impersonatedUser ? { impersonatedUser: userOf(impersonatedUser) } : {}),
      sourceIPs: sourceIps(call),
      ...(userAgent ? { userAgent } : {}),
      ...(call.info.isResource ? { objectRef: objectRef(call, requestObject) } : {}),
      ...(outcome ? { responseStatus: responseStatus(outcome) } : {}),
      ...(requestObject === undefined || !holdsRequest ? {} : { requestObject: shown(requestObject) }),
      ...(responseObject === undefined ? {} : { responseObject: shown(responseObject) }),
      requestReceivedTimestamp: formatMicroTime(receivedMs),
      stageTimestamp: formatMicroTime(stageMs),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    }
  }
}

interface MaybeObject {
  readonly metadata?: { readonly managedFields?: unknown }
  readonly items?: readonly unknown[]
}

function withoutManagedFields(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  const { metadata, items } = value as MaybeObject
  if (metadata?.managedFields === undefined && items === undefined) return value
  return {
    ...value,
    ...(metadata ? { metadata: { ...metadata, managedFields: undefined } } : {}),
    ...(items ? { items: items.map(withoutManagedFields) } : {}),
  }
}
