// Asks the webhook that a definition names to convert objects from one version to another. Whatever goes wrong is the
// client's to see, as upstream tells it.

import { conversionReview, convertedObjects, shownKind } from '#api/custom/conversion.ts'
import { StatusError } from '#api/status-error.ts'
import { type Random, uuid } from '#lib/random.ts'
import type { Convert } from '../face.ts'
import type { WebhookAddress, WebhookClient } from '../webhook/client.ts'

const timeoutMs = 30_000

export interface ConverterOptions {
  readonly webhooks: WebhookClient | undefined
  readonly random: Random
  /** Aborts when the server stops. */
  readonly signal: AbortSignal
}

export const converter =
  ({ webhooks, random, signal }: ConverterOptions): Convert =>
  async (kind, objects, desired) => {
    const { clientConfig, reviewVersions } = kind.storedAs!.webhook!
    try {
      const review = conversionReview(reviewVersions, { objects, desired, uid: uuid(random) })
      const address = clientConfig as WebhookAddress
      return convertedObjects(await post(webhooks, { address, body: review, timeoutMs, signal }), review)
    } catch (error) {
      signal.throwIfAborted()
      const { message } = error as Error
      const text = message.startsWith('conversion webhook for ')
        ? message
        : `conversion webhook for ${shownKind(objects[0]!)} failed: ${message}`
      throw new StatusError(500, '', text, undefined, error)
    }
  }

function post(webhooks: WebhookClient | undefined, what: Parameters<WebhookClient['post']>[0]): Promise<unknown> {
  if (!webhooks) throw new Error('no webhooks are asked from here')
  return webhooks.post(what)
}
