// Paths to fields as definitions name them: `.spec.color`, and `.spec['a.b']` where that is allowed. They lead along
// what a schema declares.

import type { JSONSchemaProps } from './json-schema.ts'
import { valuesOf } from './validate-structural.ts'

export interface FoundPath {
  /** What is wrong with the path; undefined if it leads to a field. */
  readonly problem?: string
  readonly steps: readonly string[]
  /** What is declared there. */
  readonly schema?: JSONSchemaProps
}

/** A quoted text, one of the three marks, or what stands between them. */
const token = /'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g

export function fieldPathProblem(path: string, root: JSONSchemaProps, brackets = true): FoundPath {
  const tokens = path.match(token) ?? []
  const steps: string[] = []
  const wrong = (problem: string): FoundPath => ({ problem, steps })
  let schema = root
  for (let i = 0; i < tokens.length; ) {
    const mark = tokens[i++]
    let step = tokens[i++]
    if (mark !== '.' && mark !== '[') return wrong(`expected [ or . but got: ${mark}`)
    if (mark === '[' && !brackets) return wrong('array notation is not allowed')
    if (step === undefined) return wrong('unexpected end of JSON path')
    if (mark === '[') {
      if (!/^'.*'$/s.test(step)) return wrong(`expected single quoted string but got ${step}`)
      step = step.slice(1, -1).replace(/\\(.)/gs, '$1')
      const end = tokens[i++]
      if (end === undefined) return wrong('unexpected end of JSON path')
      if (end !== ']') return wrong(`expected ] but got ${end}`)
    }
    const next = schema.properties ? schema.properties[step] : valuesOf(schema)
    if (!next) return wrong('does not refer to a valid field')
    steps.push(step)
    schema = next
  }
  return { steps, schema }
}
