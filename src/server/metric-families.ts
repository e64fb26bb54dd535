// What is counted: families of values, told apart by labels. Who counts often keeps the value itself, as a Histogram;
// names and text are made when somebody asks for /metrics (metrics.ts).

import { Lru } from '#lib/lru.ts'

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number | Histogram
}

export interface Family {
  readonly name: string
  /** `gauge` unless given. */
  readonly type?: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Read when asked for. */
  readonly values: () => Iterable<Sample>
}

export class Histogram {
  readonly limits: readonly number[]
  /** Of each limit: what is above the one before and not above it. */
  readonly counts: number[]
  count = 0
  sum = 0

  constructor(limits: readonly number[]) {
    this.limits = limits
    this.counts = limits.map(() => 0)
  }

  observe(value: number): void {
    this.count++
    this.sum += value
    for (let i = 0; i < this.limits.length; i++) {
      if (value > this.limits[i]!) continue
      this.counts[i]!++
      return
    }
  }
}

export interface FamilyOptions {
  readonly name: string
  readonly help: string
  /** Beyond it, what was not counted for longest is forgotten: for labels that somebody outside may choose. */
  readonly maxSeries?: number
}

abstract class Series<V> {
  readonly name: string
  readonly help: string
  readonly #all: Lru<string, { readonly labels: Labels; value: V }>

  constructor({ name, help, maxSeries = Number.POSITIVE_INFINITY }: FamilyOptions) {
    this.name = name
    this.help = help
    this.#all = new Lru({ maxEntries: maxSeries })
  }

  readonly values = (): Iterable<{ readonly labels: Labels; value: V }> => this.#all.values()

  protected at(labels: Labels, first: () => V): { value: V } {
    const key = Object.values(labels).join('\n')
    const known = this.#all.get(key)
    if (known) return known
    const made = { labels, value: first() }
    this.#all.set(key, made)
    return made
  }
}

/** All labels of a family have the same names, in the same order. */
export class Counters extends Series<number> {
  readonly type = 'counter'

  /** To be kept by who counts often. */
  of(labels: Labels): { value: number } {
    return this.at(labels, () => 0)
  }

  add(labels: Labels, more = 1): void {
    this.of(labels).value += more
  }
}

export class Histograms extends Series<Histogram> {
  readonly type = 'histogram'
  readonly #limits: readonly number[]

  constructor(options: FamilyOptions & { readonly limits: readonly number[] }) {
    super(options)
    this.#limits = options.limits
  }

  /** To be kept by who observes often. */
  of(labels: Labels): Histogram {
    return this.at(labels, () => new Histogram(this.#limits)).value
  }

  observe(labels: Labels, value: number): void {
    this.of(labels).observe(value)
  }
}
