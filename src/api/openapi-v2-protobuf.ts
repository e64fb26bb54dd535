// The protobuf form of an OpenAPI version 2 document, with the field numbers of gnostic's OpenAPIv2.proto. Only
// what our documents use is written.

import type { Writer } from 'protobufjs/minimal.js'
import { protobuf } from '#lib/libraries.ts'
import type { JsonSchema } from './openapi-schema.ts'

const bytesField = (number: number): number => (number << 3) | 2
const varintField = (number: number): number => number << 3

function string(writer: Writer, number: number, value: unknown): void {
  if (typeof value === 'string' && value !== '') writer.uint32(bytesField(number)).string(value)
}
function strings(writer: Writer, number: number, values: unknown): void {
  if (Array.isArray(values)) for (const value of values) writer.uint32(bytesField(number)).string(String(value))
}
function bool(writer: Writer, number: number, value: unknown): void {
  if (value === true) writer.uint32(varintField(number)).bool(true)
}
function nested(writer: Writer, number: number, write: () => void): void {
  writer.uint32(bytesField(number)).fork()
  write()
  writer.ldelim()
}

const object = (value: unknown): JsonSchema => value as JsonSchema
const objects = (value: unknown): [string, JsonSchema][] => Object.entries((value ?? {}) as Record<string, JsonSchema>)

/** A pair of name and value, as maps are in gnostic. */
function named(writer: Writer, number: number, name: string, write: () => void): void {
  nested(writer, number, () => {
    string(writer, 1, name)
    nested(writer, 2, write)
  })
}

/** Values of any type are YAML, which JSON is. */
function anyValue(writer: Writer, value: unknown): void {
  string(writer, 2, `${JSON.stringify(value)}\n`)
}

function extensions(writer: Writer, number: number, of: JsonSchema): void {
  for (const [name, value] of Object.entries(of)) {
    if (name.startsWith('x-')) named(writer, number, name, () => anyValue(writer, value))
  }
}

export function encodeOpenApiV2(document: JsonSchema): Uint8Array {
  const writer = protobuf().Writer.create()
  string(writer, 1, document.swagger)
  nested(writer, 2, () => {
    string(writer, 1, object(document.info).title)
    string(writer, 2, object(document.info).version)
  })
  nested(writer, 8, () => {
    for (const [path, item] of objects(document.paths)) named(writer, 2, path, () => pathItem(writer, item))
  })
  nested(writer, 9, () => {
    for (const [name, schema] of objects(document.definitions)) named(writer, 1, name, () => schemaOf(writer, schema))
  })
  for (const requirement of (document.security ?? []) as Record<string, string[]>[]) {
    nested(writer, 12, () => {
      for (const [name, scopes] of Object.entries(requirement)) named(writer, 1, name, () => strings(writer, 1, scopes))
    })
  }
  nested(writer, 13, () => {
    for (const [name, { type, name: header, in: place, description }] of objects(document.securityDefinitions)) {
      named(writer, 1, name, () =>
        nested(writer, 2, () => {
          string(writer, 1, type)
          string(writer, 2, header)
          string(writer, 3, place)
          string(writer, 4, description)
        }),
      )
    }
  })
  return writer.finish()
}

const methods = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const

function pathItem(writer: Writer, item: JsonSchema): void {
  for (const [method, number] of Object.entries(methods)) {
    const operation = item[method]
    if (operation) nested(writer, number, () => operationOf(writer, object(operation)))
  }
  for (const parameter of (item.parameters ?? []) as JsonSchema[])
    nested(writer, 9, () => parameterOf(writer, parameter))
}

function operationOf(writer: Writer, operation: JsonSchema): void {
  strings(writer, 1, operation.tags)
  string(writer, 3, operation.description)
  string(writer, 5, operation.operationId)
  strings(writer, 6, operation.produces)
  strings(writer, 7, operation.consumes)
  for (const parameter of (operation.parameters ?? []) as JsonSchema[]) {
    nested(writer, 8, () => parameterOf(writer, parameter))
  }
  nested(writer, 9, () => {
    for (const [code, response] of objects(operation.responses)) {
      named(writer, 1, code, () => nested(writer, 1, () => responseOf(writer, response)))
    }
  })
  strings(writer, 10, operation.schemes)
  extensions(writer, 13, operation)
}

function responseOf(writer: Writer, { description, schema }: JsonSchema): void {
  string(writer, 1, description)
  if (schema) nested(writer, 2, () => nested(writer, 1, () => schemaOf(writer, object(schema))))
}

/** Four messages deep: an item of parameters, a parameter, what is not a body, its place. */
function parameterOf(writer: Writer, parameter: JsonSchema): void {
  nested(writer, 1, () => {
    if (parameter.in === 'body') {
      nested(writer, 1, () => {
        string(writer, 1, parameter.description)
        string(writer, 2, parameter.name)
        string(writer, 3, parameter.in)
        bool(writer, 4, parameter.required)
        nested(writer, 5, () => schemaOf(writer, object(parameter.schema)))
      })
      return
    }
    const inPath = parameter.in === 'path'
    nested(writer, 2, () =>
      nested(writer, inPath ? 4 : 3, () => {
        bool(writer, 1, parameter.required)
        string(writer, 2, parameter.in)
        string(writer, 3, parameter.description)
        string(writer, 4, parameter.name)
        // A parameter of the query has one field more before its type.
        string(writer, inPath ? 5 : 6, parameter.type)
        bool(writer, inPath ? 18 : 19, parameter.uniqueItems)
      }),
    )
  })
}

function schemaOf(writer: Writer, schema: JsonSchema): void {
  string(writer, 1, schema.$ref)
  string(writer, 2, schema.format)
  string(writer, 4, schema.description)
  if (schema.default !== undefined) nested(writer, 5, () => anyValue(writer, schema.default))
  strings(writer, 19, schema.required)
  for (const value of (schema.enum ?? []) as unknown[]) nested(writer, 20, () => anyValue(writer, value))
  if (schema.additionalProperties) {
    nested(writer, 21, () => nested(writer, 1, () => schemaOf(writer, object(schema.additionalProperties))))
  }
  if (schema.type) nested(writer, 22, () => strings(writer, 1, [schema.type]))
  if (schema.items) nested(writer, 23, () => nested(writer, 1, () => schemaOf(writer, object(schema.items))))
  if (schema.properties) {
    nested(writer, 25, () => {
      for (const [name, property] of objects(schema.properties))
        named(writer, 1, name, () => schemaOf(writer, property))
    })
  }
  extensions(writer, 31, schema)
}
