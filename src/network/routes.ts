// Which routes a node needs so that pods reach each other on any node: to the pods of another node through that
// node's address, and none for its own addresses that no pod has. Pure: nodes in, `ip route` commands out.

import { isIPv4 } from 'node:net'
import type { Node } from '#api/core/node.ts'

export interface Route {
  readonly to: string
  /** The address of the node behind which they are; undefined refuses what has no pod. */
  readonly via?: string | undefined
}

/** Marks our routes among others': the `proto` that the kernel keeps for whoever made a route. */
export const routeProtocol = 90

export const podCIDRsOf = ({ spec }: Node): readonly string[] =>
  spec.podCIDRs?.length ? spec.podCIDRs : spec.podCIDR ? [spec.podCIDR] : []

/** Sorted by destination. */
export function wantedRoutes(nodes: readonly Node[], nodeName: string): readonly Route[] {
  const routes = nodes.flatMap((node) =>
    podCIDRsOf(node).flatMap((to): Route[] => {
      if (node.metadata.name === nodeName) return [{ to }]
      const via = node.status.addresses?.find(
        ({ type, address }) => type === 'InternalIP' && isIPv4(address) === isIPv4(to.split('/')[0]!),
      )?.address
      return via === undefined ? [] : [{ to, via }]
    }),
  )
  return routes.sort((a, b) => (a.to < b.to ? -1 : 1))
}

/** Lines for `ip -batch`; a route that is right already is left alone. */
export function routeCommands(have: readonly Route[], want: readonly Route[]): readonly string[] {
  const existing = new Map(have.map((route) => [route.to, route]))
  const wanted = new Set(want.map(({ to }) => to))
  const remove = have.filter(({ to }) => !wanted.has(to)).map(deletion)
  const set = want
    .filter(({ to, via }) => !existing.has(to) || existing.get(to)!.via !== via)
    // A route that refuses and one that leads somewhere may stand side by side: the old one goes first.
    .flatMap((route) => [...(existing.has(route.to) ? [deletion(existing.get(route.to)!)] : []), addition(route)])
  return [...remove, ...set]
}

const kind = ({ via }: Route): string => (via === undefined ? 'unreachable ' : '')

const deletion = (route: Route): string => `route del ${kind(route)}${route.to} proto ${routeProtocol}`
const addition = (route: Route): string =>
  `route replace ${kind(route)}${route.to}${route.via === undefined ? '' : ` via ${route.via}`} proto ${routeProtocol}`

/** Separated by family, since `ip -batch` works on one. */
export const byFamily = (commands: readonly string[]): readonly { readonly six: boolean; readonly lines: string[] }[] =>
  [false, true]
    .map((six) => ({ six, lines: commands.filter((line) => line.includes(':') === six) }))
    .filter(({ lines }) => lines.length > 0)

/** Our routes out of `ip -json route show proto 90`. */
export function parseRoutes(json: string): readonly Route[] {
  if (json.trim() === '') return []
  const routes = JSON.parse(json) as readonly { readonly dst: string; readonly gateway?: string }[]
  return routes.map(({ dst, gateway }) => {
    const to = dst.includes('/') ? dst : `${dst}/${dst.includes(':') ? 128 : 32}`
    return gateway === undefined ? { to } : { to, via: gateway }
  })
}
