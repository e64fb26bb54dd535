// Selectors of labels and of fields: what parses can be written and parsed again, and matches the same.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseFieldSelector } from '#api/field-selector.ts'
import { parseSelector, scaleSelector, selectorOf } from '#api/labels.ts'
import { type Area, area, attempt } from './law.ts'
import { mutatedText, strangeKey } from './values.ts'

const word = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'a.b/c',
    'A_b',
    '1',
    '-1',
    '+1',
    '9999999999999999999',
    '-9223372036854775809',
    'in',
    'notin',
  ),
  fc.constantFrom('exists', '', ' ', '__proto__', 'constructor', 'x'.repeat(64), 'a/b/c', '-', '.a', 'é', '\u0000'),
)
const labels = fc.dictionary(fc.oneof(word, strangeKey), word, { maxKeys: 4, noNullPrototype: true })

const term = fc.oneof(
  fc.tuple(word, fc.constantFrom('=', '==', '!=', '>', '<', ' = ', ' in ', ' notin '), word).map((t) => t.join('')),
  fc
    .tuple(word, fc.constantFrom(' in ', ' notin ', ' in', '!in '), fc.array(word, { maxLength: 3 }))
    .map(([key, op, values]) => `${key}${op}(${values.join(',')})`),
  fc.tuple(fc.constantFrom('', '!', '! ', '!!'), word).map((t) => t.join('')),
)
const text = fc
  .tuple(fc.array(term, { maxLength: 4 }), fc.constantFrom(',', ', ', ' ,', ',,', '\t,\n'))
  .map(([terms, comma]) => terms.join(comma))

const fieldTerm = fc
  .tuple(
    fc.oneof(fc.constantFrom('metadata.name', 'spec.nodeName', 'status.phase', ''), strangeKey),
    fc.constantFrom('=', '==', '!=', '===', '!', ''),
    fc.oneof(word, fc.constantFrom('\\,', '\\=', '\\\\', '\\', 'a\\,b', '=', ',', 'a=b', '\\n')),
  )
  .map((t) => t.join(''))

function checkFields(given: string): void {
  const selector = attempt(() => parseFieldSelector(given))
  if (!selector) return
  const again = parseFieldSelector(selector.toString())
  assert.deepEqual(again.requirements, selector.requirements)
  assert.equal(again.toString(), selector.toString())
}

function checkLabels(given: string, on: Readonly<Record<string, string>>): void {
  const selector = attempt(() => parseSelector(given))
  if (!selector) return
  const again = parseSelector(selector.toString())
  assert.equal(again.toString(), selector.toString())
  assert.equal(again.matches(on), selector.matches(on))
}

export const selectors = async (): Promise<Area> =>
  area([
    {
      name: 'a label selector is refused, or is the same once written',
      runs: 300,
      property: fc.property(fc.oneof(text, mutatedText(text)), labels, checkLabels),
    },
    {
      name: 'a field selector is refused, or is the same once written',
      runs: 300,
      property: fc.property(
        fc.oneof(
          fc.array(fieldTerm, { maxLength: 3 }).map((terms) => terms.join(',')),
          mutatedText(fc.array(fieldTerm, { maxLength: 3 }).map((terms) => terms.join(','))),
        ),
        checkFields,
      ),
    },
    {
      name: 'a LabelSelector is refused, or matches as its text does',
      runs: 200,
      property: fc.property(
        fc.record(
          {
            matchLabels: labels,
            matchExpressions: fc.array(
              fc.record({
                key: word,
                operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', ''),
                values: fc.array(word, { maxLength: 3 }),
              }),
              { maxLength: 3 },
            ),
          },
          { requiredKeys: [] },
        ),
        labels,
        (given, on) => {
          for (const textOf of [(s: typeof given) => selectorOf(s).toString(), scaleSelector]) {
            const made = attempt(() => ({ selector: selectorOf(given), text: textOf(given) }))
            if (!made) continue
            const parsed = parseSelector(made.text)
            assert.equal(parsed.matches(on), made.selector.matches(on), made.text)
          }
        },
      ),
    },
  ])
