// serviceaccounts/token: a signed token for a service account, bound to a pod, secret or node if asked for.

import { TokenRequest } from '#api/authentication/token-request.ts'
import { applyDefaults } from '#api/defaults.ts'
import { FieldErrors } from '#api/field-errors.ts'
import { badRequest, conflict, invalid, notFound } from '#api/status-error.ts'
import { formatTime } from '#lib/clock.ts'
import { admitRequest } from '../admission/admission.ts'
import { methodNotAllowed, pageNotFound, value } from '../answer.ts'
import type { Bound } from '../authn/service-account.ts'
import { decodeBody } from '../body.ts'
import type { KindCall } from '../call.ts'
import { writeQuery } from '../options.ts'
import type { ApiResponse } from '../request.ts'
import { objectOf } from '../stored.ts'

const defaultSeconds = 3600

export async function serviceAccountToken(call: KindCall): Promise<ApiResponse> {
  const { core, info, registry, request } = call
  if (info.verb !== 'create') throw methodNotAllowed()
  if (!core.tokens) return pageNotFound()
  const { dryRun, fieldValidation } = writeQuery(request.query, 'CreateOptions')
  const asked = decodeBody<TokenRequest>(call, TokenRequest, fieldValidation)
  applyDefaults(TokenRequest, asked)
  // What is checked is what admission has made of it.
  await admitRequest(call, asked, dryRun)
  const errors = new FieldErrors()
  TokenRequest.strategy.validate?.(asked, errors)
  if (errors.any) throw invalid(TokenRequest, info.name, errors.all)
  const { metadata } = objectOf(registry.get(info.namespace, info.name))
  const serviceAccount: Bound = { name: info.name, uid: metadata.uid ?? '' }
  const expirationSeconds = asked.spec.expirationSeconds ?? defaultSeconds
  const { audiences } = asked.spec
  const signed = dryRun
    ? { token: '', expiresAtMs: core.clock.now() + expirationSeconds * 1000 }
    : await core.tokens.sign({
        namespace: info.namespace,
        serviceAccount,
        ...bindingOf(call, asked),
        audiences: audiences.length > 0 ? audiences : core.apiAudiences,
        expirationSeconds,
      })
  const answer = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: info.name, namespace: info.namespace, creationTimestamp: formatTime(core.clock.now()) },
    spec: { ...asked.spec, audiences: audiences.length > 0 ? audiences : core.apiAudiences, expirationSeconds },
    status: { token: signed.token, expirationTimestamp: formatTime(signed.expiresAtMs) },
  }
  return value(201, answer, request.raw)
}

interface Bindings {
  readonly pod?: Bound
  readonly node?: Bound
  readonly secret?: Bound
}

/** What the token is to end with, looked up as it is now. */
function bindingOf({ core, info }: KindCall, { spec }: TokenRequest): Bindings {
  const ref = spec.boundObjectRef
  if (!ref) return {}
  const name = ref.name ?? ''
  const find = (plural: string, namespace: string): { name: string; uid: string; spec: Record<string, unknown> } => {
    const kind = core.kinds.kindFor('', 'v1', plural)
    if (!kind) throw badRequest(`cannot bind token to object of type ${ref.apiVersion ?? ''}, Kind=${ref.kind ?? ''}`)
    const stored = core.registries.of(kind).find(namespace, name)
    if (!stored) throw notFound(kind, name)
    const { metadata, spec: found = {} } = objectOf(stored)
    if (ref.uid && ref.uid !== metadata.uid)
      throw conflict(
        kind,
        name,
        `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      )
    return { name, uid: metadata.uid ?? '', spec: found }
  }
  switch (`${ref.apiVersion ?? ''}/${ref.kind ?? ''}`) {
    case 'v1/Pod': {
      const { uid, spec: pod } = find('pods', info.namespace)
      if (pod.serviceAccountName !== info.name)
        throw badRequest(
          `cannot bind token for serviceaccount ${JSON.stringify(info.name)} to pod running with different serviceaccount name.`,
        )
      return { pod: { name, uid }, ...nodeOf(core, pod.nodeName) }
    }
    case 'v1/Secret': {
      const { uid } = find('secrets', info.namespace)
      return { secret: { name, uid } }
    }
    case 'v1/Node': {
      const { uid } = find('nodes', '')
      return { node: { name, uid } }
    }
    default:
      throw badRequest(`cannot bind token to object of type ${ref.apiVersion ?? ''}, Kind=${ref.kind ?? ''}`)
  }
}

/** The node is told too, so that whoever reads the token knows where it is used. */
function nodeOf(core: KindCall['core'], name: unknown): Bindings {
  const kind = core.kinds.kindFor('', 'v1', 'nodes')
  if (!kind || typeof name !== 'string' || name === '') return {}
  const stored = core.registries.of(kind).find('', name)
  return { node: { name, uid: stored ? (objectOf(stored).metadata.uid ?? '') : '' } }
}
