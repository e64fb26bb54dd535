// Regular expressions of RE2's syntax in time linear in the text. The library answers whether there is a match;
// where it is, leftmost and by the pattern's preference, is found by stepping through its compiled program here.

import type { RE2JS } from '@bufbuild/re2'
import { re2 } from '#lib/libraries.ts'
import { Lru } from '#lib/lru.ts'
import { addWork, CelError } from './values.ts'

const compiled = new Lru<string, RE2JS>({ maxEntries: 512 })
const maxPattern = 10_000
/** A step per instruction and character is the worst there is, as in `(.*){1000}` on a long text. */
const maxInstructions = 20_000

/** Throws a CelError where the pattern is bad. */
export function regex(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  if (pattern.length > maxPattern) throw new CelError('error parsing regexp: expression too large')
  let made: RE2JS
  try {
    made = new (re2().RE2JS)(pattern)
  } catch (error) {
    throw new CelError(error instanceof Error ? error.message : String(error))
  }
  if (made.re2().prog.numInst() > maxInstructions) throw new CelError('error parsing regexp: expression too large')
  compiled.set(pattern, made)
  return made
}

/** What is wrong with a pattern, or undefined. */
export function regexProblem(pattern: string): string | undefined {
  try {
    regex(pattern)
    return undefined
  } catch (error) {
    if (error instanceof CelError) return error.message
    throw error
  }
}

export function matches(text: string, pattern: string): boolean {
  const found = regex(pattern)
  addWork(text.length + 1)
  return found.test(text)
}

export interface Match {
  readonly start: number
  readonly end: number
}

const op = { alt: 1, altMatch: 2, capture: 3, emptyWidth: 4, fail: 5, match: 6, nop: 7 } as const

/** The leftmost match at or after `from`, the preferred one of those that begin there. */
export function find(text: string, pattern: string, from = 0): Match | undefined {
  const { prog } = regex(pattern).re2()
  let threads: { pc: number; start: number }[] = []
  let best: Match | undefined
  for (let at = from; ; ) {
    const rune = at < text.length ? (text.codePointAt(at) as number) : -1
    const context = surroundings(text, at, rune)
    const seen = new Set<number>()
    const ready: { pc: number; start: number }[] = []
    for (const { pc, start } of threads) follow(prog, pc, start, context, seen, ready)
    if (!best) follow(prog, prog.start, at, context, seen, ready)
    addWork(ready.length + 1)
    threads = []
    for (const { pc, start } of ready) {
      const instruction = prog.getInst(pc)
      if (instruction.op === op.match) {
        best = { start, end: at }
        break
      }
      if (rune !== -1 && matchesRune(instruction, rune)) threads.push({ pc: instruction.out, start })
    }
    if (rune === -1 || (best && threads.length === 0)) return best
    at += rune > 0xffff ? 2 : 1
  }
}

type Program = ReturnType<RE2JS['re2']>['prog']
type Instruction = ReturnType<Program['getInst']>

const runeAny = 10
const runeAnyNotNewline = 11
const matchesRune = (instruction: Instruction, rune: number): boolean =>
  instruction.op === runeAny || (instruction.op === runeAnyNotNewline ? rune !== 10 : instruction.matchRune(rune))

/** Follows what consumes nothing, in order of preference, without recursion. */
function follow(
  prog: Program,
  first: number,
  start: number,
  context: number,
  seen: Set<number>,
  ready: { pc: number; start: number }[],
): void {
  const stack = [first]
  for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
    if (seen.has(pc)) continue
    seen.add(pc)
    const instruction = prog.getInst(pc)
    switch (instruction.op) {
      case op.alt:
      case op.altMatch:
        stack.push(instruction.arg, instruction.out)
        break
      case op.capture:
      case op.nop:
        stack.push(instruction.out)
        break
      case op.emptyWidth:
        if ((instruction.arg & ~context) === 0) stack.push(instruction.out)
        break
      case op.fail:
        break
      default:
        ready.push({ pc, start })
    }
  }
}

const isWord = (rune: number): boolean =>
  (rune >= 48 && rune <= 57) || (rune >= 65 && rune <= 90) || rune === 95 || (rune >= 97 && rune <= 122)

/** Which of `^ $ \A \z \b \B` hold here, as RE2's flags. */
function surroundings(text: string, at: number, rune: number): number {
  const before = at === 0 ? -1 : text.charCodeAt(at - 1)
  let flags = 0
  if (before === -1) flags |= 1 | 4
  if (before === 10) flags |= 1
  if (rune === -1) flags |= 2 | 8
  if (rune === 10) flags |= 2
  return flags | (isWord(before) !== isWord(rune) ? 16 : 32)
}

export function findAll(text: string, pattern: string, limit: number): readonly string[] {
  const found: string[] = []
  let previousEnd = -1
  for (let at = 0; at <= text.length && (limit < 0 || found.length < limit); ) {
    const match = find(text, pattern, at)
    if (!match) break
    const empty = match.end === match.start
    // Go leaves out an empty match that touches the one before.
    if (!empty || match.start !== previousEnd) found.push(text.slice(match.start, match.end))
    previousEnd = match.end
    at = empty ? match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1) : match.end
  }
  return found
}
