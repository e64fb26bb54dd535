import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { ResourceQuotaSpec, ResourceQuotaStatus } from './resource-quota-types.ts'
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from './validate-resource-quota.ts'

const isLimit = (name: string): boolean => name.startsWith('limits.')

/** `pods: 3/10, requests.cpu: 1/2`. */
const formatUse = ({ hard = {}, used = {} }: ResourceQuotaStatus, limits: boolean): string =>
  Object.keys(hard)
    .filter((name) => isLimit(name) === limits)
    .sort()
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
    .join(', ')

export const ResourceQuota = kind({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  scope: 'Namespaced',
  doc: 'Limits for all that a namespace uses together.',
  fields: {
    spec: ResourceQuotaSpec.at(2, 'The limits.'),
    status: ResourceQuotaStatus.at(3, 'The limits that are in force, and how much is used.'),
  },
  status: true,
  generation: false,
  columns: [
    nameColumn,
    {
      name: 'Request',
      description: 'How much is used, and how much may be, of what is counted and asked for.',
      value: ({ status }) => formatUse(status, false),
    },
    {
      name: 'Limit',
      description: 'How much is used, and how much may be, of limits.',
      value: ({ status }) => formatUse(status, true),
    },
    ageColumn,
  ],
  validate: validateQuota,
  validateUpdate: validateQuotaUpdate,
  validateStatusUpdate: validateQuotaStatus,
})
export type ResourceQuota = ObjectOf<typeof ResourceQuota>
