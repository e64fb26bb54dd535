// Events tell people what components did and why. Recording never blocks or fails its caller: equal events are
// counted together, and what exceeds the rate is dropped, as upstream's recorder does.

import type { ApiObject } from '#api/kind.ts'

export interface EventRecorder {
  /** `reason` is UpperCamelCase; `about` is the object that the event is shown under, `fieldPath` the part of it
   *  that is meant, as in `spec.containers{app}`. */
  record(about: ApiObject, type: 'Normal' | 'Warning', reason: string, text: string, fieldPath?: string): void
}
