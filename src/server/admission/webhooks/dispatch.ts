// Asks the webhooks that are meant: those that may change the object one after the other, the others all at once.

import { internalError, StatusError } from '#api/status-error.ts'
import { parseExact } from '#lib/exact-json.ts'
import { equalJson } from '#lib/json.ts'
import { annotate } from '../../audit/audit.ts'
import { applyJsonPatch } from '../../patch/json.ts'
import type { AdmissionContext } from '../admission.ts'
import { invocationsOf } from '../invocations.ts'
import { Subject } from '../subject.ts'
import { ask, ignoresFailures, isMeant } from './ask.ts'
import type { ErrorType, WebhookCounts, WebhookType } from './counts.ts'
import { CallFailed, Denied, refusalOf } from './denial.ts'
import type { Candidate } from './hook-index.ts'
import type { Verdict } from './review.ts'

/** Carries out one call and counts it. False: it could not be made, and that is to be ignored. */
async function counted<T>(
  { hook }: Candidate,
  { context, type, counts, round }: Dispatch & { readonly round: number },
  call: () => Promise<T>,
): Promise<T | undefined> {
  const { webhook, order } = hook
  const { clock } = context.call.core
  const about = { name: webhook.name, type, operation: context.operation }
  const startMs = clock.monotonic()
  const called = (rejected: boolean, code: number) =>
    counts.called(about, { rejected, code, seconds: (clock.monotonic() - startMs) / 1000 })
  try {
    const result = await call()
    called(false, 200)
    return result
  } catch (error) {
    if (context.call.request.signal.aborted) throw error
    if (error instanceof CallFailed && ignoresFailures(webhook)) {
      called(false, error.code)
      counts.failedOpen(webhook.name, type)
      context.call.core.log.warn('An admission webhook could not be asked, which is ignored', { error: error.message })
      const sort = type === 'admit' ? 'mutating' : 'validating'
      annotate(context.call, `failed-open.${sort}.${auditDomain}/round_${round}_index_${order}`, webhook.name)
      return undefined
    }
    const { errorType, code } = whyRefused(error)
    called(true, code)
    counts.rejected(about, errorType, code)
    throw refusalOf(error)
  }
}

/** For those who count. */
function whyRefused(error: unknown): { readonly errorType: ErrorType; readonly code: number } {
  if (error instanceof CallFailed) return { errorType: 'calling_webhook_error', code: error.code }
  if (error instanceof Denied) return { errorType: 'no_error', code: error.status.code }
  return { errorType: 'apiserver_internal_error', code: 0 }
}

const auditDomain = 'webhook.admission.k8s.io'

export interface Dispatch {
  readonly context: AdmissionContext
  readonly type: WebhookType
  readonly counts: WebhookCounts
}

export async function validateAll(candidates: readonly Candidate[], dispatch: Dispatch): Promise<void> {
  const subject = new Subject(dispatch.context, 'validate')
  const meant: Candidate[] = []
  for (const candidate of candidates) if (await isMeant(candidate, subject)) meant.push(candidate)
  const asked = await Promise.allSettled(
    meant.map(async (candidate) => {
      const shown = await subject.shownAs(candidate.kind)
      await counted(candidate, { ...dispatch, round: 0 }, () => ask({ ...candidate, subject, shown, mutating: false }))
    }),
  )
  // All are waited for, so that which of several is told does not depend on who is faster.
  const refused = asked.find((one) => one.status === 'rejected')
  if (refused) throw refused.reason
}

const pluginName = 'MutatingAdmissionWebhook'

export async function mutateInTurn(candidates: readonly Candidate[], dispatch: Dispatch): Promise<void> {
  const { context } = dispatch
  const reinvocation = context.reinvocation!
  const { round } = reinvocation
  const invocations = invocationsOf(reinvocation, pluginName)
  invocations.begin(reinvocation, context.object)
  const subject = new Subject(context, 'mutate')
  for (const candidate of candidates) {
    const { uid, webhook } = candidate.hook
    // In the second round nobody is asked for the first time.
    if (!(await isMeant(candidate, subject)) || !invocations.runs(reinvocation, uid)) continue
    const changed = await mutateBy(candidate, subject, { ...dispatch, round })
    invocations.ran(reinvocation, uid, { changed, again: webhook.reinvocationPolicy === 'IfNeeded' })
  }
  invocations.end(context.object)
}

async function mutateBy(
  candidate: Candidate,
  subject: Subject,
  dispatch: Dispatch & { readonly round: number },
): Promise<boolean> {
  const { hook, kind } = candidate
  const { call } = subject.context
  const place = `round_${dispatch.round}_index_${hook.order}`
  const about = { configuration: hook.configuration, webhook: hook.webhook.name }
  const changed = await counted(candidate, dispatch, async () => {
    const shown = await subject.shownAs(kind)
    const verdict = await ask({ hook, kind, subject, shown, mutating: true })
    const operations = operationsOf(verdict, hook.webhook.name)
    if (operations.length === 0) return false
    if (!shown.object)
      throw internalError(
        new Error(
          `admission webhook ${JSON.stringify(hook.webhook.name)} attempted to modify the object, which is not supported for this operation`,
        ),
      )
    const next = subject.decoded(patched(shown.object, operations), kind)
    const differs = !equalJson(next, shown.object)
    if (call.audit && call.audit.verdict.level !== 'Metadata')
      annotate(
        call,
        `patch.${auditDomain}/${place}`,
        JSON.stringify({ ...about, patch: operations, patchType: verdict.patchType }),
      )
    await subject.accept(next, kind)
    return differs
  })
  annotate(call, `mutation.${auditDomain}/${place}`, JSON.stringify({ ...about, mutated: changed === true }))
  return changed === true
}

function operationsOf({ patch, patchType }: Verdict, webhook: string): readonly unknown[] {
  if (patch === '') return []
  let operations: unknown
  try {
    operations = parseExact(Buffer.from(patch, 'base64').toString())
  } catch (error) {
    throw internalError(error)
  }
  if (operations === null) return []
  if (!Array.isArray(operations))
    throw internalError(new Error('json: cannot unmarshal what is no list into Go value of type jsonpatch.Patch'))
  if (operations.length > 0 && patchType !== 'JSONPatch')
    throw new CallFailed(webhook, `unsupported patch type ${JSON.stringify(patchType)}`, 503)
  return operations
}

/** Upstream tells the client what is wrong with a webhook's patch. */
function patched(object: object, operations: readonly unknown[]): object {
  try {
    return applyJsonPatch(object, operations)
  } catch (error) {
    throw internalError(error instanceof StatusError && error.cause ? error.cause : error)
  }
}
