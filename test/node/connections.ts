// A client that makes a new connection for every question, as many a second as it is told, and counts what failed.

import { type ClientRequest, get } from 'node:http'

export const fetchText = (url: string, timeoutMs = 5000): Promise<string> =>
  new Promise((resolve, reject) => {
    const request: ClientRequest = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('error', reject)
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
      )
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    request.on('error', reject)
  })

export interface Load {
  readonly answers: () => ReadonlyMap<string, number>
  readonly failures: readonly string[]
  /** Resolves when the last question has been answered. */
  stop(): Promise<void>
}

/** Asks the addresses in turn. */
export function load(urls: readonly string[], perSecond: number): Load {
  const answers = new Map<string, number>()
  const failures: string[] = []
  const open = new Set<Promise<void>>()
  let asked = 0
  const startedMs = performance.now()
  const timer = setInterval(() => {
    // A late timer makes up for what it has missed.
    const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond)
    for (; asked < due; asked++) {
      const question = fetchText(urls[asked % urls.length]!).then(
        (text) => void answers.set(text, (answers.get(text) ?? 0) + 1),
        (error) => void failures.push(`${new Date().toISOString()} ${error.message}`),
      )
      open.add(question)
      void question.finally(() => open.delete(question))
    }
  }, 1000 / perSecond)
  return {
    answers: () => answers,
    failures,
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
    },
  }
}
