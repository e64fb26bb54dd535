// Whether the expressions of a ValidatingAdmissionPolicy fit the kinds that its rules name: each expression is
// checked against each of these kinds. What is found are warnings for who reads the policy; it is in force anyhow.

import type { Rule } from '#api/admissionregistration/rule.ts'
import type { ValidatingAdmissionPolicy } from '#api/admissionregistration/validating-admission-policy.ts'
import { problemText } from '#api/cel/ast.ts'
import { compile, Environment } from '#api/cel/cel.ts'
import { typeOfSchema } from '#api/cel/schema-types.ts'
import { requestType, VariablesType } from '#api/cel/stored-expressions.ts'
import { Dyn, opaque, type Type } from '#api/cel/types.ts'
import { Namespace } from '#api/core/namespace.ts'
import type { AnyKind } from '#api/kind.ts'
import type { KindRegistry } from '#api/kind-registry.ts'

export interface ExpressionWarning {
  readonly fieldRef: string
  readonly warning: string
}

/** More kinds than these are not looked at. */
const maxKinds = 10
/** Of all warnings together: an object may not grow without bound, and nobody reads more. */
const maxWarningsLength = 100_000

/** Of rules with wildcards the kinds cannot be told. */
const listed = (names: readonly string[] | undefined): readonly string[] =>
  names?.some((name) => name.includes('*')) ? [] : [...(names ?? [])].sort()

function kindsOfRule({ apiGroups, apiVersions, resources = [] }: Rule, kinds: KindRegistry): AnyKind[] {
  const whole = resources.filter((name) => !/[*/]/.test(name)).sort()
  return listed(apiGroups).flatMap((group) =>
    listed(apiVersions).flatMap((version) =>
      whole.flatMap((resource) => kinds.kindFor(group, version, resource) ?? []),
    ),
  )
}

const inOrder = (a: AnyKind, b: AnyKind): number =>
  [a.group, a.version, a.kind].join('/') < [b.group, b.version, b.kind].join('/') ? -1 : 1

/** The kinds that a policy names. */
export function kindsOf({ spec }: ValidatingAdmissionPolicy, kinds: KindRegistry): readonly AnyKind[] {
  const rules = spec.matchConstraints?.resourceRules ?? []
  const found = new Set(rules.flatMap((rule) => kindsOfRule(rule, kinds)))
  return [...found].slice(0, maxKinds).sort(inOrder)
}

function environmentFor(kind: AnyKind, params: Type | undefined, variables: VariablesType) {
  const object = typeOfSchema(kind.schema)
  return new Environment({
    variables: {
      object,
      oldObject: object,
      request: requestType,
      namespaceObject: typeOfSchema(Namespace.schema),
      ...(params ? { params } : {}),
      variables,
      authorizer: opaque('kubernetes.authorization.Authorizer'),
      'authorizer.requestResource': opaque('kubernetes.authorization.ResourceCheck'),
    },
  })
}

function paramsOf({ spec: { paramKind } }: ValidatingAdmissionPolicy, kinds: KindRegistry): Type | undefined {
  if (!paramKind) return undefined
  const kind = kinds.kindOf(paramKind.apiVersion ?? '', paramKind.kind ?? '')
  return kind ? typeOfSchema(kind.schema) : Dyn
}

/** As upstream prints a kind. */
const nameOf = ({ group, version, kind }: AnyKind): string => `${group}/${version}, Kind=${kind}`

/** One for each expression that does not fit all kinds. */
export function typeWarnings(policy: ValidatingAdmissionPolicy, kinds: KindRegistry): readonly ExpressionWarning[] {
  const params = paramsOf(policy, kinds)
  const environments = kindsOf(policy, kinds).map((kind): [AnyKind, Environment] => {
    let variables = new VariablesType()
    for (const { name, expression } of policy.spec.variables ?? []) {
      const { program } = compile(expression, environmentFor(kind, params, variables))
      variables = variables.with(name, program?.type ?? Dyn)
    }
    return [kind, environmentFor(kind, params, variables)]
  })
  const warn = (fieldRef: string, expression: string): ExpressionWarning[] => {
    const texts = environments.flatMap(([kind, environment]) => {
      const { problems } = compile(expression, environment)
      return problems ? [`${nameOf(kind)}: ${problems.map((one) => problemText(expression, one)).join('\n')}\n`] : []
    })
    return texts.length === 0 ? [] : [{ fieldRef, warning: texts.join('\n') }]
  }
  const found: ExpressionWarning[] = []
  let size = 0
  let checked = 0
  for (const [i, { expression, messageExpression = '' }] of (policy.spec.validations ?? []).entries()) {
    const at = `spec.validations[${i}]`
    found.push(...warn(`${at}.expression`, expression))
    if (messageExpression !== '') found.push(...warn(`${at}.messageExpression`, messageExpression))
    for (; checked < found.length; checked++) size += found[checked]!.warning.length
    if (size >= maxWarningsLength) break
  }
  return found
}
