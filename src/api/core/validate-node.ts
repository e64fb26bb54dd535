// Nodes: taints, amounts, and the networks that were once given to them.

import { type FieldErrors, Path } from '../field-errors.ts'
import { cidr } from '../names.ts'
import type { NodeSpec, NodeStatus } from './node-types.ts'
import { validateAmount } from './validate-resources.ts'
import { validateTaints } from './validate-scheduling.ts'

interface Parts {
  readonly spec: NodeSpec
  readonly status: NodeStatus
}

const path = Path.of('spec')

function validateAmounts(status: NodeStatus, errors: FieldErrors): void {
  for (const field of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(status[field] ?? {})) {
      validateAmount(name, amount, Path.of('status').child(field).child(name), errors)
    }
  }
}

export function validateNode({ spec, status }: Parts, errors: FieldErrors): void {
  // Upstream tells taints under the metadata.
  validateTaints(spec.taints ?? [], Path.of('metadata').child('taints'), errors)
  validateAmounts(status, errors)
  const { podCIDRs = [] } = spec
  const at = path.child('podCIDRs')
  podCIDRs.forEach((one, i) => {
    errors.invalidEach(at.index(i), one, cidr(one))
  })
  if (podCIDRs.length < 2) return
  const families = new Set(podCIDRs.map((one) => one.includes(':')))
  if (families.size < 2 || podCIDRs.length > 2) {
    errors.invalid(at, podCIDRs, 'may specify no more than one CIDR for each IP family')
  }
  podCIDRs.forEach((one, i) => {
    if (podCIDRs.indexOf(one) < i) errors.duplicate(at.index(i), one)
  })
}

export function validateNodeUpdate({ spec: next }: Parts, { spec: old }: Parts, errors: FieldErrors): void {
  const before = old.podCIDRs ?? []
  const now = next.podCIDRs ?? []
  if (before.length > 0 && (before.length !== now.length || before.some((one, i) => one !== now[i]))) {
    errors.forbidden(path.child('podCIDRs'), 'node updates may not change podCIDR except from "" to valid')
  }
  if (old.providerID && old.providerID !== next.providerID) {
    errors.forbidden(path.child('providerID'), 'node updates may not change providerID except from "" to valid')
  }
  if ((next.externalID ?? '') !== (old.externalID ?? '')) {
    errors.forbidden(path.child('externalID'), 'may not be updated')
  }
}

export function validateNodeStatus({ status }: Parts, _old: Parts, errors: FieldErrors): void {
  validateAmounts(status, errors)
  const seen = new Set<string>()
  status.addresses?.forEach((address, i) => {
    const id = `${address.type}/${address.address}`
    if (seen.has(id)) errors.duplicate(Path.of('status').child('addresses').index(i), address)
    seen.add(id)
  })
}
