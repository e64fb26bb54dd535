// Regular expressions that strangers have written, in Go's syntax: matched in time that grows with the text and not
// beyond, so that no pattern and no text can hold the server up. A definition uses the same few again and again, so
// they are compiled once.

import type { RE2JS } from '@bufbuild/re2'
import { re2 } from '#lib/libraries.ts'

const rememberedPatterns = 2000
const known = new Map<string, RE2JS | undefined>()

/** What is no pattern matches nothing; a definition with one is refused before. */
export function matchesPattern(source: string, text: string): boolean {
  if (!known.has(source)) {
    if (known.size >= rememberedPatterns) known.clear()
    known.set(source, compiled(source))
  }
  return known.get(source)?.test(text) ?? false
}

/** What is wrong with a pattern, as Go says it; undefined if it is good. */
export function patternProblem(source: string): string | undefined {
  try {
    ;new (re2().RE2JS)(source)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function compiled(source: string): RE2JS | undefined {
  try {
    return new (re2().RE2JS)(source)
  } catch {
    return undefined
  }
}
