// A kind is one value, and everything is read from it: routes, discovery, decoding, defaults, validation,
// OpenAPI, protobuf, table columns, strategy hooks. Server, client and command line never ask which kind they
// hold; they ask the kind. A custom resource becomes the same value at run time.

import type { WebhookClientConfig } from './apiextensions/custom-resource-definition-types.ts'
import type { FieldErrors } from './field-errors.ts'
import { ObjectMeta } from './meta/object-meta.ts'
import { type AnyField, type AnySchema, type MessageOf, message, Schema } from './schema.ts'

type Fields = Record<string, AnyField>

/** An object of a kind whose fields beside `metadata` are F. */
export type KindObject<F extends Fields> = {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
} & MessageOf<F>

/** Any object of any kind: what code sees that works on all of them. */
export interface ApiObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  // biome-ignore lint/suspicious/noExplicitAny: its own fields are known to its kind only
  [field: string]: any
}

export interface Column<T> {
  readonly name: string
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: 'name' | 'quantity' | 'duration' | ''
  readonly description?: string
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority?: 0 | 1
  /** A cell. `nowMs` is for ages. */
  readonly value: (object: T, nowMs: number) => string | number | boolean | undefined
}

export interface ScaleSubresource<T> {
  readonly specReplicas: (object: T) => number
  readonly setSpecReplicas: (object: T, replicas: number) => void
  readonly statusReplicas: (object: T) => number
  /** The label selector in its string form. */
  readonly selector: (object: T) => string
}

/** A subresource beside status and scale; its handler is registered in the server under `<plural>/<name>`. */
export interface OtherSubresource {
  readonly name: string
  /** The kind of the body, as discovery names it: `policy/v1.Eviction`; undefined means the parent kind. */
  readonly body?: { readonly group: string; readonly version: string; readonly kind: string }
  readonly verbs: readonly string[]
}

/** Who converts the objects of a kind. */
export interface ConversionWebhook {
  readonly clientConfig: WebhookClientConfig
  /** The forms of the question that it understands, the best first. */
  readonly reviewVersions: readonly string[]
  /** A stored object as its own version declares it. */
  readonly declared: (object: ApiObject) => ApiObject
}

/** A kind that is another face of a stored one: its objects are converted on the way in and out, and live in
 *  the stored kind's storage, so that both faces show the same objects. */
export interface StoredAs<T> {
  readonly kind: AnyKind
  /** `bare`: without defaults for what is not there, to be compared. */
  readonly toStored: (object: T, bare?: boolean) => ApiObject
  readonly fromStored: (object: ApiObject, bare?: boolean) => T
  /** Who has to be asked first where an object is of another version than is wanted: what the functions above get has
   *  been converted already. */
  readonly webhook?: ConversionWebhook
}

/** What the strategy hooks know of the request beside the objects. */
export interface StrategyContext {
  readonly nowMs: number
  /** What is written, as `finalize`; empty or absent for the object itself. */
  readonly subresource?: string
  /** Who asks. */
  readonly user?: {
    readonly name: string
    readonly uid?: string
    readonly groups: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
}

export type WritableMetadata = 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'

/** For `statusKeeps`: a write of the status writes nothing else. */
export const allMetadata: readonly WritableMetadata[] = ['labels', 'annotations', 'finalizers', 'ownerReferences']

export interface KindDeclaration<F extends Fields> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly scope: 'Namespaced' | 'Cluster'
  /** What `kubectl explain` says of the kind as a whole. */
  readonly doc: string
  /** The top-level fields beside apiVersion, kind and metadata (protobuf number 1). */
  readonly fields: F
  /** Verbs served; all of them unless given. */
  readonly verbs?: readonly string[]
  /** Served from the objects of this other kind. */
  readonly storedAs?: StoredAs<KindObject<F>>

  /** Has the status subresource: a create clears the status, an update keeps the old one. */
  readonly status?: true
  /** What of the metadata a write of the status leaves as it is; upstream differs from kind to kind. */
  readonly statusKeeps?: readonly WritableMetadata[]
  /** A create keeps the status that it brings, as that of a node does. */
  readonly statusOnCreate?: true
  readonly scale?: ScaleSubresource<KindObject<F>>
  readonly subresources?: readonly OtherSubresource[]
  readonly columns?: readonly Column<KindObject<F>>[]

  /** Fields that a field selector may name, beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: KindObject<F>) => string>>

  /** Refuses a bad name; a DNS subdomain is wanted unless given. Returns upstream's messages. */
  readonly nameRule?: (name: string, isPrefix: boolean) => readonly string[]
  /** Defaults that depend on other fields. Runs after the declared ones, on a draft that may be changed. */
  readonly defaults?: (draft: KindObject<F>) => void
  /** Rules across fields, for create and update. The rules of single fields are declared on them. */
  readonly validate?: (object: KindObject<F>, errors: FieldErrors) => void
  /** Rules for new objects only, beside `validate`. */
  readonly validateCreate?: (object: KindObject<F>, errors: FieldErrors) => void
  /** Rules about change, beside `validate`. `subresource` is what is written, where it is not the object itself. */
  readonly validateUpdate?: (next: KindObject<F>, old: KindObject<F>, errors: FieldErrors, subresource?: string) => void
  /** Rules for a write to the status subresource; `validate` does not run there. */
  readonly validateStatusUpdate?: (next: KindObject<F>, old: KindObject<F>, errors: FieldErrors) => void
  /** Clears or sets what a client may not, after the defaults and before validation. Status is already cleared. */
  readonly prepareForCreate?: (draft: KindObject<F>, context: StrategyContext) => void
  readonly prepareForUpdate?: (draft: KindObject<F>, old: KindObject<F>, context: StrategyContext) => void
  readonly prepareForStatusUpdate?: (draft: KindObject<F>, old: KindObject<F>, context: StrategyContext) => void
  /** Warnings for the client beside a successful answer. */
  readonly warnings?: (object: KindObject<F>, old?: KindObject<F>) => readonly string[]
  /** Seconds an object stays, marked as being deleted; undefined deletes at once. `asked` is the client's wish. */
  readonly gracePeriodSeconds?: (object: KindObject<F>, asked: number | undefined) => number | undefined
  /** What belongs to a deleted object stays behind unless the client says otherwise; a warning may say so. */
  readonly orphansByDefault?: { readonly warning?: string }
  /** Updates without a resourceVersion are refused (`false` is upstream's AllowUnconditionalUpdate). */
  readonly unconditionalUpdate?: boolean
  /** PUT on a name that is not there creates it. */
  readonly createOnUpdate?: boolean
  /** metadata.generation counts changes of anything but metadata and status. On unless false. */
  readonly generation?: boolean
}

export interface Kind<T extends ApiObject = ApiObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly doc: string
  readonly verbs: readonly string[]
  /** `v1` or `apps/v1`. */
  readonly apiVersion: string
  /** `pods` or `deployments.apps`: the name that is unique in the cluster. */
  readonly resource: string
  /** Declared by a CustomResourceDefinition: no protobuf and no strategic merge patch. */
  readonly custom?: boolean
  /** Its definition is being deleted: nothing new is made of it. */
  readonly terminating?: boolean
  /** What clients of a version that is going are warned with. */
  readonly deprecated?: string
  /** The whole object, apiVersion and kind included (those two have no protobuf number). */
  readonly schema: AnySchema
  readonly storedAs: StoredAs<T> | undefined
  readonly status: boolean
  readonly scale: ScaleSubresource<T> | undefined
  readonly subresources: readonly OtherSubresource[]
  readonly columns: readonly Column<T>[]
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>
  readonly strategy: Pick<
    // biome-ignore lint/suspicious/noExplicitAny: the hooks of whichever kind
    KindDeclaration<any>,
    | 'nameRule'
    | 'defaults'
    | 'validate'
    | 'validateCreate'
    | 'validateUpdate'
    | 'validateStatusUpdate'
    | 'prepareForCreate'
    | 'prepareForUpdate'
    | 'prepareForStatusUpdate'
    | 'warnings'
    | 'gracePeriodSeconds'
    | 'orphansByDefault'
    | 'statusOnCreate'
    | 'statusKeeps'
    | 'unconditionalUpdate'
    | 'createOnUpdate'
    | 'generation'
  >
  /** Only a type; there is no such property at run time. */
  readonly T?: T
}

// biome-ignore lint/suspicious/noExplicitAny: a kind of any objects
export type AnyKind = Kind<any>

export type ObjectOf<K extends AnyKind> = NonNullable<K['T']>

export const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

export const apiVersionOf = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`)

/** Groups whose Go types live under a shorter name than the group's. */
const schemaName = (group: string, version: string, kind: string): string =>
  `${group === '' ? 'core' : group.split('.')[0]}/${version}.${kind}`

const header = (name: string, doc: string) =>
  ({
    schema: new Schema<string, 'omitempty'>({ type: 'string' }, 'omitempty'),
    tag: 0,
    doc: `${doc} of this ${name}.`,
  }) as const

/** Declares a kind. */
export function kind<const F extends Fields>(declaration: KindDeclaration<F>): Kind<KindObject<F>> {
  const { group, version, kind, plural, doc, fields, status, scale, subresources = [], columns = [] } = declaration
  const schema = message(schemaName(group, version, kind), doc, {
    kind: header('object', 'The kind'),
    apiVersion: header('object', 'The group and version'),
    metadata: ObjectMeta.at(1, 'Name, labels and the rest that all objects have.'),
    ...(fields as Fields),
  })
  return {
    group,
    version,
    kind,
    plural,
    singular: declaration.singular ?? kind.toLowerCase(),
    shortNames: declaration.shortNames ?? [],
    categories: declaration.categories ?? [],
    namespaced: declaration.scope === 'Namespaced',
    doc,
    verbs: declaration.verbs ?? allVerbs,
    apiVersion: apiVersionOf(group, version),
    resource: group === '' ? plural : `${plural}.${group}`,
    schema,
    storedAs: declaration.storedAs,
    status: status ?? false,
    scale,
    subresources,
    columns,
    selectableFields: declaration.selectableFields ?? {},
    strategy: declaration as Kind['strategy'],
  }
}
