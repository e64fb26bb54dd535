// The program's source files, for tests that guard its structure.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Source {
  /** Below src/, with forward slashes, as in `dns/answer.ts`. */
  readonly path: string
  readonly text: string
}

const folder = fileURLToPath(new URL('../src', import.meta.url))

/** Tests, their shared cases and what is made for them alone may do what the program may not. */
export const isForTests = (path: string): boolean =>
  /\.(test|cases|bench)\.ts$|\.crash-writer\.ts$|(^|\/)testing(-[a-z0-9-]+)?(\.ts$|\/)/.test(path)

export const sources = (): readonly Source[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !isForTests(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))

/** Without comments, so that a file may speak of what it must not do. Good enough for our own style of code. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
