import { kind, type ObjectOf } from '../kind.ts'
import { nameIsDns1035Label } from '../names.ts'
import { serviceColumns } from './service-columns.ts'
import { defaultService, normalizeClusterIPs, prepareServiceForUpdate } from './service-defaults.ts'
import { ServiceSpec, ServiceStatus } from './service-types.ts'
import { serviceWarnings } from './service-warnings.ts'
import { validateService, validateServiceStatus, validateServiceUpdate } from './validate-service.ts'

export const Service = kind({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  scope: 'Namespaced',
  doc: 'A name and an address for a set of pods, which spreads connections over them.',
  fields: {
    spec: ServiceSpec.at(2, 'How the service shall be reached, and what is behind it.'),
    status: ServiceStatus.at(3, 'The ways from outside.'),
  },
  status: true,
  generation: false,
  createOnUpdate: true,
  columns: serviceColumns,
  defaults: defaultService,
  nameRule: nameIsDns1035Label,
  validate: validateService,
  validateUpdate: validateServiceUpdate,
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  prepareForCreate: (service) => normalizeClusterIPs(service.spec),
  prepareForUpdate: (service, old) => prepareServiceForUpdate(service.spec, old.spec),
  subresources: [
    {
      name: 'proxy',
      body: { group: '', version: 'v1', kind: 'ServiceProxyOptions' },
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
  ],
  selectableFields: {
    'spec.clusterIP': (service) => service.spec.clusterIP ?? '',
    'spec.type': (service) => service.spec.type ?? '',
  },
})
export type Service = ObjectOf<typeof Service>
