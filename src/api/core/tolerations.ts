// Whether a toleration covers a taint (upstream: component-helpers/scheduling/corev1).

import type { Taint, Toleration } from './taint.ts'

const asInteger = (text: string): bigint | undefined => (/^-?\d+$/.test(text) ? BigInt(text) : undefined)

function comparesTo(operator: 'Lt' | 'Gt', taintValue: string, tolerated: string): boolean {
  const [has, bound] = [asInteger(taintValue), asInteger(tolerated)]
  if (has === undefined || bound === undefined) return false
  return operator === 'Lt' ? has < bound : has > bound
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  const { operator, value = '' } = toleration
  switch (operator) {
    case 'Exists':
      return true
    case 'Lt':
    case 'Gt':
      return comparesTo(operator, taint.value ?? '', value)
    default:
      return value === (taint.value ?? '')
  }
}

/** The first of these taints that nothing tolerates. */
export const untolerated = (taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined =>
  taints.find((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)))
