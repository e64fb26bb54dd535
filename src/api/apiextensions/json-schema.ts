// The schemas that custom resources are declared with: JSON Schema as upstream has it, with its extensions. Which of
// these a definition may use is for the rules to say, in validate-schema.ts.

import {
  any,
  bool,
  double,
  either,
  int64,
  lazy,
  list,
  type MessageOf,
  map,
  message,
  opt,
  req,
  type Schema,
  string,
  type TypeOf,
} from '../schema.ts'

export const ExternalDocumentation = message(
  'apiextensions/v1.ExternalDocumentation',
  'Where more is said about something.',
  {
    description: string.at(1, 'What can be read there.'),
    url: string.at(2, 'The address.'),
  },
)
export type ExternalDocumentation = TypeOf<typeof ExternalDocumentation>

export const ValidationRule = message('apiextensions/v1.ValidationRule', 'A rule for values, written in CEL.', {
  rule: req(string).at(1, 'The expression; it must be true. The value is self, and in a change the old one oldSelf.'),
  message: string.at(2, 'What is said where the rule is broken; the rule itself unless given.'),
  messageExpression: string.at(3, 'An expression that gives what is said; it goes before message.'),
  reason: opt(string).at(
    4,
    'The kind of error: FieldValueInvalid, FieldValueForbidden, FieldValueRequired or FieldValueDuplicate.',
  ),
  fieldPath: string.at(5, 'The field that the error is told of, as .spec.foo, relative to the value.'),
  optionalOldSelf: opt(bool).at(6, 'Whether the rule runs without an old value as well, with oldSelf an optional one.'),
})
export type ValidationRule = TypeOf<typeof ValidationRule>

/** What may stand for a schema, and the schema itself. */
export interface JSONSchemaProps extends MessageOf<typeof plainFields> {
  items?: JSONSchemaProps | JSONSchemaProps[] | undefined
  allOf?: JSONSchemaProps[] | undefined
  oneOf?: JSONSchemaProps[] | undefined
  anyOf?: JSONSchemaProps[] | undefined
  not?: JSONSchemaProps | undefined
  properties?: Record<string, JSONSchemaProps> | undefined
  additionalProperties?: JSONSchemaProps | boolean | undefined
  patternProperties?: Record<string, JSONSchemaProps> | undefined
  dependencies?: Record<string, JSONSchemaProps | string[]> | undefined
  additionalItems?: JSONSchemaProps | boolean | undefined
  definitions?: Record<string, JSONSchemaProps> | undefined
}

const self: Schema<JSONSchemaProps, 'always'> = lazy(() => JSONSchemaProps)

const orBool = either<JSONSchemaProps | boolean>(
  'apiextensions/v1.JSONSchemaPropsOrBool',
  'A schema, or whether anything is allowed.',
  { boolean: { schema: req(bool), tag: 1 }, object: { schema: self, tag: 2 } },
)
const orArray = either<JSONSchemaProps | JSONSchemaProps[]>(
  'apiextensions/v1.JSONSchemaPropsOrArray',
  'A schema, or a list of them.',
  { object: { schema: self, tag: 1 }, array: { schema: list(self), tag: 2 } },
)
const orStringArray = either<JSONSchemaProps | string[]>(
  'apiextensions/v1.JSONSchemaPropsOrStringArray',
  'A schema, or a list of names.',
  { object: { schema: self, tag: 1 }, array: { schema: list(string), tag: 2 } },
)

const plainFields = {
  id: string.at(1, 'The address of the schema; not allowed here.'),
  $schema: string.at(2, 'The dialect of the schema; not allowed here.'),
  $ref: opt(string).at(3, 'Another schema that stands for this one; not allowed here.'),
  description: string.at(4, 'What the value is for.'),
  type: string.at(5, 'The type of the value: object, array, string, integer, number or boolean.'),
  format: string.at(
    6,
    'What a text or a number looks like, as date-time, ipv4 or int32; unknown ones are not checked.',
  ),
  title: string.at(7, 'A heading.'),
  default: opt(any).at(8, 'What stands in where the value is absent.'),
  maximum: opt(double).at(9, 'The largest number.'),
  exclusiveMaximum: bool.at(10, 'Whether maximum itself is too large.'),
  minimum: opt(double).at(11, 'The smallest number.'),
  exclusiveMinimum: bool.at(12, 'Whether minimum itself is too small.'),
  maxLength: opt(int64).at(13, 'How many characters a text may have.'),
  minLength: opt(int64).at(14, 'How many characters a text must have.'),
  pattern: string.at(15, 'A regular expression that a text must match.'),
  maxItems: opt(int64).at(16, 'How many items a list may have.'),
  minItems: opt(int64).at(17, 'How many items a list must have.'),
  uniqueItems: bool.at(18, 'Whether no item may be there twice; not allowed here.'),
  multipleOf: opt(double).at(19, 'What a number must be a multiple of.'),
  enum: list(any).owned('atomic').at(20, 'The only values.'),
  maxProperties: opt(int64).at(21, 'How many fields an object may have.'),
  minProperties: opt(int64).at(22, 'How many fields an object must have.'),
  required: list(string).owned('atomic').at(23, 'The fields that an object must have.'),
  externalDocs: opt(ExternalDocumentation).at(35, 'Where more is said.'),
  example: opt(any).at(36, 'A value as it may be.'),
  nullable: bool.at(37, 'Whether null is a value.'),
  'x-kubernetes-preserve-unknown-fields': opt(bool).at(
    38,
    'Whether fields that are not declared are kept; true or nothing.',
  ),
  'x-kubernetes-embedded-resource': bool.at(
    39,
    'Whether the value is an object of the API, with apiVersion, kind and metadata.',
  ),
  'x-kubernetes-int-or-string': bool.at(40, 'Whether the value is a number or a text.'),
  'x-kubernetes-list-map-keys': list(string)
    .owned('atomic')
    .at(41, 'The fields by which the items of a list of type map are told apart.'),
  'x-kubernetes-list-type': opt(string).at(42, 'How a list is owned and merged: atomic, set or map.'),
  'x-kubernetes-map-type': opt(string).at(43, 'How an object is owned and merged: granular or atomic.'),
  'x-kubernetes-validations': list(ValidationRule)
    .patch('merge', 'rule')
    .owned('map', 'rule')
    .at(44, 'Rules in CEL that the value must keep.'),
}

export const JSONSchemaProps: Schema<JSONSchemaProps, 'always'> = message(
  'apiextensions/v1.JSONSchemaProps',
  'What a value must be like.',
  {
    ...plainFields,
    items: opt(orArray).at(24, 'What the items of a list must be like.'),
    allOf: list(self).owned('atomic').at(25, 'Schemas that must all hold.'),
    oneOf: list(self).owned('atomic').at(26, 'Schemas of which exactly one must hold.'),
    anyOf: list(self).owned('atomic').at(27, 'Schemas of which at least one must hold.'),
    not: opt(self).at(28, 'A schema that must not hold.'),
    properties: map(self).at(29, 'What the fields of an object must be like.'),
    additionalProperties: opt(orBool).at(30, 'What the values of a map must be like.'),
    patternProperties: map(self).at(31, 'What fields must be like whose name matches; not allowed here.'),
    dependencies: map(orStringArray).at(32, 'What follows from a field being there; not allowed here.'),
    additionalItems: opt(orBool).at(33, 'What further items must be like; not allowed here.'),
    definitions: map(self).at(34, 'Schemas to refer to; not allowed here.'),
  },
)
