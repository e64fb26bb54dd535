// Whether the defaults in a schema are values that it would take: otherwise objects would be refused for what nobody
// has written. Told of the definition, beside its other errors.

import { equalJson } from '#lib/json.ts'
import { type SchemaToCheck, useSchemaCheck } from '../apiextensions/schema-check.ts'
import { FieldErrors, type Path } from '../field-errors.ts'
import { compileRules } from './rules.ts'
import { ruleRun, runRules } from './run-rules.ts'
import { pruned, type Structural, structuralOf } from './structural.ts'
import { validateValue } from './validate-value.ts'

function checkDefaults({ schema, path, before }: SchemaToCheck, errors: FieldErrors): void {
  if (before && equalJson(before, schema)) return
  walk(structuralOf(schema), path, errors)
}

function walk(node: Structural, path: Path, errors: FieldErrors): void {
  const { default: value } = node.source
  if (value !== undefined) checkDefault(node, value, path.child('default'), errors)
  for (const [name, of] of node.properties) walk(of, path.child('properties').key(name), errors)
  if (node.items) walk(node.items, path.child('items'), errors)
  if (node.values && node.values !== true) walk(node.values, path.child('additionalProperties'), errors)
}

function checkDefault(node: Structural, value: unknown, path: Path, errors: FieldErrors): void {
  const found = new FieldErrors()
  const unknown: string[] = []
  pruned(node, value, (steps) => unknown.push(steps.join('.')))
  if (unknown.length > 0) errors.invalid(path, value, `must not have unknown fields: ${unknown.join(', ')}`)
  validateValue(node, value, undefined, '', found)
  if (!found.any) checkRulesOf(node, value, found)
  for (const { reason, field, message } of found.all) {
    errors.add(reason, field === '' || field === '<nil>' ? path : `${path}.${field}`, message)
  }
}

/** Of rules that do not compile others tell. */
function checkRulesOf(node: Structural, value: unknown, errors: FieldErrors): void {
  const rules = compileRules(node, false)
  if (!rules) return
  const run = ruleRun(new FieldErrors())
  runRules(rules, { value, old: value, at: '' }, run)
  for (const { reason, field, message } of run.errors.all) {
    if (!message.includes('rule compile error: ')) errors.add(reason, field, message)
  }
}

useSchemaCheck(checkDefaults)
