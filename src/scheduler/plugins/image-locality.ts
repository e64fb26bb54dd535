// Prefers nodes that have the pod's images already, the more so the larger they are; a little less for an image
// that few nodes have, so that its pods do not heap up on one.
import { normalizeImageName } from '#lib/image-name.ts'
import { maxScore, type Plugin } from '../framework.ts'

const mebibyte = 1024 * 1024
const leastBytes = 23 * mebibyte
const mostBytesPerContainer = 1000 * mebibyte

interface Wanted {
  /** `spread`: the share of all nodes that have the image. */
  readonly images: readonly { readonly name: string; readonly spread: number }[]
  readonly mostBytes: number
}

export const imageLocality: Plugin = {
  name: 'ImageLocality',
  wakes: [],
  score: {
    weight: 1,
    prepare: ({ pod: { spec } }, snapshot): Wanted | undefined => {
      const containers = [...(spec.initContainers ?? []), ...spec.containers]
      const images = containers.flatMap(({ image }) => {
        const name = normalizeImageName(image ?? '')
        const having = snapshot.nodesWithImage(name)
        return having === 0 ? [] : [{ name, spread: having / snapshot.size }]
      })
      return images.length === 0 ? undefined : { images, mostBytes: mostBytesPerContainer * containers.length }
    },
    of: (_pod, node, { images, mostBytes }: Wanted) => {
      let bytes = 0
      for (const { name, spread } of images) bytes += Math.floor((node.images.get(name) ?? 0) * spread)
      const counted = Math.min(Math.max(bytes, leastBytes), mostBytes)
      return Math.floor((maxScore * (counted - leastBytes)) / (mostBytes - leastBytes))
    },
  },
}
