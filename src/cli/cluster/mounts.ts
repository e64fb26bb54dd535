// Unmounts whatever is left mounted below a folder, so that the folder can be removed: what is mounted last goes
// first, and what is still in use is detached.

import { readFileSync } from 'node:fs'
import type { Run } from '#lib/exec.ts'

/** Paths in mountinfo have blanks and the like as octal escapes. */
const unescape = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))

/** The mount points below `dir`, the newest first; from the text of /proc/self/mountinfo. */
export const mountsBelow = (mountinfo: string, dir: string): string[] =>
  mountinfo
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((path) => path === dir || path.startsWith(`${dir}/`))
    .reverse()

export async function unmountBelow(run: Run, dir: string): Promise<void> {
  for (const path of mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), dir)) {
    const { code } = await run('umount', [path])
    if (code !== 0) await run('umount', ['--lazy', path])
  }
}
