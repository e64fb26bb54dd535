// Resources that can be created and are never stored: what is posted to them is a request in the form of an
// object. They are served and discovered as kinds, without a place in the store.

import { Binding } from '#api/core/binding.ts'
import type { AnyKind } from '#api/kind.ts'

export const virtualKinds: readonly AnyKind[] = [{ ...Binding, verbs: ['create'] }]
