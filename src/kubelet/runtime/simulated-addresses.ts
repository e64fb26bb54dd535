// The pod addresses of a simulated node: one of its range for each sandbox, in turn, as host-local gives them out.

const defaultCidr = '10.244.0.0/24'

export class SimulatedAddresses {
  readonly #range: () => string | undefined
  readonly #taken = new Set<string>()
  #lastHost = 1

  /** The range may become known later, and is asked for each time. */
  constructor(range: () => string | undefined = () => undefined) {
    this.#range = range
  }

  /** The next that is free. */
  take(): string {
    const [base = '', bits = '24'] = (this.#range() ?? defaultCidr).split('/')
    const [a = 0, b = 0, c = 0, d = 0] = base.split('.').map(Number)
    const start = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d
    const size = 2 ** (32 - Number(bits))
    for (let tries = 0; tries < size; tries++) {
      // The first is the network, the second the node's bridge, the last the broadcast address.
      this.#lastHost = this.#lastHost + 1 >= size - 1 ? 2 : this.#lastHost + 1
      const n = start + this.#lastHost
      const ip = [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.')
      if (this.#taken.has(ip)) continue
      this.#taken.add(ip)
      return ip
    }
    throw new Error(`No free address in ${base}/${bits}`)
  }

  giveBack(ip: string): void {
    this.#taken.delete(ip)
  }
}
