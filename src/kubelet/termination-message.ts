// A container's last words: what it wrote to its terminationMessagePath, or the end of its log where it has
// failed and wants that. Bounds are upstream's: 4096 bytes of a file, 2048 bytes or 80 lines of a log.

import { terminationPath } from './container-config.ts'
import type { Files } from './files.ts'
import { terminationPathAnnotation, terminationPolicyAnnotation } from './labels.ts'
import { parseLogLine } from './log-format.ts'
import type { ObservedContainer } from './observed.ts'

const mostFileBytes = 4096
const mostLogBytes = 2048
const mostLogLines = 80

export async function terminationMessage(files: Files, podDir: string, container: ObservedContainer): Promise<string> {
  const { annotations, name, restartCount, exitCode, message } = container
  const said = annotations[terminationPathAnnotation]
    ? await readHead(files, terminationPath(podDir, name, restartCount))
    : ''
  if (said !== '') return said
  if (
    exitCode !== 0 &&
    annotations[terminationPolicyAnnotation] === 'FallbackToLogsOnError' &&
    container.logPath !== ''
  )
    return logEnd(files, container.logPath)
  return message
}

async function readHead(files: Files, path: string): Promise<string> {
  const file = await files.open(path)
  if (!file) return ''
  try {
    return Buffer.from(await file.read(0, mostFileBytes)).toString()
  } finally {
    await file.close()
  }
}

async function logEnd(files: Files, path: string): Promise<string> {
  const file = await files.open(path)
  if (!file) return ''
  try {
    const { sizeBytes } = await file.stat()
    // Each line carries its time and stream beside the text.
    const windowBytes = mostLogBytes + mostLogLines * 64
    const bytes = await file.read(Math.max(0, sizeBytes - windowBytes), windowBytes)
    const lines = Buffer.from(bytes)
      .toString('latin1')
      .split('\n')
      .slice(-mostLogLines - 1)
    const texts = lines.flatMap((line) => {
      const record = parseLogLine(Buffer.from(line, 'latin1'))
      return record ? [`${Buffer.from(record.text).toString()}${record.partial ? '' : '\n'}`] : []
    })
    return texts.join('').slice(-mostLogBytes)
  } finally {
    await file.close()
  }
}
