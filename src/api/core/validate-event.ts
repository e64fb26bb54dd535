// Events: they lie in the namespace of what they are about, and those of the newer form tell who reports them.

import { type FieldErrors, Path } from '../field-errors.ts'
import { qualifiedName } from '../names.ts'
import type { EventParts } from './event-columns.ts'

const maxWordLength = 128
const maxMessageBytes = 1024

type NewEvent = EventParts & { readonly action?: string | undefined }

/** Objects of the cluster have their events in `default`. */
function validatePlace({ metadata, involvedObject, eventTime }: NewEvent, errors: FieldErrors): void {
  const { namespace = '' } = metadata
  const about = involvedObject.namespace ?? ''
  const cluster = eventTime ? ['', 'default', 'kube-system'] : ['', 'default']
  if (about === '' ? cluster.includes(namespace) : namespace === about) return
  errors.invalid('involvedObject.namespace', about, 'does not match event.namespace')
}

function validateWord(field: string, word: string | undefined, errors: FieldErrors): void {
  const path = Path.of(field)
  if (!word) errors.required(path)
  else if (word.length > maxWordLength) {
    errors.invalid(path, '', `can have at most ${maxWordLength} characters`)
  }
}

export function validateEvent(event: NewEvent, errors: FieldErrors): void {
  validatePlace(event, errors)
  if (!event.eventTime) return
  const { reportingComponent, reportingInstance, action, reason, message = '' } = event
  if (!reportingComponent) errors.required('reportingComponent')
  else errors.invalidEach('reportingComponent', reportingComponent, qualifiedName(reportingComponent))
  validateWord('reportingInstance', reportingInstance, errors)
  validateWord('action', action, errors)
  validateWord('reason', reason, errors)
  if (Buffer.byteLength(message) > maxMessageBytes) {
    errors.invalid('message', '', `can have at most ${maxMessageBytes} characters`)
  }
}
