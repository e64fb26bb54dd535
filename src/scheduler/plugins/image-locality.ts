// Prefers nodes that have the pod's images already, the more so the larger they are; a little less for an image
// that few nodes have, so that its pods do not heap up on one.
import { normalizeImageName } from '#lib/oci-archive.ts'
import { maxScore, type Plugin } from '../framework.ts'
import type { Snapshot } from '../snapshot.ts'

const mebibyte = 1024 * 1024
const leastBytes = 23 * mebibyte
const mostBytesPerContainer = 1000 * mebibyte

interface Wanted {
  readonly images: readonly { readonly name: string; readonly spread: number }[]
  readonly containers: number
}

function spreadOf(name: string, snapshot: Snapshot): number {
  let having = 0
  for (const node of snapshot.nodes) if (node.images.has(name)) having++
  return having / snapshot.size
}

export const imageLocality: Plugin = {
  name: 'ImageLocality',
  wakes: [],
  score: {
    weight: 1,
    prepare: ({ pod }, snapshot): Wanted | undefined => {
      const names = pod.spec.containers.map((c) => normalizeImageName(c.image ?? ''))
      const images = names
        .map((name) => ({ name, spread: spreadOf(name, snapshot) }))
        .filter(({ spread }) => spread > 0)
      // Images that every node has, or none, make no difference.
      return images.every(({ spread }) => spread === 1) ? undefined : { images, containers: names.length }
    },
    of: (_pod, node, { images, containers }: Wanted) => {
      let sizeBytes = 0
      for (const { name, spread } of images) sizeBytes += (node.images.get(name) ?? 0) * spread
      const most = mostBytesPerContainer * containers
      return Math.floor(
        (maxScore * (Math.min(Math.max(sizeBytes, leastBytes), most) - leastBytes)) / (most - leastBytes),
      )
    },
  },
}
