// Runs compiled rules on a value, in upstream's order and words. Everything costs something, and all rules of a
// request together have a budget: who writes a rule cannot make the server work without end. Rules about a change run
// where an old value can be told; what has not changed is warned of, not refused.

import { costLimits, type Outcome, type Program } from '#api/cel/cel.ts'
import { isObject, own } from '#lib/json.ts'
import { FieldErrors } from '../field-errors.ts'
import { byKeys, type Correlated } from './correlation.ts'
import type { Rule, RuleNode } from './rules.ts'

export interface RuleRun {
  readonly errors: FieldErrors
  /** What would have been an error, had it not been so before. */
  readonly warnings: string[]
  /** Negative: nothing is run any more. */
  budget: number
}

export const ruleRun = (errors: FieldErrors): RuleRun => ({ errors, warnings: [], budget: costLimits.runtime })

/** The nearest value above that can be compared stands in for one that cannot. */
interface Ratchet {
  readonly here: Correlated | undefined
  readonly above: Correlated | undefined
}

/** What rules look at. */
export interface Looked {
  readonly value: unknown
  /** Undefined where nothing stood. */
  readonly old: unknown
  /** Where that is; empty for the object as a whole. */
  readonly at: string
}

/** `correlated` where what has not changed is let go. */
export function runRules(node: RuleNode, looked: Looked, run: RuleRun, correlated?: Correlated): void {
  walk(node, { ...looked, ratchet: { here: correlated, above: undefined } }, run)
}

interface Place extends Looked {
  readonly ratchet: Ratchet
}

function walk(node: RuleNode, place: Place, run: RuleRun): void {
  const { value } = place
  if (value === null || value === undefined) return
  runHere(node, place.old === null ? { ...place, old: undefined } : place, run)
  if (run.budget < 0) return
  if (Array.isArray(value)) walkList(node, value, place, run)
  else if (isObject(value)) walkObject(node, value, place, run)
}

function walkList({ node, items }: RuleNode, value: readonly unknown[], place: Place, run: RuleRun): void {
  if (!items) return
  const { old, at, ratchet } = place
  const before = byKeys(node, old)
  const { here } = ratchet
  const counterpart = here?.counterparts()
  for (let i = 0; i < value.length && run.budget >= 0; i++) {
    const below = here ? { here: here.item(i, counterpart), above: here } : ratchet
    walk(items, { value: value[i], old: before?.(value[i], i), at: `${at}[${i}]`, ratchet: below }, run)
  }
}

function walkObject(
  { values, properties }: RuleNode,
  value: Readonly<Record<string, unknown>>,
  { old, at, ratchet }: Place,
  run: RuleRun,
): void {
  const before = isObject(old) ? old : undefined
  const inside = (name: string, of: unknown, place: string): Place => ({
    value: of,
    old: before && own(before, name),
    at: place,
    ratchet: ratchetOf(ratchet, name),
  })
  if (values) {
    for (const name of Object.keys(value)) {
      if (run.budget < 0) return
      walk(values, inside(name, value[name], `${at}[${name}]`), run)
    }
  }
  for (const [name, node] of properties) {
    if (run.budget < 0) return
    const member = own(value, name)
    if (member !== undefined) walk(node, inside(name, member, at === '' ? name : `${at}.${name}`), run)
  }
}

function ratchetOf(ratchet: Ratchet, name: string): Ratchet {
  const { here, above } = ratchet
  if (!here) return ratchet
  // Both are shown in the same version, so that a change of it would not be seen.
  if (!above && (name === 'apiVersion' || name === 'kind')) return { here: undefined, above: undefined }
  return { here: here.member(name), above: here }
}

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

function runHere({ node, rules }: RuleNode, place: Place, run: RuleRun): void {
  if (rules.length === 0) return
  const { value, old } = place
  const at = place.at === '' ? nowhere : place.at
  const refuse = (detail: string) => run.errors.invalid(at, node.type, detail)
  if (run.budget <= 0) {
    refuse(outOfBudget)
    run.budget = -1
    return
  }
  for (const rule of rules) {
    const { test, declared } = rule
    if (!test.program) {
      refuse(`rule compile error: ${test.problem}`)
      continue
    }
    if (test.usesOldSelf && old === undefined && !declared.optionalOldSelf) continue
    const outcome = evaluate(test.program, value, old, declared)
    if (outcome.cost > run.budget) {
      refuse(outOfBudget)
      run.budget = -1
      return
    }
    run.budget -= outcome.cost
    if (outcome.error !== undefined) {
      refuse(failure(outcome.error, rule))
      if (isOverLimit(outcome.error)) run.budget = -1
      if (run.budget < 0) return
    } else if (outcome.value !== true) {
      complain(rule, node.type, place, run)
      if (run.budget < 0) return
    }
  }
}

/** What is wrong as a whole has no field. */
const nowhere = '<nil>'

/** An optional old value that is not there is null. */
const evaluate = (program: Program, self: unknown, old: unknown, { optionalOldSelf }: Rule['declared']): Outcome =>
  program.run({ self, oldSelf: optionalOldSelf ? (old ?? null) : old }, { costLimit: costLimits.perCall })

const isOverLimit = (error: string): boolean => error.startsWith('operation cancelled: actual cost limit exceeded')

/** What a rule is called in errors. */
const titleOf = ({ declared: { message = '', rule = '' } }: Rule): string => (message !== '' ? message : rule).trim()

function failure(error: string, rule: Rule): string {
  const title = titleOf(rule)
  if (error.startsWith('no such overload')) {
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${title}`
  }
  if (isOverLimit(error)) {
    return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${title}`
  }
  return `${error} evaluating rule: ${title}`
}

function complain(rule: Rule, type: string, place: Place, run: RuleRun): void {
  const { declared, fieldPath, test } = rule
  const { here, above } = place.ratchet
  const within = place.at === '' ? fieldPath : `${place.at}.${fieldPath}`
  const at = fieldPath === '' ? place.at || nowhere : within
  const said = messageOf(rule, place, run)
  const found = new FieldErrors()
  if (said.fatal) found.invalid(at, type, said.text)
  else add(found, at, type, said.text, declared.reason)
  const unchanged = !test.usesOldSelf && ((here ?? above)?.unchanged ?? false)
  for (const { reason, field, message } of found.all) {
    if (unchanged) run.warnings.push(`${field}: ${message}`)
    else run.errors.add(reason, field, message)
  }
}

function add(errors: FieldErrors, at: string, type: string, detail: string, reason: string | undefined): void {
  if (reason === 'FieldValueForbidden') errors.forbidden(at, detail)
  else if (reason === 'FieldValueRequired') errors.required(at, detail)
  else if (reason === 'FieldValueDuplicate') errors.duplicate(at, type)
  else errors.invalid(at, type, detail)
}

const longestMessageBytes = 5 * 1024

/** What the rule's expression says; where that fails, what is declared. `fatal`: it has used the budget up. */
function messageOf(rule: Rule, { value, old }: Place, run: RuleRun): { text: string; fatal?: boolean } {
  const { message = '', messageExpression = '' } = rule.declared
  const declared = message === '' ? `failed rule: ${titleOf(rule)}` : message.trim()
  const program = rule.message?.program
  const tellsOld = rule.message?.usesOldSelf && !rule.declared.optionalOldSelf
  if (!program || (tellsOld && old === undefined)) return { text: declared }
  const outcome = evaluate(program, value, old, rule.declared)
  if (outcome.cost > run.budget) {
    run.budget = -1
    const text =
      'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run'
    return { text, fatal: true }
  }
  if (outcome.error !== undefined && isOverLimit(outcome.error)) {
    run.budget = -1
    const text = `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${JSON.stringify(messageExpression)}`
    return { text, fatal: true }
  }
  run.budget -= outcome.cost
  const text = typeof outcome.value === 'string' ? outcome.value.trim() : ''
  const good = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= longestMessageBytes
  return { text: good ? text : declared }
}
