// What clients ask for in the queries of exec, attach and log, in the words of the agent.

import { isTrue } from '../options.ts'

/** Of exec and attach. */
export function streamQuery(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams()
  for (const [ours, theirs] of [
    ['stdin', 'input'],
    ['stdout', 'output'],
    ['stderr', 'error'],
    ['tty', 'tty'],
  ] as const) {
    if (isTrue(query.get(ours))) asked.set(theirs, '1')
  }
  for (const part of query.getAll('command')) asked.append('command', part)
  return asked
}

export function logQuery(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams(query)
  asked.delete('container')
  for (const name of ['follow', 'previous', 'timestamps']) {
    if (isTrue(query.get(name))) asked.set(name, 'true')
    else asked.delete(name)
  }
  return asked
}
