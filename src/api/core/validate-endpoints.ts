// Endpoints: addresses that can be sent to, and ports with names where there are several.

import { type FieldErrors, Path } from '../field-errors.ts'
import { dns1123Label, ipAddress, nameIsDnsSubdomain, portNumber, qualifiedName } from '../names.ts'
import type { EndpointAddress, EndpointPort, EndpointSubset } from './endpoints-types.ts'
import { validateNonSpecialIP } from './validate-ip.ts'

function validateAddress({ ip = '', hostname, nodeName }: EndpointAddress, path: Path, errors: FieldErrors): void {
  errors.invalidEach(path.child('ip'), ip, ipAddress(ip))
  if (hostname) errors.invalidEach(path.child('hostname'), hostname, dns1123Label(hostname))
  if (nodeName !== undefined) {
    errors.invalidEach(path.child('nodeName'), nodeName, nameIsDnsSubdomain(nodeName, false))
  }
  validateNonSpecialIP(ip, path.child('ip'), errors)
}

function validatePort(one: EndpointPort, several: boolean, path: Path, errors: FieldErrors): void {
  const { name, port = 0, appProtocol } = one
  if (several && !name) errors.required(path.child('name'))
  else if (name) errors.invalidEach(path.child('name'), name, dns1123Label(name))
  errors.invalidEach(path.child('port'), port, portNumber(port))
  if (appProtocol !== undefined) {
    errors.invalidEach(path.child('appProtocol'), appProtocol, qualifiedName(appProtocol))
  }
}

export function validateSubsets(subsets: readonly EndpointSubset[], errors: FieldErrors): void {
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const at = Path.of('subsets').index(i)
    if (addresses.length + notReadyAddresses.length === 0) {
      errors.required(at, 'must specify `addresses` or `notReadyAddresses`')
    }
    for (const [field, all] of Object.entries({ addresses, notReadyAddresses })) {
      all.forEach((address, a) => {
        validateAddress(address, at.child(field).index(a), errors)
      })
    }
    ports.forEach((port, p) => {
      validatePort(port, ports.length > 1, at.child('ports').index(p), errors)
    })
  })
}
