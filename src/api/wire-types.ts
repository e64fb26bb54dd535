// Types that go over the wire but are stored nowhere: bodies of subresources, options, lists, tables, discovery.

import { TokenRequest } from './authentication/token-request.ts'
import { Scale } from './autoscaling/scale.ts'
import { Binding } from './core/binding.ts'
import type { AnyKind } from './kind.ts'
import { ListMeta } from './meta/list-meta.ts'
import { ObjectMeta } from './meta/object-meta.ts'
import { DeleteOptions } from './meta/options.ts'
import { Status } from './meta/status.ts'
import { Eviction } from './policy/eviction.ts'
import { type AnySchema, any, bool, int32, list, type MessageSchema, message, req, string } from './schema.ts'

/** Kinds that are only ever the body of a request or an answer. */
export const wireKinds: readonly AnyKind[] = [Binding, Eviction, Scale, TokenRequest]

/** The kind of a subresource's body, as a kind names it. */
export const wireKindFor = (group: string, version: string, kind: string): AnyKind | undefined =>
  wireKinds.find((k) => k.group === group && k.version === version && k.kind === kind)

export const Patch = message(
  'meta/v1.Patch',
  'Patch is provided to give a concrete name and type to the body of a patch request.',
  {},
)

export const ServerAddressByClientCIDR = message(
  'meta/v1.ServerAddressByClientCIDR',
  'Which address clients of a network reach the server under.',
  {
    clientCIDR: req(string).at(1, 'The network that the client is in.'),
    serverAddress: req(string).at(2, 'The address, a host name or an IP with a port.'),
  },
)

export const APIVersions = message('meta/v1.APIVersions', 'The versions that are served under /api.', {
  versions: req(list(string)).owned('atomic').at(1, 'The versions.'),
  serverAddressByClientCIDRs: req(list(ServerAddressByClientCIDR))
    .owned('atomic')
    .at(2, 'The addresses of the server, by the network of the client.'),
})

export const GroupVersionForDiscovery = message('meta/v1.GroupVersionForDiscovery', 'A version of a group.', {
  groupVersion: req(string).at(1, 'Group and version, `group/version`.'),
  version: req(string).at(2, 'The version alone.'),
})

export const APIGroup = message('meta/v1.APIGroup', 'A group of the API and its versions.', {
  name: req(string).at(1, 'The name of the group.'),
  versions: req(list(GroupVersionForDiscovery)).owned('atomic').at(2, 'The versions that are served.'),
  preferredVersion: GroupVersionForDiscovery.at(3, 'The version that the server would take.'),
  serverAddressByClientCIDRs: list(ServerAddressByClientCIDR)
    .owned('atomic')
    .at(4, 'The addresses of the server, by the network of the client.'),
})

export const APIGroupList = message('meta/v1.APIGroupList', 'The groups that are served under /apis.', {
  groups: req(list(APIGroup)).owned('atomic').at(1, 'The groups.'),
})

export const APIResource = message('meta/v1.APIResource', 'A resource of a group and version.', {
  name: req(string).at(1, 'The plural name, with `/subresource` for one.'),
  singularName: req(string).at(6, 'The singular name.'),
  namespaced: req(bool).at(2, 'Whether its objects are in namespaces.'),
  group: string.at(8, 'The group of the kind where it is another than that of the list.'),
  version: string.at(9, 'The version of the kind where it is another than that of the list.'),
  kind: req(string).at(3, 'The kind of its objects.'),
  verbs: req(list(string)).at(4, 'What can be done with it.'),
  shortNames: list(string).owned('atomic').at(5, 'Short names.'),
  categories: list(string).owned('atomic').at(7, 'Groups of resources that it belongs to, such as `all`.'),
  storageVersionHash: string.at(10, 'Changes with the version that objects are stored in.'),
})

export const APIResourceList = message('meta/v1.APIResourceList', 'The resources of a group and version.', {
  groupVersion: req(string).at(1, 'Group and version.'),
  resources: req(list(APIResource)).owned('atomic').at(2, 'The resources.'),
})

export const WatchEvent = message('meta/v1.WatchEvent', 'A change that a watch tells.', {
  type: req(string).at(1, 'ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.'),
  object: req(any).at(2, 'The object after the change; before it, where it is gone; a Status, if type is ERROR.'),
})

export const TableColumnDefinition = message('meta/v1.TableColumnDefinition', 'A column of a table.', {
  name: req(string).at(1, 'The heading.'),
  type: req(string).at(2, 'The type in the words of OpenAPI.'),
  format: req(string).at(3, 'What is special about it, such as `name`.'),
  description: req(string).at(4, 'What stands in it.'),
  priority: req(int32).at(5, 'How much it matters; 0 is always shown.'),
})

export const TableRowCondition = message('meta/v1.TableRowCondition', 'Something to be known of a row.', {
  type: req(string).at(1, 'Its type, such as Completed.'),
  status: req(string).at(2, 'True, False or Unknown.'),
  reason: string.at(3, 'Why, for programs.'),
  message: string.at(4, 'Why, for people.'),
})

export const TableRow = message('meta/v1.TableRow', 'A row of a table.', {
  cells: req(list(any)).owned('atomic').at(1, 'One value for each column.'),
  conditions: list(TableRowCondition).owned('atomic').at(2, 'Such as that the object is done.'),
  object: any.at(3, 'The object that the row tells of, as much of it as was asked for.'),
})

export const Table = message('meta/v1.Table', 'A list as a person reads it.', {
  metadata: ListMeta.at(1, 'As of any list.'),
  columnDefinitions: req(list(TableColumnDefinition)).owned('atomic').at(2, 'The columns.'),
  rows: req(list(TableRow)).owned('atomic').at(3, 'The rows.'),
})

export const PartialObjectMetadata = message('meta/v1.PartialObjectMetadata', 'Only the metadata of an object.', {
  metadata: ObjectMeta.at(1, 'The metadata.'),
})

/** Messages without a kind of their own: not created, not listed. */
export const wireMessages: readonly MessageSchema<Record<string, never>>[] = [
  APIGroup,
  APIGroupList,
  APIResourceList,
  APIVersions,
  DeleteOptions,
  Patch,
  Status,
  WatchEvent,
] as unknown as readonly MessageSchema<Record<string, never>>[]

const lists = new WeakMap<AnyKind, AnySchema>()

/** The list of a kind's objects, `PodList`. */
export function listSchema(kind: AnyKind): AnySchema {
  const known = lists.get(kind)
  if (known) return known
  const shape = kind.schema.shape
  if (shape.type !== 'message') throw new TypeError(`the schema of ${kind.kind} is not a message`)
  const schema = message(`${shape.name}List`, `${kind.kind}List is a list of ${kind.plural}.`, {
    kind: string.at(0, 'The kind of this list.'),
    apiVersion: string.at(0, 'The group and version of this list.'),
    metadata: ListMeta.at(1, 'The revision of the list, and where it goes on.'),
    items: req(list(kind.schema)).at(2, `The ${kind.plural}.`),
  })
  lists.set(kind, schema)
  return schema
}
