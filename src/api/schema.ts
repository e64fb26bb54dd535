// The words in which a type of the API is declared. A schema is a value: the TypeScript type is inferred from
// it, and decoding, defaults, field errors, OpenAPI, protobuf and merge keys are all read from it at run time,
// so that a field is declared once. Nothing here knows of any particular kind.

/** How a field behaves when it is empty, as Go's declaration of it does:
 *  - `always`: written even if empty (no `omitempty`, or a struct that is not a pointer);
 *  - `pointer`: absent or present, and a present zero is kept;
 *  - `omitempty`: a zero, an empty string, list or map is the same as absent. */
export type Presence = 'always' | 'pointer' | 'omitempty'

export type ScalarName =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes' // base64 in JSON
  | 'quantity'
  | 'intOrString'
  | 'time' // RFC 3339, seconds
  | 'microTime' // RFC 3339, microseconds
  | 'duration' // Go's notation, as "1h30m"
  | 'any' // arbitrary JSON, a RawExtension

export type Shape = (
  | { readonly type: ScalarName }
  | { readonly type: 'list'; readonly of: AnySchema }
  | { readonly type: 'map'; readonly of: AnySchema }
  | Message
  | Either
  | { readonly type: 'lazy'; readonly get: () => AnySchema }
) & { readonly declared?: Declared }

/** What a custom resource's definition says of a value. The shape is only the nearest that there is to it: values are
 *  read, and described to clients, by this. */
export interface Declared {
  /** A fresh value. A field that is not kept is told with the steps that lead to it, the last of them its name. */
  readonly decode: (value: unknown, onUnknown?: (steps: readonly (string | number)[]) => void) => unknown
  readonly openApi: (dialect: 'v2' | 'v3') => Record<string, unknown>
  /** Clients are told that it must be there; what refuses it otherwise are the kind's own rules. */
  readonly required: boolean
}

export interface Message {
  readonly type: 'message'
  /** `group/version.Type` as in `core/v1.PodSpec`; what OpenAPI's definition is named after. */
  readonly name: string
  readonly doc: string
  readonly fields: Readonly<Record<string, AnyField>>
  /** Fields that are not declared are kept, as `x-kubernetes-preserve-unknown-fields` asks. */
  readonly open?: true
}

/** A value that may be of more than one type of JSON; in protobuf a message with a field for each of them. */
export interface Either {
  readonly type: 'either'
  readonly name: string
  readonly doc: string
  readonly forms: { readonly [J in JsonForm]?: { readonly schema: AnySchema; readonly tag: number } }
}

export type JsonForm = 'object' | 'array' | 'boolean'

/** Rules on a value beside its shape. Those with a field error carry upstream's wording in validate.ts. */
export interface Rules {
  readonly default?: unknown
  /** An empty value is refused with "Required value". */
  readonly required?: true
  readonly oneOf?: readonly string[]
  /** The same for the eyes of clients only; the kind's own rules refuse others, in other words or at another path. */
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly maxLength?: number
  /** A check with a message of its own; returns undefined where the value is good. */
  readonly check?: (value: never) => string | undefined
  /** Strategic merge: how a list or a struct is merged, and by which key. */
  readonly patchStrategy?: 'merge' | 'replace' | 'retainKeys' | 'merge,retainKeys'
  readonly patchMergeKey?: string
  /** Server-side apply: how a list, map or struct is owned. */
  readonly listType?: 'atomic' | 'set' | 'map'
  readonly listMapKeys?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
  /** An explicit null is kept, as a custom resource may ask. */
  readonly nullable?: true
}

export interface Field<T, P extends Presence> {
  readonly schema: Schema<T, P>
  /** The protobuf field number. */
  readonly tag: number
  readonly doc: string
  /** The field stands flat in JSON, but in protobuf inside messages of their own: their numbers, the outermost first. */
  readonly embeddedAt?: readonly number[]
}

// biome-ignore lint/suspicious/noExplicitAny: the one place where schemas of any type are held together
export type AnySchema = Schema<any, Presence>
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyField = Field<any, Presence>

export class Schema<T, P extends Presence> {
  /** Only a type; there is no such property at run time. */
  declare readonly T: T
  readonly shape: Shape
  readonly presence: P
  readonly rules: Rules

  constructor(shape: Shape, presence: P, rules: Rules = {}) {
    this.shape = shape
    this.presence = presence
    this.rules = rules
  }

  #with(rules: Rules): Schema<T, P> {
    return new Schema(this.shape, this.presence, { ...this.rules, ...rules })
  }

  /** What stands in when the field is absent. */
  default(value: T): Schema<T, P> {
    return this.#with({ default: value })
  }
  required(): Schema<T, P> {
    return this.#with({ required: true })
  }
  oneOf<const V extends readonly string[]>(...values: V): Schema<V[number], P> {
    return new Schema<V[number], P>(this.shape, this.presence, { ...this.rules, oneOf: values })
  }
  /** Tells clients of the choices, and leaves it to the kind's own rules to refuse others. */
  choices<const V extends readonly string[]>(...values: V): Schema<V[number], P> {
    return new Schema<V[number], P>(this.shape, this.presence, { ...this.rules, choices: values })
  }
  min(value: number): Schema<T, P> {
    return this.#with({ min: value })
  }
  max(value: number): Schema<T, P> {
    return this.#with({ max: value })
  }
  maxLength(value: number): Schema<T, P> {
    return this.#with({ maxLength: value })
  }
  check(rule: (value: T) => string | undefined): Schema<T, P> {
    return this.#with({ check: rule })
  }
  /** Strategic merge patch: `merge` by `key` for lists of messages, `retainKeys` for unions. */
  patch(strategy: NonNullable<Rules['patchStrategy']>, key?: string): Schema<T, P> {
    return this.#with({ patchStrategy: strategy, ...(key === undefined ? {} : { patchMergeKey: key }) })
  }
  /** Server-side apply: a list owned as a whole, as a set of scalars, or as a map by these keys. */
  owned(by: 'atomic' | 'set' | 'map', ...keys: string[]): Schema<T, P> {
    return this.#with({ listType: by, ...(keys.length === 0 ? {} : { listMapKeys: keys }) })
  }
  /** Server-side apply: a map or message that is owned as a whole. */
  atomic(): Schema<T, P> {
    return this.#with({ mapType: 'atomic' })
  }
  /** Here owned field by field, although its type is elsewhere owned as a whole. */
  granular(): Schema<T, P> {
    return this.#with({ mapType: 'granular' })
  }
  /** Makes a field of it: its protobuf number and what `kubectl explain` says. */
  at(tag: number, doc: string): Field<T, P> {
    return { schema: this, tag, doc }
  }
}

/** A message's schema: it knows its fields' types, so that they can be embedded elsewhere. */
export class MessageSchema<F extends Record<string, AnyField>> extends Schema<MessageOf<F>, 'always'> {
  readonly fields: F
  constructor(shape: Message & { readonly fields: F }, rules: Rules = {}) {
    super(shape, 'always', rules)
    this.fields = shape.fields
  }
  override atomic(): MessageSchema<F> {
    return new MessageSchema<F>(this.shape as Message & { readonly fields: F }, { ...this.rules, mapType: 'atomic' })
  }
}

const scalar = <T>(type: ScalarName): Schema<T, 'omitempty'> => new Schema<T, 'omitempty'>({ type }, 'omitempty')

/** A JSON value that nobody here knows more about. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export const string = scalar<string>('string')
export const bool = scalar<boolean>('bool')
export const int32 = scalar<number>('int32')
export const int64 = scalar<number>('int64')
export const double = scalar<number>('double')
/** Base64 text in JSON, raw bytes in protobuf. */
export const bytes = scalar<string>('bytes')
export const quantity = scalar<string>('quantity')
export const intOrString = scalar<number | string>('intOrString')
export const time = scalar<string>('time')
export const microTime = scalar<string>('microTime')
export const duration = scalar<string>('duration')
// biome-ignore lint/suspicious/noExplicitAny: arbitrary JSON by definition
export const any = scalar<any>('any')

export const list = <T>(of: Schema<T, Presence>): Schema<T[], 'omitempty'> =>
  new Schema<T[], 'omitempty'>({ type: 'list', of }, 'omitempty')

export const map = <T>(of: Schema<T, Presence>): Schema<Record<string, T>, 'omitempty'> =>
  new Schema<Record<string, T>, 'omitempty'>({ type: 'map', of }, 'omitempty')

type Fields = Record<string, AnyField>

/** The fields of `of`, flat in JSON as Go's embedding writes them; in protobuf a message with number `tag`. */
export function inline<F extends Fields>(of: MessageSchema<F>, tag: number): F {
  const fields = Object.entries(of.fields).map(([name, field]) => [
    name,
    { ...field, embeddedAt: [tag, ...(field.embeddedAt ?? [])] },
  ])
  return Object.fromEntries(fields) as F
}

/** The TypeScript type of a message with these fields. */
export type MessageOf<F extends Fields> = {
  -readonly [K in keyof F as F[K]['schema']['presence'] extends 'always' ? K : never]: F[K]['schema']['T']
} & {
  -readonly [K in keyof F as F[K]['schema']['presence'] extends 'always' ? never : K]?: F[K]['schema']['T'] | undefined
}

/** A struct. As a plain field it is always written, `{}` if need be; `opt(...)` makes it a pointer. */
export const message = <const F extends Fields>(name: string, doc: string, fields: F): MessageSchema<F> =>
  new MessageSchema<F>({ type: 'message', name, doc, fields })

/** One of several types of JSON, told apart by what is sent. */
export const either = <T>(name: string, doc: string, forms: Either['forms']): Schema<T, 'always'> =>
  new Schema<T, 'always'>({ type: 'either', name, doc, forms }, 'always')

/** A type that contains itself. */
export const lazy = <T>(get: () => Schema<T, Presence>): Schema<T, 'always'> =>
  new Schema<T, 'always'>({ type: 'lazy', get }, 'always')

/** A pointer: absent and present-but-zero differ. */
export const opt = <T>(schema: Schema<T, Presence>): Schema<T, 'pointer'> =>
  new Schema<T, 'pointer'>(schema.shape, 'pointer', schema.rules)

/** Written even if empty. */
export const req = <T>(schema: Schema<T, Presence>): Schema<T, 'always'> =>
  new Schema<T, 'always'>(schema.shape, 'always', schema.rules)

export type TypeOf<S extends AnySchema> = S['T']

/** The shape behind a `lazy`. */
export function resolved(schema: AnySchema): Exclude<Shape, { type: 'lazy' }> {
  let shape = schema.shape
  while (shape.type === 'lazy') shape = shape.get().shape
  return shape
}

/** The same type with everything optional, at every depth: what a client may send. */
export type Input<T> = T extends readonly (infer E)[]
  ? readonly Input<E>[]
  : T extends object
    ? { readonly [K in keyof T]?: Input<T[K]> | undefined }
    : T
