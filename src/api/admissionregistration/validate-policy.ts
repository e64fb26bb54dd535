// Policies in CEL and their bindings: what they are about, where parameters come from, and expressions as far as
// that can be said without compiling them; the compiler is asked for the rest.

import { type CelEnvironment, celProblems } from '../cel-problems.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { validateLabelSelector } from '../meta/validate-labels.ts'
import { dns1035Label, dns1123Subdomain, pathSegment, qualifiedName } from '../names.ts'
import type { MutatingAdmissionPolicyBindingSpec } from './mutating-admission-policy-binding-types.ts'
import type { MutatingAdmissionPolicySpec, Mutation } from './mutating-admission-policy-types.ts'
import type { AuditAnnotation, MatchResources, ParamKind, ParamRef, Validation, Variable } from './policy.ts'
import type { NamedRuleWithOperations } from './rule.ts'
import { validateMatchConditions } from './validate-conditions.ts'
import { validateNamedRule } from './validate-rule.ts'
import type { ValidatingAdmissionPolicyBindingSpec } from './validating-admission-policy-binding-types.ts'
import type { ValidatingAdmissionPolicySpec } from './validating-admission-policy-types.ts'

const path = Path.of('spec')
const changing = ['CREATE', 'UPDATE']
const maxAnnotations = 20
const maxAnnotationBytes = 5 * 1024

interface Named {
  readonly metadata: { readonly name?: string | undefined }
}

type Scope = Pick<Extract<CelEnvironment, { use: 'variable' }>, 'params' | 'variables'>

function validateExpression(
  expression: string,
  environment: CelEnvironment,
  at: Path,
  errors: FieldErrors,
  missing = '',
): void {
  if (expression.trim() === '') errors.required(at, missing)
  else errors.invalidEach(at, expression, celProblems(expression, environment))
}

export function validateValidatingPolicy(
  { metadata, spec }: Named & { readonly spec: ValidatingAdmissionPolicySpec },
  errors: FieldErrors,
): void {
  const { validations = [], auditAnnotations = [], variables = [] } = spec
  validateCommon(spec, undefined, errors)
  validateVariables(variables, spec.paramKind !== undefined, errors)
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item'
    errors.required(path.child('validations'), text)
    errors.required(path.child('auditAnnotations'), text)
    return
  }
  const scope: Scope = { params: spec.paramKind !== undefined, variables }
  validations.forEach((validation, i) => {
    validateValidation(validation, scope, path.child('validations').index(i), errors)
  })
  const at = path.child('auditAnnotations')
  if (auditAnnotations.length > maxAnnotations) {
    errors.invalid(at, auditAnnotations, `must not have more than ${maxAnnotations} auditAnnotations`)
  }
  auditAnnotations.forEach((annotation, i) => {
    validateAnnotation(annotation, metadata.name ?? '', scope, at.index(i), errors)
    const first = auditAnnotations.findIndex(({ key }) => key === annotation.key)
    if (first < i) errors.duplicate(at.index(i).child('key'), annotation.key)
  })
}

export function validateMutatingPolicy(
  { spec }: { readonly spec: MutatingAdmissionPolicySpec },
  errors: FieldErrors,
): void {
  const { mutations = [], variables = [] } = spec
  validateCommon(spec, changing, errors)
  validateVariables(variables, spec.paramKind !== undefined, errors)
  if (mutations.length === 0) errors.required(path.child('mutations'), 'mutations must contain at least one item')
  const scope: Scope = { params: spec.paramKind !== undefined, variables }
  mutations.forEach((mutation, i) => {
    validateMutation(mutation, scope, path.child('mutations').index(i), errors)
  })
  if (!spec.reinvocationPolicy) errors.required(path.child('reinvocationPolicy'))
}

type Policy = ValidatingAdmissionPolicySpec | MutatingAdmissionPolicySpec

function validateCommon(spec: Policy, operations: readonly string[] | undefined, errors: FieldErrors): void {
  if (!spec.failurePolicy) errors.required(path.child('failurePolicy'))
  if (spec.paramKind) validateParamKind(spec.paramKind, path.child('paramKind'), errors)
  const at = path.child('matchConstraints')
  if (!spec.matchConstraints) errors.required(at)
  else {
    validateMatchResources(spec.matchConstraints, at, errors)
    const rules = spec.matchConstraints.resourceRules ?? []
    if (rules.length === 0) errors.required(at.child('resourceRules'))
    if (operations) validateOperations(rules, operations, at.child('resourceRules').child('operations'), errors)
  }
  const conditionsAt = path.child('matchConditions')
  validateMatchConditions(spec.matchConditions ?? [], spec.paramKind !== undefined, conditionsAt, errors)
}

function validateOperations(
  rules: readonly NamedRuleWithOperations[],
  operations: readonly string[],
  at: Path,
  errors: FieldErrors,
): void {
  for (const rule of rules) {
    for (const operation of rule.operations ?? []) {
      if (!operations.includes(operation)) errors.notSupported(at, operation, operations)
    }
  }
}

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, at: Path, errors: FieldErrors): void {
  validateApiVersion(apiVersion, at.child('apiVersion'), errors)
  const wrong = dns1035Label(kind.toLowerCase())
  if (kind === '') errors.required(at.child('kind'))
  else if (wrong.length > 0) {
    errors.invalid(at.child('kind'), kind, `may have mixed case, but should otherwise match: ${wrong.join(',')}`)
  }
}

function validateApiVersion(apiVersion: string, at: Path, errors: FieldErrors): void {
  const parts = apiVersion.split('/')
  if (apiVersion === '') errors.required(at)
  else if (parts.length > 2) errors.invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
  else {
    const [group, version] = parts.length === 2 ? (parts as [string, string]) : ['', apiVersion]
    const wrongGroup = dns1123Subdomain(group)
    if (group !== '' && wrongGroup.length > 0) errors.invalid(at, group, wrongGroup.join(','))
    const wrong = dns1035Label(version)
    if (version === '') errors.invalid(at, apiVersion, 'version must be specified')
    else if (wrong.length > 0) errors.invalid(at, version, wrong.join(','))
  }
}

function validateMatchResources(match: MatchResources, at: Path, errors: FieldErrors): void {
  if (!match.matchPolicy) errors.required(at.child('matchPolicy'))
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    if (match[field]) validateLabelSelector(match[field], at.child(field), errors)
    else errors.required(at.child(field))
  }
  for (const field of ['resourceRules', 'excludeResourceRules'] as const) {
    match[field]?.forEach((rule, i) => {
      validateNamedRule(rule, at.child(field).index(i), errors)
    })
  }
}

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/
const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

function validateVariables(variables: readonly Variable[], params: boolean, errors: FieldErrors): void {
  variables.forEach(({ name = '', expression = '' }, i) => {
    const at = path.child('variables').index(i)
    if (name.trim() === '') errors.required(at.child('name'), 'name is not specified')
    else if (!identifier.test(name) || reserved.has(name)) {
      errors.invalid(at.child('name'), name, 'name is not a valid CEL identifier')
    }
    const environment = { use: 'variable', params, variables, index: i } as const
    validateExpression(expression, environment, at.child('expression'), errors, 'expression is not specified')
  })
}

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge']
const lineBreak = /[\n\r]/

function validateValidation(validation: Validation, scope: Scope, at: Path, errors: FieldErrors): void {
  const { expression = '', messageExpression = '', message = '', reason } = validation
  const environment = { use: 'validation', ...scope } as const
  validateExpression(expression, environment, at.child('expression'), errors, 'expression is not specified')
  if (messageExpression !== '') {
    const place = at.child('messageExpression')
    if (messageExpression.trim() === '') errors.invalid(place, messageExpression, 'must be non-empty if specified')
    else validateExpression(messageExpression, { use: 'message', ...scope }, place, errors)
  }
  const said = message.trim()
  const messageAt = at.child('message')
  if (message !== '' && said === '') errors.invalid(messageAt, message, 'must be non-empty if specified')
  else if (lineBreak.test(said)) errors.invalid(messageAt, message, 'must not contain line breaks')
  if (reason !== undefined && !reasons.includes(reason)) errors.notSupported(at.child('reason'), reason, reasons)
}

function validateAnnotation(
  { key = '', valueExpression = '' }: AuditAnnotation,
  policy: string,
  scope: Scope,
  at: Path,
  errors: FieldErrors,
): void {
  const whole = `${policy}/${key}`
  if (policy === '') errors.invalid(at.child('key'), key, 'requires metadata.name be non-empty')
  else errors.invalidEach(at.child('key'), whole, qualifiedName(whole))
  const place = at.child('valueExpression')
  if (Buffer.byteLength(valueExpression.trim()) > maxAnnotationBytes) {
    errors.required(place, `must not exceed ${maxAnnotationBytes} bytes in length`)
    return
  }
  const environment = { use: 'auditAnnotation', ...scope } as const
  validateExpression(valueExpression, environment, place, errors, 'valueExpression is not specified')
}

function validateMutation(mutation: Mutation, scope: Scope, at: Path, errors: FieldErrors): void {
  const type = mutation.patchType as string
  if (!type) errors.required(at.child('patchType'))
  if (type !== 'JSONPatch' && type !== 'ApplyConfiguration') return
  const [wanted, other] =
    type === 'JSONPatch'
      ? (['jsonPatch', 'applyConfiguration'] as const)
      : (['applyConfiguration', 'jsonPatch'] as const)
  const patch = mutation[wanted]
  if (!patch) errors.required(at.child(wanted), `must be specified when patchType is ${type}`)
  else {
    const expressionAt = at.child(wanted).child('expression')
    validateExpression((patch.expression ?? '').trim(), { use: wanted, ...scope }, expressionAt, errors)
  }
  if (mutation[other]) {
    errors.invalid(at.child(other), `{${other}}`, `must not be specified when patchType is ${type}`)
  }
}

type Binding = ValidatingAdmissionPolicyBindingSpec | MutatingAdmissionPolicyBindingSpec

function validateBinding(spec: Binding, errors: FieldErrors): void {
  const { policyName = '', paramRef, matchResources } = spec
  if (policyName === '') errors.required(path.child('policyName'))
  else errors.invalidEach(path.child('policyName'), policyName, dns1123Subdomain(policyName))
  if (paramRef) validateParamRef(paramRef, path.child('paramRef'), errors)
  if (matchResources) validateMatchResources(matchResources, path.child('matchResources'), errors)
}

export function validateValidatingBinding(
  { spec }: { readonly spec: ValidatingAdmissionPolicyBindingSpec },
  errors: FieldErrors,
): void {
  validateBinding(spec, errors)
  const actions = spec.validationActions ?? []
  const at = path.child('validationActions')
  actions.forEach((action, i) => {
    if (actions.indexOf(action) < i) errors.duplicate(at.index(i), action)
  })
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const text =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'
    errors.invalid(at, actions, text)
  }
  if (actions.length === 0) errors.required(at, 'at least one validation action is required')
}

export function validateMutatingBinding(
  { spec }: { readonly spec: MutatingAdmissionPolicyBindingSpec },
  errors: FieldErrors,
): void {
  validateBinding(spec, errors)
  const at = path.child('matchResources').child('resourceRules').child('operations')
  validateOperations(spec.matchResources?.resourceRules ?? [], changing, at, errors)
}

const exclusive = 'name and selector are mutually exclusive'

function validateParamRef(ref: ParamRef, at: Path, errors: FieldErrors): void {
  const { name = '', selector, parameterNotFoundAction: action = '' } = ref
  if (name !== '') {
    errors.invalidEach(at.child('name'), name, pathSegment(name))
    if (selector) errors.forbidden(at.child('name'), exclusive)
  }
  if (selector) {
    validateLabelSelector(selector, at.child('selector'), errors)
    if (name !== '') errors.forbidden(at.child('selector'), exclusive)
  }
  if (name === '' && !selector) errors.required(at, 'one of name or selector must be specified')
  const actionAt = at.child('parameterNotFoundAction')
  if (action === '') errors.required(actionAt)
  else if (action !== 'Deny' && action !== 'Allow') errors.notSupported(actionAt, action, ['Deny', 'Allow'])
}
