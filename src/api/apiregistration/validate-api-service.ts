// APIServices: a version that may be, priorities within bounds, and certificates only for those who are elsewhere.

import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1035Label, dns1123Subdomain, portNumber } from '../names.ts'
import type { APIServiceSpec, APIServiceStatus } from './api-service-types.ts'

const path = Path.of('spec')
const maxGroupPriority = 20_000
const maxVersionPriority = 1000

export function validateApiService({ spec }: { readonly spec: APIServiceSpec }, errors: FieldErrors): void {
  const { group = '', version = '', service, caBundle = '', insecureSkipTLSVerify: insecure } = spec
  if (group === '' && version !== 'v1') {
    errors.required(path.child('group'), 'only v1 may have an empty group and it better be legacy kube')
  }
  if (group !== '') errors.invalidEach(path.child('group'), group, dns1123Subdomain(group))
  errors.invalidEach(path.child('version'), version, dns1035Label(version))
  const inRange = (field: 'groupPriorityMinimum' | 'versionPriority', max: number): void => {
    const value = spec[field] ?? 0
    if (value <= 0 || value > max) errors.invalid(path.child(field), value, `must be positive and less than ${max}`)
  }
  inRange('groupPriorityMinimum', maxGroupPriority)
  inRange('versionPriority', maxVersionPriority)
  const insecureAt = path.child('insecureSkipTLSVerify')
  if (!service) {
    const bytes = Buffer.from(caBundle, 'base64').length
    if (bytes > 0) errors.invalid(path.child('caBundle'), `${bytes} bytes`, 'local APIServices may not have a caBundle')
    if (insecure) errors.invalid(insecureAt, true, 'local APIServices may not have insecureSkipTLSVerify')
    return
  }
  const at = path.child('service')
  if (!service.namespace) errors.required(at.child('namespace'))
  if (!service.name) errors.required(at.child('name'))
  const { port } = service
  const complaints = port === undefined ? [] : portNumber(port)
  if (complaints.length > 0) errors.invalid(at.child('port'), port, `port is not valid: ${complaints.join(', ')}`)
  if (insecure && caBundle !== '') errors.invalid(insecureAt, true, 'may not be true if caBundle is present')
}

const statuses = ['True', 'False', 'Unknown']

export function validateApiServiceStatus(
  { status }: { readonly status: APIServiceStatus },
  _old: unknown,
  errors: FieldErrors,
): void {
  status.conditions?.forEach((condition, i) => {
    const at = Path.of('status').child('conditions').index(i).child('status')
    if (!statuses.includes(condition.status)) errors.notSupported(at, condition.status, statuses)
  })
}
