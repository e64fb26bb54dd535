// Records of requests on standard output, a line of JSON each, for whoever collects the output of the server. Those
// that come together are written together.

import type { LogFile } from './log-file.ts'

const longestQueue = 10_000

export function openLogStream(write: (text: string) => void): LogFile {
  let queue: (() => object)[] = []
  let written = 0
  let dropped = 0
  let closed = false
  const drain = (): void => {
    const batch = queue
    queue = []
    if (batch.length === 0) return
    write(batch.map((make) => `${JSON.stringify(make())}\n`).join(''))
    written += batch.length
  }
  return {
    get written() {
      return written
    },
    get dropped() {
      return dropped
    },
    offer: (make) => {
      if (closed || queue.length >= longestQueue) {
        dropped++
        return false
      }
      if (queue.push(make) === 1) queueMicrotask(drain)
      return true
    },
    keep: async (make) => {
      if (closed) return false
      write(`${JSON.stringify(make())}\n`)
      written++
      return true
    },
    close: async () => {
      drain()
      closed = true
    },
  }
}
