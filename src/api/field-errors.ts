// What is wrong with an object, field by field, in upstream's types, paths and wording
// (k8s.io/apimachinery/pkg/util/validation/field). Tools parse these texts: they are part of the API.

/** A place in an object: `spec.containers[0].name`. Built only when a rule needs it, so it is a linked list. */
export class Path {
  readonly #parent: Path | undefined
  readonly #step: string

  private constructor(step: string, parent?: Path) {
    this.#step = step
    this.#parent = parent
  }

  static of(name: string): Path {
    return new Path(name)
  }
  child(name: string): Path {
    return new Path(`.${name}`, this)
  }
  index(i: number): Path {
    return new Path(`[${i}]`, this)
  }
  key(key: string): Path {
    return new Path(`[${key}]`, this)
  }
  toString(): string {
    return this.#parent ? this.#parent.toString() + this.#step : this.#step
  }
}

export type FieldErrorReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'

export interface FieldError {
  readonly reason: FieldErrorReason
  readonly field: string
  /** The text after `field: `, as it stands in a Status cause. */
  readonly message: string
}

/** A map in the order in which Go writes it; a struct stays as it is declared. */
export const sortedMap = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))

const sortLabels = (key: string, value: unknown): unknown =>
  key === 'matchLabels' && typeof value === 'object' && value !== null ? sortedMap({ ...value }) : value

/** A value as Go prints it inside a field error. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'object') return JSON.stringify(value, sortLabels)
  return String(value)
}

/** Collects field errors in the order in which they are found. */
export class FieldErrors {
  readonly #found: FieldError[] = []

  get all(): readonly FieldError[] {
    return this.#found
  }
  get any(): boolean {
    return this.#found.length > 0
  }

  required(path: Path | string, detail = ''): void {
    this.add('FieldValueRequired', path, 'Required value', detail)
  }
  invalid(path: Path | string, value: unknown, detail: string): void {
    this.add('FieldValueInvalid', path, `Invalid value: ${formatValue(value)}`, detail)
  }
  /** One error for each complaint of a rule. */
  invalidEach(path: Path | string, value: unknown, complaints: readonly string[]): void {
    for (const complaint of complaints) this.invalid(path, value, complaint)
  }
  typeInvalid(path: Path | string, value: unknown, detail: string): void {
    this.add('FieldValueTypeInvalid', path, `Invalid value: ${formatValue(value)}`, detail)
  }
  /** The values are told in the order given, as upstream does. */
  notSupported(path: Path | string, value: unknown, supported: readonly string[]): void {
    const values = supported.map((v) => JSON.stringify(v)).join(', ')
    this.add('FieldValueNotSupported', path, `Unsupported value: ${formatValue(value)}`, `supported values: ${values}`)
  }
  duplicate(path: Path | string, value: unknown, detail = ''): void {
    this.add('FieldValueDuplicate', path, `Duplicate value: ${formatValue(value)}`, detail)
  }
  notFound(path: Path | string, value: unknown, detail = ''): void {
    this.add('FieldValueNotFound', path, `Not found: ${formatValue(value)}`, detail)
  }
  forbidden(path: Path | string, detail: string): void {
    this.add('FieldValueForbidden', path, 'Forbidden', detail)
  }
  tooLong(path: Path | string, maxLength: number): void {
    this.add('FieldValueTooLong', path, 'Too long', `may not be more than ${maxLength} bytes`)
  }
  tooMany(path: Path | string, actual: number, max: number): void {
    this.add('FieldValueTooMany', path, `Too many: ${actual}`, `must have at most ${max} items`)
  }

  /** For what no other method says. */
  add(reason: FieldErrorReason, path: Path | string, text: string, detail = ''): void {
    this.#found.push({ reason, field: String(path), message: detail === '' ? text : `${text}: ${detail}` })
  }
}

/** As upstream prints several errors as one: each once, in brackets where they are several. */
export function aggregate(texts: readonly string[]): string {
  const different = [...new Set(texts)]
  return different.length === 1 ? different[0]! : `[${different.join(', ')}]`
}

/** All as one text. */
export const fieldErrorsText = (errors: readonly FieldError[]): string =>
  aggregate(errors.map(({ field, message }) => `${field}: ${message}`))
