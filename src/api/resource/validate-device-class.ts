// Classes of devices: what they must be like, how they are set up, and which resource stands for one.

import { type FieldErrors, Path } from '../field-errors.ts'
import { qualifiedName } from '../names.ts'
import type { DeviceClassSpec } from './device-class-types.ts'
import { validateConfiguration, validateSelectors } from './validate-device-claim.ts'
import { validateItems } from './validate-names.ts'

const path = Path.of('spec')
const maxConfigs = 32

/** With a domain that is not the project's own, and fit to be asked for in a quota as well. */
const isExtendedResource = (name: string): boolean =>
  name.includes('/') &&
  !name.includes('kubernetes.io/') &&
  !name.startsWith('requests.') &&
  qualifiedName(`requests.${name}`).length === 0

export function validateDeviceClass({ spec }: { readonly spec: DeviceClassSpec }, errors: FieldErrors): void {
  validateSelectors(spec.selectors, path.child('selectors'), errors)
  validateItems(spec.config, maxConfigs, path.child('config'), errors, (config, at) =>
    validateConfiguration(config, at, errors),
  )
  const name = spec.extendedResourceName
  if (name === undefined || isExtendedResource(name)) return
  errors.invalid(path.child('extendedResourceName'), name, 'must be a valid extended resource name')
}
