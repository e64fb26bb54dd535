// What is allowed in a pod but hardly meant: the client is told, and gets what it asked for.

import type { Path } from '../field-errors.ts'
import { dns1123Label } from '../names.ts'
import { Quantity } from '../quantity.ts'
import type { Container } from './container.ts'
import type { PodSpec } from './pod-spec.ts'

function hiddenVariables({ env = [] }: Container, path: Path, warnings: string[]): void {
  const seen = new Set<string>()
  env.forEach(({ name, value = '', valueFrom }, i) => {
    // A variable may add to the one before it.
    const refers = valueFrom === undefined && value.includes(`$(${name})`)
    if (seen.has(name) && !refers) {
      const hides = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`
      warnings.push(`${path.child('env').index(i)}: ${hides}`)
    }
    seen.add(name)
  })
}

function fractionalBytes({ resources }: Container, path: Path, warnings: string[]): void {
  for (const field of ['limits', 'requests'] as const) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const text = resources?.[field]?.[name]
      if (text === undefined || Quantity.parse(text).isInteger) continue
      const at = path.child('resources').child(field).key(name)
      warnings.push(`${at}: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`)
    }
  }
}

/** `path` is that of the spec, in a pod or in a template. */
export function podSpecWarnings(spec: PodSpec, path: Path): string[] {
  const warnings: string[] = []
  const grace = spec.terminationGracePeriodSeconds ?? 0
  if (grace < 0) {
    const told = 'must be >= 0; negative values are invalid and will be treated as 1'
    warnings.push(`${path.child('terminationGracePeriodSeconds')}: ${told}`)
  }
  for (const field of ['initContainers', 'containers'] as const) {
    spec[field]?.forEach((container, i) => {
      const at = path.child(field).index(i)
      hiddenVariables(container, at, warnings)
      fractionalBytes(container, at, warnings)
    })
  }
  return warnings
}

/** The name of a pod is its host name, too. */
export function hostNameWarning(name: string): string[] {
  const complaints = dns1123Label(name)
  if (complaints.length === 0) return []
  const told = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended"
  return [`metadata.name: ${told}: [${complaints.map((text) => JSON.stringify(text)).join(' ')}]`]
}
