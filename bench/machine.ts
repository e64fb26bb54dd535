// What the machine offers to benches that need more than a processor.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

export const isRoot = (): boolean => process.platform === 'linux' && process.getuid?.() === 0

/** Administrators' programs are not on everybody's path. */
export const isOnPath = (name: string): boolean =>
  `${process.env.PATH ?? ''}:/usr/sbin:/sbin`.split(':').some((dir) => existsSync(join(dir, name)))
