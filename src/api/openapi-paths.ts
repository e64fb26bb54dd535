// The paths that a kind is served under and what can be done there, in neither dialect of OpenAPI. kubectl looks
// here for the kind that a path takes, and for the query parameters that it may use.

import type { AnyKind } from './kind.ts'
import { definitionName, type GroupVersionKind, nameOf } from './openapi-schema.ts'
import { listSchema, wireKindFor } from './wire-types.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch'

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly type: 'string' | 'boolean' | 'integer'
  readonly description: string
}

export interface Operation {
  readonly id: string
  readonly description: string
  readonly tag: string
  readonly action: string
  readonly kind: GroupVersionKind
  readonly parameters: readonly Parameter[]
  /** The definition of the body, or `patch` for the formats of patches. */
  readonly body?: string | undefined
  readonly bodyOptional?: boolean
  /** Status codes; all answer with the same. */
  readonly codes: readonly number[]
  /** The definition of the answer; undefined is text. */
  readonly answer: string | undefined
  /** Of a custom kind: no protobuf and no strategic merge patch, which kubectl looks up here. */
  readonly custom?: true
}

export interface PathItem {
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly operations: Readonly<Partial<Record<Method, Operation>>>
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
})

const dryRun = query('dryRun', 'string', 'All carries the request out without keeping what comes of it.')
const fieldManager = query('fieldManager', 'string', 'The name under which the changed fields are owned.')
const fieldValidation = query(
  'fieldValidation',
  'string',
  'What becomes of unknown and duplicate fields: Ignore drops them, Warn tells of them, Strict refuses them.',
)
const force = query('force', 'boolean', 'Takes over fields that others own. Only for apply patches.')
const pretty = query('pretty', 'string', 'Indents the answer.')

const reading: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean', 'Wants events of type BOOKMARK.'),
  query('continue', 'string', 'Where the list goes on, from the answer before.'),
  query('fieldSelector', 'string', 'Only objects whose fields have these values.'),
  query('labelSelector', 'string', 'Only objects with these labels.'),
  query('limit', 'integer', 'The most objects in one answer.'),
  query('resourceVersion', 'string', 'The revision that is asked for.'),
  query('resourceVersionMatch', 'string', 'How the revision is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'A watch begins with what is there already.'),
  query('timeoutSeconds', 'integer', 'How long the request may take.'),
  query('watch', 'boolean', 'Tells of changes instead of listing.'),
]
const deleting: readonly Parameter[] = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  query('orphanDependents', 'boolean', 'Leaves what the object owns. Use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of what the object owns: Orphan, Background or Foreground.'),
]
const writing: readonly Parameter[] = [dryRun, fieldManager, fieldValidation]

const status = definitionName('meta/v1.Status')
const deleteOptions = definitionName('meta/v1.DeleteOptions')

export function pathsOf(kind: AnyKind): PathItem[] {
  const collection = prefixOf(kind)
  const items = [collectionItem(kind, collection), objectItem(kind, `${collection}/{name}`)]
  if (kind.namespaced && kind.verbs.includes('list')) items.push(acrossNamespaces(kind))
  if (kind.status) items.push(partItem(kind, 'status', kind, ['get', 'patch', 'update']))
  const scale = kind.scale && wireKindFor('autoscaling', 'v1', 'Scale')
  if (scale) items.push(partItem(kind, 'scale', scale, ['get', 'patch', 'update']))
  for (const { name, body, verbs } of kind.subresources) {
    const of = body ? wireKindFor(body.group, body.version, body.kind) : kind
    if (of) items.push(partItem(kind, name, of, verbs))
    else items.push(...connectItems(kind, name, body as GroupVersionKind, verbs))
  }
  return items.filter((item) => Object.keys(item.operations).length > 0)
}

const root = ({ group, version }: AnyKind): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`)

const prefixOf = (kind: AnyKind): string =>
  kind.namespaced ? `${root(kind)}/namespaces/{namespace}/${kind.plural}` : `${root(kind)}/${kind.plural}`

const gvk = ({ group, version, kind }: GroupVersionKind): GroupVersionKind => ({ group, kind, version })

const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `rbac.authorization.k8s.io` is `rbacAuthorization`. */
function groupWord({ group }: AnyKind): string {
  if (group === '') return 'core'
  const [first = '', ...more] = group.replace(/\.k8s\.io$/, '').split(/[.-]/)
  return first + more.map(title).join('')
}

const scopeWord = (kind: AnyKind): string => (kind.namespaced ? 'Namespaced' : '')
const groupVersionWord = (kind: AnyKind): string => title(groupWord(kind)) + title(kind.version)

const definitionOf = (kind: AnyKind): string => nameOf(kind.schema)

function pathParameters(kind: AnyKind, named: boolean): Parameter[] {
  const name: Parameter = { name: 'name', in: 'path', type: 'string', description: `name of the ${kind.kind}` }
  const namespace: Parameter = {
    name: 'namespace',
    in: 'path',
    type: 'string',
    description: 'object name and auth scope, such as for teams and projects',
  }
  return [...(named ? [name] : []), ...(kind.namespaced ? [namespace] : []), pretty]
}

interface Draft {
  readonly verb: string
  readonly action: string
  readonly description: string
  readonly suffix?: string
  readonly parameters: readonly Parameter[]
  readonly body?: string
  readonly bodyOptional?: boolean
  readonly codes: readonly number[]
  readonly answer: string | undefined
  readonly of?: GroupVersionKind
}

function operation(kind: AnyKind, draft: Draft): Operation {
  const { verb, suffix = '', of = kind, description, action, parameters, codes, answer, body, bodyOptional } = draft
  const collection = action === 'deletecollection' ? 'Collection' : ''
  return {
    id: `${verb}${groupVersionWord(kind)}${collection}${scopeWord(kind)}${kind.kind}${suffix}`,
    description,
    tag: `${groupWord(kind)}_${kind.version}`,
    action,
    kind: gvk(of),
    parameters,
    codes,
    answer,
    body,
    ...(bodyOptional ? { bodyOptional } : {}),
    ...(kind.custom ? { custom: true } : {}),
  }
}

/** Only what the kind's verbs allow. */
function allowed(
  kind: AnyKind,
  drafts: readonly (readonly [method: Method, verb: string, draft: Draft])[],
  verbs: readonly string[] = kind.verbs,
): PathItem['operations'] {
  const entries = drafts.filter(([, verb]) => verbs.includes(verb))
  return Object.fromEntries(entries.map(([method, , draft]) => [method, operation(kind, draft)]))
}

function listDraft(kind: AnyKind): Draft {
  return {
    verb: 'list',
    action: 'list',
    description: `list or watch objects of kind ${kind.kind}`,
    parameters: reading,
    codes: [200],
    answer: nameOf(listSchema(kind)),
  }
}

function collectionItem(kind: AnyKind, path: string): PathItem {
  const own = definitionOf(kind)
  return {
    path,
    parameters: pathParameters(kind, false),
    operations: allowed(kind, [
      ['get', 'list', listDraft(kind)],
      [
        'post',
        'create',
        {
          verb: 'create',
          action: 'post',
          description: `create a ${kind.kind}`,
          parameters: writing,
          body: own,
          codes: [200, 201, 202],
          answer: own,
        },
      ],
      [
        'delete',
        'deletecollection',
        {
          verb: 'delete',
          action: 'deletecollection',
          description: `delete collection of ${kind.kind}`,
          parameters: [...reading.filter((p) => p.name !== 'watch' && p.name !== 'allowWatchBookmarks'), ...deleting],
          body: deleteOptions,
          bodyOptional: true,
          codes: [200],
          answer: status,
        },
      ],
    ]),
  }
}

function acrossNamespaces(kind: AnyKind): PathItem {
  const { id, ...list } = operation(kind, listDraft(kind))
  return {
    path: `${root(kind)}/${kind.plural}`,
    parameters: [pretty],
    operations: { get: { ...list, id: `list${groupVersionWord(kind)}${kind.kind}ForAllNamespaces` } },
  }
}

function objectItem(kind: AnyKind, path: string): PathItem {
  return {
    path,
    parameters: pathParameters(kind, true),
    operations: {
      ...writable(kind, kind, '', kind.verbs),
      ...allowed(kind, [
        [
          'delete',
          'delete',
          {
            verb: 'delete',
            action: 'delete',
            description: `delete a ${kind.kind}`,
            parameters: deleting,
            body: deleteOptions,
            bodyOptional: true,
            codes: [200, 202],
            answer: status,
          },
        ],
      ]),
    },
  }
}

/** Read, replace and patch of an object or of a part of it, whose body is of the kind `of`. */
function writable(kind: AnyKind, of: AnyKind, part: string, verbs: readonly string[]): PathItem['operations'] {
  const answer = definitionOf(of)
  const what = part === '' ? `the specified ${kind.kind}` : `${part} of the specified ${kind.kind}`
  const common = { suffix: title(part), answer, of }
  return allowed(
    kind,
    [
      [
        'get',
        'get',
        { ...common, verb: 'read', action: 'get', description: `read ${what}`, parameters: [], codes: [200] },
      ],
      [
        'put',
        'update',
        {
          ...common,
          verb: 'replace',
          action: 'put',
          description: `replace ${what}`,
          parameters: writing,
          body: answer,
          codes: [200, 201],
        },
      ],
      [
        'patch',
        'patch',
        {
          ...common,
          verb: 'patch',
          action: 'patch',
          description: `partially update ${what}`,
          parameters: [...writing, force],
          body: 'patch',
          codes: [200, 201],
        },
      ],
      [
        'post',
        part === '' ? 'never' : 'create',
        {
          ...common,
          verb: 'create',
          action: 'post',
          description: `create ${what}`,
          parameters: writing,
          body: answer,
          codes: [200, 201, 202],
        },
      ],
    ],
    verbs,
  )
}

const partItem = (kind: AnyKind, part: string, of: AnyKind, verbs: readonly string[]): PathItem => ({
  path: `${prefixOf(kind)}/{name}/${part}`,
  parameters: pathParameters(kind, true),
  operations: writable(kind, of, part, verbs),
})

const connectMethods: readonly (readonly [verb: string, method: Method])[] = [
  ['get', 'get'],
  ['create', 'post'],
  ['update', 'put'],
  ['patch', 'patch'],
  ['delete', 'delete'],
]

/** Subresources that hand the connection on: exec, attach, log, port-forward, proxy. */
function connectItems(kind: AnyKind, part: string, of: GroupVersionKind, verbs: readonly string[]): PathItem[] {
  const item = (path: string, suffix: string, parameters: readonly Parameter[]): PathItem => ({
    path,
    parameters,
    operations: Object.fromEntries(
      connectMethods
        .filter(([verb]) => verbs.includes(verb))
        .map(([, method]) => {
          const draft = operation(kind, {
            verb: 'connect',
            action: 'connect',
            description: `connect ${method.toUpperCase()} requests to ${part} of ${kind.kind}`,
            parameters: [],
            codes: [200],
            answer: undefined,
            of,
          })
          const id = `connect${groupVersionWord(kind)}${title(method)}${scopeWord(kind)}${kind.kind}${title(part)}${suffix}`
          return [method, { ...draft, id }]
        }),
    ),
  })
  const path = `${prefixOf(kind)}/{name}/${part}`
  const parameters = pathParameters(kind, true)
  if (part !== 'proxy') return [item(path, '', parameters)]
  const rest: Parameter = { name: 'path', in: 'path', type: 'string', description: 'path to the resource' }
  return [item(path, '', parameters), item(`${path}/{path}`, 'WithPath', [...parameters, rest])]
}
