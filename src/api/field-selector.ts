// Field selectors, `spec.nodeName=a,status.phase!=Running`: their text, and which objects match. Which fields a
// kind knows is declared on the kind. Texts are upstream's (k8s.io/apimachinery/pkg/fields).

import type { AnyKind, ApiObject } from './kind.ts'
import { SelectorError } from './labels.ts'
import { badRequest } from './status-error.ts'

export interface FieldRequirement {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

export class FieldSelector {
  readonly requirements: readonly FieldRequirement[]
  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements
  }

  static readonly everything: FieldSelector = new FieldSelector([])

  get matchesEverything(): boolean {
    return this.requirements.length === 0
  }

  /** The value that the field must have: what an index, or a read by name, can use. */
  exactValue(field: string): string | undefined {
    return this.requirements.find((r) => r.field === field && r.operator === '=')?.value
  }

  /** The kind must know all fields; see `checkFieldSelector`. */
  matches(kind: AnyKind, object: ApiObject): boolean {
    for (const { field, operator, value } of this.requirements) {
      if ((fieldValue(kind, object, field) === value) !== (operator === '=')) return false
    }
    return true
  }

  toString(): string {
    return this.requirements.map((r) => `${r.field}${r.operator}${escape(r.value)}`).join(',')
  }
}

const escape = (value: string): string => value.replace(/[\\,=]/g, '\\$&')

function fieldValue(kind: AnyKind, object: ApiObject, field: string): string | undefined {
  if (field === 'metadata.name') return object.metadata.name ?? ''
  if (field === 'metadata.namespace') return object.metadata.namespace ?? ''
  return Object.hasOwn(kind.selectableFields, field) ? kind.selectableFields[field]?.(object) : undefined
}

/** Throws a SelectorError. */
export function parseFieldSelector(text: string): FieldSelector {
  if (text === '') return FieldSelector.everything
  const requirements: FieldRequirement[] = []
  for (const term of splitTerms(text)) {
    if (term === '') continue
    const match = /^((?:[^=!\\]|![^=]|\\.)*?)(!=|==|=)(.*)$/s.exec(term)
    if (!match) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`)
    const [, field = '', operator, value = ''] = match
    requirements.push({ field, operator: operator === '!=' ? '!=' : '=', value: unescape(value) })
  }
  requirements.sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0))
  return new FieldSelector(requirements)
}

/** At commas that no backslash stands before. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      terms.push(text.slice(start, i))
      start = i + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

function unescape(value: string): string {
  if (!/[\\,=]/.test(value)) return value
  let out = ''
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string
    if (char === '\\') {
      const next = value[++i]
      if (next === undefined || !'\\,='.includes(next)) {
        throw new SelectorError(`invalid field selector: invalid escape sequence: \\${next ?? ''}`)
      }
      out += next
    } else if (char === ',' || char === '=') {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`)
    } else out += char
  }
  return out
}

/** Refuses fields that the kind does not know, in the words that upstream has for such a kind. */
export function checkFieldSelector(kind: AnyKind, selector: FieldSelector): void {
  for (const { field } of selector.requirements) {
    if (field === 'metadata.name' || field === 'metadata.namespace') continue
    if (Object.hasOwn(kind.selectableFields, field)) continue
    throw badRequest(
      Object.keys(kind.selectableFields).length === 0
        ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${field}`,
    )
  }
}
