import { formatTime } from '#lib/clock.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { pathSegment } from '../names.ts'
import { APIServiceSpec, APIServiceStatus } from './api-service-types.ts'
import { validateApiService, validateApiServiceStatus } from './validate-api-service.ts'

/** The finding about a version that this server answers for. */
export const localAvailable = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
} as const

export const APIService = kind({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Says who answers for a version of an API group: this server, or another one behind a service.',
  fields: {
    spec: APIServiceSpec.at(2, 'Which version, and who answers for it.'),
    status: APIServiceStatus.at(3, 'Whether it can be reached.'),
  },
  status: true,
  statusKeeps: allMetadata,
  columns: [
    nameColumn,
    {
      name: 'Service',
      description: 'The service that answers, or Local.',
      value: ({ spec: { service } }) => (service ? `${service.namespace ?? ''}/${service.name ?? ''}` : 'Local'),
    },
    {
      name: 'Available',
      description: 'Whether it can be reached.',
      value: ({ status }) => {
        const found = status.conditions?.find(({ type }) => type === 'Available')
        if (!found) return 'Unknown'
        return found.status === 'True' ? 'True' : `${found.status} (${found.reason ?? ''})`
      },
    },
    ageColumn,
  ],
  // What else the name must be follows from the spec.
  nameRule: pathSegment,
  validate: validateApiService,
  validateCreate: ({ metadata, spec }, errors) => {
    const wanted = `${spec.version ?? ''}.${spec.group ?? ''}`
    if (!metadata.name || metadata.name === wanted || pathSegment(metadata.name).length > 0) return
    const text = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`
    errors.invalid('metadata.name', metadata.name, text)
  },
  validateStatusUpdate: validateApiServiceStatus,
  generation: false,
  // As upstream: what this server answers for itself is there at once.
  prepareForCreate: ({ spec, status }, { nowMs }) => {
    if (!spec.service) status.conditions = [{ ...localAvailable, lastTransitionTime: formatTime(nowMs) }]
  },
})
export type APIService = ObjectOf<typeof APIService>
