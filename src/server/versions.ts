// The versions of a kind, for who has to know which fields a writer owns who has written in another one. Where a webhook
// converts, what it has not been asked for yet ends the work with `Unconverted`, and the work begins anew once it has
// answered: so the work itself need not wait, and is only run within `Registry.read`.

import { decodeAs } from '#api/decode.ts'
import type { AnyKind, ApiObject } from '#api/kind.ts'
import type { Core } from './call.ts'
import { Unconverted } from './face.ts'
import type { Versions } from './field-changes.ts'

export function versionsOf(
  { kinds, registries }: Pick<Core, 'kinds' | 'registries'>,
  { kind, storedAs }: AnyKind,
): Versions {
  const kindOf = (apiVersion: string) => kinds.kindOf(apiVersion, kind)
  if (!storedAs?.webhook) return { kindOf, convert }
  const known = new Map<string, object>()
  return {
    kindOf,
    convert: (objects, from, to) => {
      // By what they are: the work makes them anew each time.
      const keys = objects.map((object) => `${to.apiVersion}\n${JSON.stringify(object)}`)
      const learn = async () => {
        const registry = registries.of(to)
        const learned = await Promise.all(
          objects.map(async (object) => registry.present(object as ApiObject, from, true)),
        )
        for (const [i, object] of learned.entries()) known.set(keys[i]!, object)
      }
      const found = keys.map((key) => known.get(key))
      if (found.includes(undefined)) throw new Unconverted(learn)
      return found as object[]
    },
  }
}

const convert: Versions['convert'] = (objects, from, to) =>
  from === to ? objects : objects.map((object) => inVersion(to, from, object as ApiObject))

function inVersion(to: AnyKind, from: AnyKind, object: ApiObject): object {
  const whole = asGo(from, object)
  const stored = from.storedAs ? from.storedAs.toStored(whole, true) : whole
  return asGo(to, to.storedAs ? to.storedAs.fromStored(stored, true) : stored)
}

/** Much may have been taken from the object: what a struct of Go always has is there again, and what is empty is not. */
const asGo = (kind: AnyKind, object: ApiObject): ApiObject =>
  kind.custom ? object : decodeAs<ApiObject>(kind.schema, object).object
