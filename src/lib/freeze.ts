// Objects that are shared are frozen, so that a change made by mistake fails where it is made.

/** Freezes a tree of plain JSON. What is frozen already is taken as frozen all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') deepFreeze(item)
  } else {
    for (const key in value) {
      const child = value[key]
      if (typeof child === 'object') deepFreeze(child)
    }
  }
  return Object.freeze(value)
}
