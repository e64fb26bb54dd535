// A number or a percentage, as in `maxSurge: 25%`, and how it is scaled (k8s.io/apimachinery/pkg/util/intstr).

export type IntOrString = number | string

export const isPercent = (value: IntOrString): value is string => typeof value === 'string' && /^[0-9]+%$/.test(value)

/** The number before the `%`; undefined where it is no percentage. */
export function percentOf(value: IntOrString): number | undefined {
  return isPercent(value) ? Number(value.slice(0, -1)) : undefined
}

/** The number, or the percentage of `total`. Throws on a string that is no percentage. */
export function scaledValue(value: IntOrString, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = percentOf(value)
  if (percent === undefined) throw new Error(`invalid value for IntOrString: invalid type: string is not a percentage`)
  // Whole numbers first: 29 % of 100 is 29, not 28.999999999999996.
  const exact = (percent * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
