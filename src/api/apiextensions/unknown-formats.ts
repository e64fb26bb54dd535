// Formats in schemas that nobody checks: whoever writes one is warned, once, since the values are not what they seem
// to be. Numbers have formats of their own, which say nothing about what is allowed.

import { isKnownFormat } from '../custom/formats.ts'
import type { CustomResourceDefinitionSpec } from './custom-resource-definition-types.ts'
import type { JSONSchemaProps } from './json-schema.ts'
import { subschemas } from './validate-structural.ts'

export function formatWarnings(
  next: CustomResourceDefinitionSpec,
  old: CustomResourceDefinitionSpec | undefined,
): readonly string[] {
  const before = old ? unknownFormats(old) : new Set<string>()
  return [...unknownFormats(next)]
    .filter((format) => !before.has(format))
    .map((format) => `unrecognized format ${JSON.stringify(format)}`)
}

function unknownFormats({ versions = [] }: CustomResourceDefinitionSpec): Set<string> {
  const found = new Set<string>()
  for (const { schema } of versions) if (schema?.openAPIV3Schema) collect(schema.openAPIV3Schema, found)
  return found
}

const numbers: ReadonlySet<string> = new Set(['integer', 'number', ''])

function collect(schema: JSONSchemaProps, found: Set<string>): void {
  const { type = '', format } = schema
  if (format && !numbers.has(type) && !(type === 'string' && isKnownFormat(format))) found.add(format)
  for (const below of subschemas(schema)) collect(below, found)
}
