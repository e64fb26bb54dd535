// What data lies on stays while somebody uses it: a finalizer stands for that, given to it when it is made, and taken
// away here once it is to go and nobody uses it any more. Shared by the controllers that differ in what a use is.

import type { AnyKind, ApiObject, ObjectOf } from '#api/kind.ts'
import type { Draft, Ref } from '#client/client.ts'
import type { ControllerContext } from '#client/controller.ts'

export type Step = 'add' | 'remove' | undefined

/** One that was made before there was this protection gets it now. */
export function plan({ metadata }: ApiObject, finalizer: string): Step {
  const has = metadata.finalizers?.includes(finalizer) ?? false
  if (metadata.deletionTimestamp === undefined) return has ? undefined : 'add'
  return has ? 'remove' : undefined
}

/** A reconciler; `isUsed` is asked only of what is to go. */
export const protect =
  <K extends AnyKind>(
    kind: K,
    finalizer: string,
    isUsed: (object: ObjectOf<K>, context: ControllerContext) => boolean | Promise<boolean>,
  ) =>
  async (ref: Ref, context: ControllerContext): Promise<void> => {
    const object = context.informers.of(kind).get(ref.namespace, ref.name) as ApiObject | undefined
    const step = object && plan(object, finalizer)
    if (!object || !step) return
    if (step === 'remove' && (await isUsed(object as ObjectOf<K>, context))) return
    const { finalizers = [] } = object.metadata
    const next = step === 'add' ? [...finalizers, finalizer] : finalizers.filter((each) => each !== finalizer)
    // If somebody was faster, his change wakes the controller again.
    await context.client.update(kind, { ...object, metadata: { ...object.metadata, finalizers: next } } as Draft<K>)
  }
