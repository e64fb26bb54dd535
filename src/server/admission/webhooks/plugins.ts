// MutatingAdmissionWebhook and ValidatingAdmissionWebhook: others, reached over HTTPS, change and judge what is written.

import { MutatingWebhookConfiguration } from '#api/admissionregistration/mutating-webhook-configuration.ts'
import { ValidatingWebhookConfiguration } from '#api/admissionregistration/validating-webhook-configuration.ts'
import type { Store } from '#store/store.ts'
import { perCore } from '../../per-core.ts'
import type { AdmissionContext, AdmissionPlugin } from '../admission.ts'
import { WebhookCounts } from './counts.ts'
import { mutateInTurn, validateAll } from './dispatch.ts'
import { HookIndex } from './hook-index.ts'

/** The server keeps its own house in order whoever does not answer: a webhook that needs the cluster must not keep the
 *  server from starting it. */
const isOwn = ({ call }: AdmissionContext): boolean =>
  call.request.raw === true && call.user.name === 'system:apiserver'

const countsOf = perCore(({ metrics }) => new WebhookCounts(metrics))

const dispatchFor = (context: AdmissionContext) => ({ context, counts: countsOf(context.call.core) })

export function mutatingWebhooks(store: Store): AdmissionPlugin {
  const index = new HookIndex(MutatingWebhookConfiguration.resource, store)
  return {
    name: 'MutatingAdmissionWebhook',
    handles: (context) => index.candidates(context).length > 0 && !isOwn(context),
    mutate: (context) => mutateInTurn(index.candidates(context), { ...dispatchFor(context), type: 'admit' }),
  }
}

export function validatingWebhooks(store: Store): AdmissionPlugin {
  const index = new HookIndex(ValidatingWebhookConfiguration.resource, store)
  return {
    name: 'ValidatingAdmissionWebhook',
    handles: (context) => index.candidates(context).length > 0 && !isOwn(context),
    validate: (context) => validateAll(index.candidates(context), { ...dispatchFor(context), type: 'validating' }),
  }
}
