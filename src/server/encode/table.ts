// Objects as rows of a table, as `kubectl get` shows them: the columns are the kind's. Cells are made when they
// are asked for, since ages change; nothing of a table is kept.

import type { AnyKind, ApiObject, Column } from '#api/kind.ts'
import { badRequest, type StatusBody } from '#api/status-error.ts'
import type { StoredObject } from '#store/store.ts'
import type { Change, EventType } from '../change.ts'
import { objectOf } from '../stored.ts'
import type { Bookmark, Encoding, Page } from './encoding.ts'
import { errorLine } from './json.ts'
import { partialOf } from './partial.ts'

const encoder = new TextEncoder()

/** For kinds that declare none. */
const defaultColumns: readonly Column<ApiObject>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name must be unique within a namespace.',
    value: (o) => o.metadata.name,
  },
  {
    name: 'Created At',
    type: 'date',
    description: 'CreationTimestamp is a timestamp representing the server time when this object was created.',
    value: (o) => o.metadata.creationTimestamp,
  },
]

export class TableEncoding implements Encoding {
  readonly contentType = 'application/json'
  readonly watchContentType = 'application/json'
  readonly #version: string
  readonly #columns: readonly Column<ApiObject>[]
  readonly #kind: AnyKind
  readonly #include: string
  readonly #nowMs: number

  constructor(kind: AnyKind, version: string, include: string, nowMs: number) {
    if (!['', 'None', 'Metadata', 'Object'].includes(include))
      throw badRequest(`unrecognized includeObject value: ${JSON.stringify(include)}`)
    this.#version = version
    this.#kind = kind
    this.#columns = kind.columns.length > 0 ? kind.columns : defaultColumns
    this.#include = include === '' ? 'Metadata' : include
    this.#nowMs = nowMs
  }

  object(stored: StoredObject): readonly Uint8Array[] {
    const object = objectOf(stored)
    return [this.#text(this.#table({ resourceVersion: object.metadata.resourceVersion ?? '' }, [object]))]
  }

  list(page: Page): readonly Uint8Array[] {
    const metadata = {
      resourceVersion: page.resourceVersion,
      ...(page.continue === '' ? {} : { continue: page.continue }),
      ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
    }
    return [this.#text(this.#table(metadata, page.items.map(objectOf)))]
  }

  initial(stored: StoredObject): Uint8Array {
    return this.#line('ADDED', objectOf(stored))
  }

  event(type: EventType, change: Change): Uint8Array {
    return this.#line(type, change.objectFor(type))
  }

  bookmark({ revision, initialEventsEnd }: Bookmark): Uint8Array {
    const { kind, apiVersion } = this.#kind
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
    const metadata = { resourceVersion: String(revision), ...annotations }
    const object = this.#include === 'None' ? null : { kind, apiVersion, metadata }
    const rows = [{ cells: this.#columns.map(() => ''), object }]
    const table = { ...this.#table({ resourceVersion: String(revision) }, []), rows }
    return this.#text({ type: 'BOOKMARK', object: table })
  }

  error(status: StatusBody): Uint8Array {
    return errorLine(status)
  }

  #line(type: EventType, object: ApiObject): Uint8Array {
    const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' }
    return this.#text({ type, object: this.#table(metadata, [object]) })
  }

  #table(metadata: object, objects: readonly ApiObject[]): object {
    return {
      kind: 'Table',
      apiVersion: `meta.k8s.io/${this.#version}`,
      metadata,
      columnDefinitions: this.#columns.map(
        ({ name, type = 'string', format = '', description = '', priority = 0 }) => ({
          name,
          type,
          format,
          description,
          priority,
        }),
      ),
      rows: objects.map((object) => this.#row(object)),
    }
  }

  #row(object: ApiObject): object {
    const cells = this.#columns.map((column) => column.value(object, this.#nowMs) ?? null)
    if (this.#include === 'None') return { cells }
    return { cells, object: this.#include === 'Object' ? object : partialOf(object, this.#version) }
  }

  #text(value: object): Uint8Array {
    return encoder.encode(`${JSON.stringify(value)}\n`)
  }
}
