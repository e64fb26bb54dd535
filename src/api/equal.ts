// Whether two values of the API mean the same, and where they do not. An absent field, an undefined one and an
// empty list are one and the same; an empty object is not, since it may stand for a choice (`emptyDir: {}`).

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (isEmpty(a) && isEmpty(b))) return true
  if (!isObject(a) || !isObject(b)) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) return false
    for (let i = Math.max(a.length, b.length) - 1; i >= 0; i--) if (!sameValue(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  for (const key in a) if (!sameValue(a[key], b[key])) return false
  for (const key in b) if (!Object.hasOwn(a, key) && !isEmpty(b[key])) return false
  return true
}

export interface Difference {
  /** As in `containers[0].name`; empty for the value itself. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** The first few places where `after` is not as `before`, in the order of the fields. */
export function differences(before: unknown, after: unknown, atMost: number): readonly Difference[] {
  const found: Difference[] = []
  // Nearly always there are none, which is told without putting paths together.
  if (sameValue(before, after)) return found
  const compare = (a: unknown, b: unknown, path: string): void => {
    if (found.length >= atMost || a === b || (isEmpty(a) && isEmpty(b))) return
    if (isObject(a) && isObject(b) && Array.isArray(a) === Array.isArray(b)) {
      const keys = new Set([...Object.keys(a), ...Object.keys(b)])
      for (const key of keys) compare(a[key], b[key], Array.isArray(a) ? `${path}[${key}]` : join(path, key))
      return
    }
    found.push({ path, before: a, after: b })
  }
  compare(before, after, '')
  return found
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

/** One line for what went and one for what came, for a person to read. */
export const formatDifferences = (all: readonly Difference[]): string =>
  all
    .flatMap(({ path, before, after }) => [
      ...(isEmpty(before) ? [] : [`- ${path}: ${JSON.stringify(before)}`]),
      ...(isEmpty(after) ? [] : [`+ ${path}: ${JSON.stringify(after)}`]),
    ])
    .join('\n')
