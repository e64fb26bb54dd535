// Why a process of ours has ended, from the end of its log: an error is a plain line, everything else is a line of
// JSON.

interface Entry {
  readonly msg?: string
  readonly error?: unknown
}

function parsed(line: string): Entry | undefined {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as Entry) : undefined
  } catch {
    // A line that begins like JSON may still be another program's.
    return undefined
  }
}

function entryText({ msg = '', error }: Entry): string {
  if (error === undefined) return msg
  const text = typeof error === 'string' ? error : (error as { message?: string } | null)?.message
  return text === undefined ? msg : `${msg}: ${text}`
}

const mostLines = 3

/** The plain lines at the end of a log, or what its last entry says. Empty for an empty log. */
export function lastWords(log: string): string {
  const lines = log.trim().split('\n').slice(-mostLines)
  const plain: string[] = []
  for (const line of lines.reverse()) {
    const entry = parsed(line)
    if (entry && plain.length === 0) return entryText(entry)
    if (entry) break
    plain.unshift(line.replace(/^error: /, ''))
  }
  return plain.join('\n')
}
