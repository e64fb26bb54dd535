// What webhooks and expressions are told of a request beside its objects.

import type { JsonObject } from '#lib/json.ts'
import type { UserInfo } from '../request.ts'
import type { Operation } from './admission.ts'

export interface KindName {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export interface ResourceName {
  readonly group: string
  readonly version: string
  readonly resource: string
}

/** What is the same whichever objects are shown. */
export interface RequestHead {
  readonly kind: KindName
  readonly resource: ResourceName
  readonly requestKind: KindName
  readonly requestResource: ResourceName
  readonly subresource: string
  readonly name: string
  readonly namespace: string
  readonly operation: Operation
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly options: object | null
}

/** As it stands in a review, and as expressions know it by the name of `request`. */
export function requestOf(head: RequestHead): JsonObject {
  const { kind, resource, requestKind, requestResource, subresource, name, namespace, operation, user } = head
  const { uid, groups, extra } = user
  return {
    kind,
    resource,
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind,
    requestResource,
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      ...(user.name === '' ? {} : { username: user.name }),
      ...(uid ? { uid } : {}),
      ...(groups.length > 0 ? { groups } : {}),
      ...(extra ? { extra } : {}),
    },
    dryRun: head.dryRun,
    options: head.options,
  }
}
