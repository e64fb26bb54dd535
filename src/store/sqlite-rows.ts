// How versions of objects pass between the store and the thread that owns its file: in columns, with all bytes in
// one buffer that changes hands without being copied.

export interface Row {
  readonly key: string
  readonly revision: number
  readonly created: number
  readonly time: number
  readonly user: string
  readonly client: string
  /** Null: a deletion. */
  readonly bytes: Uint8Array | null
}

/** Rows in columns: cheap to hand from thread to thread. */
export interface Rows {
  readonly keys: readonly string[]
  /** Four per row: revision, created revision, time, and the length of its bytes or -1 for a deletion. */
  readonly numbers: Float64Array
  readonly users: readonly string[]
  readonly clients: readonly string[]
  /** Of all rows, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

const rowNumbers = 4

export function pack(rows: readonly Row[]): Rows {
  let totalBytes = 0
  for (const { bytes } of rows) totalBytes += bytes?.byteLength ?? 0
  const numbers = new Float64Array(rows.length * rowNumbers)
  const all = new Uint8Array(totalBytes)
  let offset = 0
  rows.forEach(({ revision, created, time, bytes }, i) => {
    numbers.set([revision, created, time, bytes?.byteLength ?? -1], i * rowNumbers)
    if (!bytes) return
    all.set(bytes, offset)
    offset += bytes.byteLength
  })
  return {
    keys: rows.map((row) => row.key),
    numbers,
    users: rows.map((row) => row.user),
    clients: rows.map((row) => row.client),
    bytes: all,
  }
}

export function* unpack({ keys, numbers, users, clients, bytes }: Rows): IterableIterator<Row> {
  let offset = 0
  for (let i = 0; i < keys.length; i++) {
    const at = i * rowNumbers
    const length = numbers[at + 3]!
    yield {
      key: keys[i]!,
      revision: numbers[at]!,
      created: numbers[at + 1]!,
      time: numbers[at + 2]!,
      user: users[i]!,
      client: clients[i]!,
      bytes: length < 0 ? null : bytes.subarray(offset, offset + length),
    }
    if (length > 0) offset += length
  }
}
