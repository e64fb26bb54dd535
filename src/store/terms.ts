// Finds objects by what stands in their index, without looking at each: one table from value to keys for each label
// or field by which a resource is searched. A table is made when it is first asked for, and kept in step from then on.
//
// Guarantees: what `find` gives contains every key of the resource whose object has one of the term's values.

import type { Index, Key, StoredObject, Term } from './store.ts'

/** Anybody may search by any label: of each resource the tables of the newest searches are kept. */
const tablesPerResource = 16

/** Most values of most labels that are unique, as names are, belong to one object. */
type Keys = Key | Set<Key>

interface Table {
  readonly part: keyof Index
  readonly name: string
  readonly keys: Map<string, Keys>
}

const valueOf = ({ part, name }: Table, object: StoredObject | undefined): string | undefined => {
  const values = object?.index[part]
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
}

function add(table: Table, object: StoredObject): void {
  const value = valueOf(table, object)
  if (value === undefined) return
  const known = table.keys.get(value)
  if (known instanceof Set) known.add(object.key)
  else if (known === undefined) table.keys.set(value, object.key)
  else if (known !== object.key) table.keys.set(value, new Set([known, object.key]))
}

function remove(table: Table, object: StoredObject): void {
  const value = valueOf(table, object)
  if (value === undefined) return
  const known = table.keys.get(value)
  if (known === object.key) table.keys.delete(value)
  else if (known instanceof Set && known.delete(object.key) && known.size === 0) table.keys.delete(value)
}

export class Terms {
  /** By resource, the one that was asked for last at the end. */
  readonly #tables = new Map<string, Table[]>()

  changed(key: Key, previous: StoredObject | undefined, object: StoredObject | undefined): void {
    if (this.#tables.size === 0) return
    const tables = this.#tables.get(resourceOf(key))
    if (!tables) return
    for (const table of tables) {
      if (previous && object && valueOf(table, previous) === valueOf(table, object)) continue
      if (previous) remove(table, previous)
      if (object) add(table, object)
    }
  }

  /** Keys in no order, of the term that has the fewest; `all` gives the objects of the resource, for a new table. */
  find(
    prefix: string,
    terms: readonly Term[],
    all: (visit: (object: StoredObject) => void) => void,
  ): readonly Key[] | undefined {
    let fewest: readonly Keys[] | undefined
    for (const { part, name, values } of terms) {
      const table = this.#tableOf(resourceOf(prefix), part, name, all)
      const found = values.map((value) => table.keys.get(value)).filter((keys) => keys !== undefined)
      if (fewest === undefined || sizeOf(found) < sizeOf(fewest)) fewest = found
    }
    return fewest?.flatMap((keys) => (keys instanceof Set ? [...keys] : [keys]))
  }

  #tableOf(
    resource: string,
    part: keyof Index,
    name: string,
    all: (visit: (object: StoredObject) => void) => void,
  ): Table {
    const tables = this.#tables.get(resource) ?? []
    const at = tables.findIndex((table) => table.part === part && table.name === name)
    const table = at < 0 ? { part, name, keys: new Map<string, Keys>() } : tables.splice(at, 1)[0]!
    if (at < 0) all((object) => add(table, object))
    tables.push(table)
    if (tables.length > tablesPerResource) tables.shift()
    this.#tables.set(resource, tables)
    return table
  }
}

/** Of a key, or of a prefix of keys. */
export const resourceOf = (key: string): string => key.slice(0, key.indexOf('/'))

const sizeOf = (all: readonly Keys[]): number =>
  all.reduce((sum, keys) => sum + (keys instanceof Set ? keys.size : 1), 0)
