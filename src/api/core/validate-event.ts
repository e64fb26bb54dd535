// Events: they lie in the namespace of what they are about, and those of the newer form tell who reports them.

import { sameValue } from '../equal.ts'
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

/** `reporter` is what the group that was asked calls `reportingComponent`. */
export function validateEvent(event: NewEvent, errors: FieldErrors, reporter = 'reportingComponent'): void {
  validatePlace(event, errors)
  if (!event.eventTime) return
  const { reportingComponent, reportingInstance, action, reason, message = '' } = event
  if (!reportingComponent) errors.required(reporter)
  else errors.invalidEach(reporter, reportingComponent, qualifiedName(reportingComponent))
  validateWord('reportingInstance', reportingInstance, errors)
  validateWord('action', action, errors)
  validateWord('reason', reason, errors)
  if (Buffer.byteLength(message) > maxMessageBytes) {
    errors.invalid('message', '', `can have at most ${maxMessageBytes} characters`)
  }
}

/** What events.k8s.io asks beyond that; the fields have the names of the core group here, too, as upstream has them. */
export function validateStrictEvent(event: NewEvent, errors: FieldErrors): void {
  validateEvent(event, errors, 'reportingController')
  if (!event.eventTime) errors.required('eventTime')
}

export function validateStrictEventCreate(event: NewEvent, errors: FieldErrors): void {
  const { type = '', source } = event
  if (type !== 'Normal' && type !== 'Warning') errors.invalid('type', '', `has invalid value: ${type}`)
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count'] as const)
    if (event[field]) errors.invalid(field, '', 'needs to be unset')
  if (source.component || source.host) errors.invalid('source', '', 'needs to be unset')
}

const fixedFields = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingController',
  'reportingInstance',
] as const

/** An event of events.k8s.io goes on in its series, and does not change otherwise. */
export function validateStrictEventUpdate(next: object, old: object, errors: FieldErrors): void {
  const valueOf = (event: object, field: string): unknown =>
    (event as Record<string, unknown>)[field === 'reportingController' ? 'reportingComponent' : field]
  for (const field of fixedFields)
    if (!sameValue(valueOf(next, field), valueOf(old, field)))
      errors.invalid(field, valueOf(next, field), 'field is immutable')
}
