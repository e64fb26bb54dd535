// Names that a storage driver and an iSCSI target have, in volumes of pods and of the cluster.

import type { FieldErrors, Path } from '../field-errors.ts'
import { dns1123Subdomain, inRange } from '../names.ts'
import type { ISCSIVolumeSource } from './volume.ts'

const qualifiedNames: readonly (readonly [string, RegExp])[] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[a-zA-Z0-9]{16}$/],
  ['naa', /^naa.[a-zA-Z0-9]{32}$/],
]
const isQualified = (name: string): boolean =>
  qualifiedNames.some(([prefix, form]) => name.startsWith(prefix) && form.test(name))

/** Of a pod's own volume, and of a volume of the cluster, whose secret may be in another namespace. */
type Target = Pick<
  ISCSIVolumeSource,
  'targetPortal' | 'iqn' | 'lun' | 'initiatorName' | 'chapAuthDiscovery' | 'chapAuthSession'
> & { readonly secretRef?: { readonly name?: string | undefined } | undefined }

export function validateIscsi(source: Target, path: Path, errors: FieldErrors): void {
  const { targetPortal, iqn, lun = 0, secretRef, initiatorName } = source
  if (!targetPortal) errors.required(path.child('targetPortal'))
  if (!iqn) errors.required(path.child('iqn'))
  else if (!isQualified(iqn)) errors.invalid(path.child('iqn'), iqn, 'must be valid format')
  errors.invalidEach(path.child('lun'), lun, inRange(lun, 0, 255))
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef) errors.required(path.child('secretRef'))
  if (secretRef && !secretRef.name) errors.required(path.child('secretRef').child('name'))
  if (initiatorName === undefined || isQualified(initiatorName)) return
  const known = qualifiedNames.some(([prefix]) => initiatorName.startsWith(prefix))
  const wanted = known ? 'must be valid format' : 'must be valid format starting with iqn, eui, or naa'
  errors.invalid(path.child('initiatorname'), initiatorName, wanted)
}

const maxDriverBytes = 63

export function validateDriverName(driver: string, path: Path, errors: FieldErrors): void {
  if (driver === '') errors.required(path)
  if (driver.length > maxDriverBytes) errors.tooLong(path, maxDriverBytes)
  if (driver !== '') errors.invalidEach(path, driver, dns1123Subdomain(driver.toLowerCase()))
}
