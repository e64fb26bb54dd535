// The images of a simulated node: what is declared of them decides how long a pull takes, and whether it succeeds.

import type { Clock } from '#lib/clock.ts'
import type { ImageBehaviour } from './behaviour.ts'
import type { Image } from './runtime.ts'

type Declared = Readonly<Record<string, ImageBehaviour>>

export class SimulatedImages {
  readonly #clock: Clock
  readonly #declared: Declared
  /** By tag. */
  readonly #present = new Map<string, Image>()

  constructor(clock: Clock, declared: Declared = {}) {
    this.#clock = clock
    this.#declared = declared
    for (const [name, image] of Object.entries(declared)) if (image.present) this.#add(name)
  }

  /** What is said of an image; nothing is said of most. */
  behaviour(name: string): ImageBehaviour {
    return this.#declared[name] ?? this.#declared[tagged(name)] ?? {}
  }

  list(): readonly Image[] {
    return [...this.#present.values()]
  }

  /** By name or id. */
  find(name: string): Image | undefined {
    return this.#present.get(tagged(name)) ?? this.list().find((image) => image.id === name)
  }

  async pull(name: string): Promise<string> {
    const { pullMs = 0, pullError } = this.behaviour(name)
    if (pullMs > 0) await this.#clock.sleep(pullMs)
    if (pullError !== undefined) throw new Error(pullError)
    return this.#add(name).id
  }

  remove(id: string): void {
    for (const [tag, image] of this.#present) if (image.id === id) this.#present.delete(tag)
  }

  #add(name: string): Image {
    const { sizeBytes = 2 ** 20, uid, username } = this.behaviour(name)
    const tag = tagged(name)
    const id = `sha256:${Buffer.from(tag).toString('hex').padEnd(64, '0').slice(-64)}`
    const image: Image = {
      id,
      tags: [tag],
      digests: [`${tag.replace(/:[^/:]*$/, '')}@${id}`],
      sizeBytes,
      uid,
      username,
      pinned: false,
    }
    this.#present.set(tag, image)
    return image
  }
}

/** With the tag that is meant when none is given. */
const tagged = (name: string): string => (/[:@][^/]*$/.test(name) ? name : `${name}:latest`)
