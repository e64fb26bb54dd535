// What the kinds that quotas count have in common: what the usage of one object is, and how scopes select.

import type { Quantity } from '../quantity.ts'
import type { ScopedResourceSelectorRequirement } from './resource-quota-types.ts'
import { isNative } from './validate-resources.ts'

export type Usage = ReadonlyMap<string, Quantity>

export interface UsageContext {
  readonly nowMs: number
  /** The extended resource that devices of a class can be asked for by, as its class says. */
  readonly extendedResourceOf?: ((deviceClass: string) => string | undefined) | undefined
}

export const requestsPrefix = 'requests.'
export const deviceClassPrefix = 'deviceclass.resource.kubernetes.io/'

/** What quotas call an extended resource. */
export const isExtendedQuota = (name: string): boolean =>
  name.startsWith(requestsPrefix) && (!isNative(name) || name.startsWith(requestsPrefix + deviceClassPrefix))

/** One of the values is selected, or the absence of any. */
export function selects({ operator, values = [] }: ScopedResourceSelectorRequirement, has: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return has.length > 0
    case 'DoesNotExist':
      return has.length === 0
    case 'In':
      return has.some((value) => values.includes(value))
    case 'NotIn':
      return has.length === 0 || has.some((value) => !values.includes(value))
    default:
      return false
  }
}
