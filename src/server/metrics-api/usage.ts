// From two points in time to what was used in between: CPU as a rate over that window, memory as it was at its end.
// Pure; the rules are metrics-server's, with the difference that a container which is as young as the window counts
// from its start at once.

import type { Point, Scrape } from './exposition.ts'

export interface Usage {
  readonly endMs: number
  readonly windowMs: number
  readonly cpuNanoCores: number
  readonly memoryBytes: number
}

/** Of one node, over one window. */
export interface NodeFigures {
  readonly node: Usage | undefined
  /** By `namespace/name`, and then by the container's name; only pods of which every container is known. */
  readonly pods: ReadonlyMap<string, ReadonlyMap<string, Usage>>
}

/** Over less than this a rate says nothing. */
const shortestWindowMs = 500

/** Agents tell the start of a container a little differently from one time to the next. */
const sameStartMs = 1000

const isSameRun = (last: Point, before: Point): boolean =>
  last.cpuSeconds >= before.cpuSeconds && Math.abs((last.startMs ?? 0) - (before.startMs ?? 0)) <= sameStartMs

/** Undefined: nothing can be said yet. */
export function usageOf(last: Point, before: Point | undefined): Usage | undefined {
  // What has started since, or anew, has used since then all that it has used.
  const from =
    before && isSameRun(last, before)
      ? before
      : last.startMs === undefined
        ? undefined
        : { timeMs: last.startMs, cpuSeconds: 0 }
  if (!from) return undefined
  const windowMs = last.timeMs - from.timeMs
  if (windowMs < shortestWindowMs) return undefined
  return {
    endMs: last.timeMs,
    windowMs,
    cpuNanoCores: Math.round(((last.cpuSeconds - from.cpuSeconds) * 1e12) / windowMs),
    memoryBytes: last.memoryBytes,
  }
}

export function figuresOf(last: Scrape, before: Scrape | undefined): NodeFigures {
  const pods = new Map<string, ReadonlyMap<string, Usage>>()
  for (const [pod, containers] of last.pods) {
    const usages = [...containers].flatMap(([name, point]) => {
      // A container without memory is one that has just ended.
      const usage = point.memoryBytes > 0 ? usageOf(point, before?.pods.get(pod)?.get(name)) : undefined
      return usage ? [[name, usage] as const] : []
    })
    if (containers.size > 0 && usages.length === containers.size) pods.set(pod, new Map(usages))
  }
  return { node: last.node && usageOf(last.node, before?.node), pods }
}
