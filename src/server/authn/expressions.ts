// The CEL expressions of an AuthenticationConfiguration: over the claims of a token, or over the user that they make.

import { compile, Environment } from '#api/cel/cel.ts'
import { objectType } from '#api/cel/schema-types.ts'
import { Dyn, listOf, mapOf, Text } from '#api/cel/types.ts'
import { List, type Value } from '#api/cel/values.ts'
import type { UserInfo } from '../request.ts'
import type { Compile } from './configuration.ts'

const userType = objectType('kubernetes.UserInfo', {
  username: Text,
  uid: Text,
  groups: listOf(Text),
  extra: mapOf(Text, listOf(Text)),
})

const environments = {
  claims: new Environment({ variables: { claims: mapOf(Text, Dyn) } }),
  user: new Environment({ variables: { user: userType } }),
} as const

const shownUser = ({ name, uid = '', groups, extra = {} }: UserInfo): object => ({ username: name, uid, groups, extra })

/** Texts, truth and lists of texts are all that anybody wants of an expression here. */
const plain = (value: Value): unknown => (value instanceof List ? value.values().map(plain) : value)

export const compileExpression: Compile = (text, variable) => {
  const compiled = compile(text, environments[variable])
  if (!compiled.program) throw new Error(compiled.text)
  const { program } = compiled
  return (input) => {
    const { value, error } = program.run({ [variable]: variable === 'user' ? shownUser(input as UserInfo) : input })
    if (error !== undefined) throw new Error(`expression ${JSON.stringify(text)}: ${error}`)
    return plain(value)
  }
}
