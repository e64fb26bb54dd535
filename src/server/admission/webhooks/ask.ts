// Puts one request to one webhook: whether it is meant at all, the call, and what its answer says.

import { forbidden, StatusError } from '#api/status-error.ts'
import { uuid } from '#lib/random.ts'
import { annotate } from '../../audit/audit.ts'
import { withAnswers } from '../../authz/question.ts'
import { WebhookError } from '../../webhook/client.ts'
import { withAuthorizer } from '../expressions/authorizer.ts'
import { conditionsMatch } from '../expressions/match-conditions.ts'
import { matchQuestion } from '../match-question.ts'
import { type MatchQuestion, matchesRules } from '../match-rules.ts'
import { requestOf } from '../request-head.ts'
import type { Shown, Subject } from '../subject.ts'
import { CallFailed, Denied, denialOf, dryRunUnsupported } from './denial.ts'
import type { Candidate, Webhook } from './hook-index.ts'
import { reviewOf, reviewVersion, type Verdict, verdictOf } from './review.ts'

const defaultSeconds = 10

export const ignoresFailures = ({ failurePolicy }: Webhook): boolean => failurePolicy === 'Ignore'

function question({ context }: Subject): MatchQuestion {
  const asked = matchQuestion(context)
  // What connects has options, and those have no labels.
  return context.operation === 'CONNECT' ? { ...asked, object: undefined } : asked
}

/** Selectors and conditions; the rules have matched before. Throws where it cannot be said and failures count. */
export async function isMeant({ hook, kind }: Candidate, subject: Subject): Promise<boolean> {
  const { namespaceSelector, objectSelector } = hook.webhook
  if (!matchesRules({ namespaceSelector, objectSelector }, question(subject))) return false
  const conditions = hook.conditions()
  if (conditions.length === 0) return true
  const { context } = subject
  const { core, user } = context.call
  const inputs = { ...(await subject.shownAs(kind)), request: requestOf(subject.head(kind)) }
  const { failurePolicy = 'Fail' } = hook.webhook
  const matched = await withAnswers(core.authorize, user, (authorize) =>
    conditionsMatch(conditions, withAuthorizer(inputs, context, authorize), failurePolicy),
  )
  if (matched.error !== undefined) throw forbidden(context.kind, context.name, matched.error)
  return matched.matches
}

/** Of webhooks that may be asked about what is not to come about. */
const withoutSideEffects: ReadonlySet<string | undefined> = new Set(['None', 'NoneOnDryRun'])

/** What one webhook is asked. */
export interface Ask extends Candidate {
  readonly subject: Subject
  readonly shown: Shown
  readonly mutating: boolean
}

/** Its answer, when that is yes. Throws Denied where it is no, and CallFailed where there is none. */
export async function ask(what: Ask): Promise<Verdict> {
  const { hook, subject } = what
  const { call, dryRun } = subject.context
  const { name, sideEffects } = hook.webhook
  if (dryRun && !withoutSideEffects.has(sideEffects)) throw dryRunUnsupported(name)
  const verdict = await answerOf(what)
  for (const [key, value] of verdict.auditAnnotations) annotate(call, `${name}/${key}`, value)
  call.warnings.push(...verdict.warnings)
  if (!verdict.allowed) throw new Denied(denialOf(name, verdict.result))
  return verdict
}

async function answerOf({ hook, kind, subject, shown, mutating }: Ask): Promise<Verdict> {
  const { core, request } = subject.context.call
  const { name, clientConfig, admissionReviewVersions = [], timeoutSeconds = defaultSeconds } = hook.webhook
  const failed = (doing: string, error: unknown, code: number): CallFailed =>
    new CallFailed(name, `${doing}: ${(error as Error).message}`, code, error)
  let version: string
  try {
    version = reviewVersion(admissionReviewVersions)
  } catch (error) {
    throw failed('could not create admission objects', error, 400)
  }
  if (!core.webhooks) throw failed('could not get REST client', new Error('no webhooks are called from here'), 400)
  const uid = uuid(core.random)
  let answer: unknown
  try {
    answer = await core.webhooks.post({
      address: clientConfig as Parameters<typeof core.webhooks.post>[0]['address'],
      body: reviewOf(version, uid, subject.head(kind), shown),
      timeoutMs: timeoutSeconds * 1000,
      signal: request.signal,
    })
  } catch (error) {
    // Who asked has gone: nobody is interested any more.
    if (request.signal.aborted) throw request.signal.reason
    throw failed('failed to call webhook', error, codeOf(error))
  }
  try {
    return verdictOf(answer, { version, uid, mutating })
  } catch (error) {
    throw failed('received invalid webhook response', error, 503)
  }
}

const codeOf = (error: unknown): number =>
  error instanceof WebhookError && error.status > 0 ? error.status : error instanceof StatusError ? error.code : 503
