import { ageColumn, nameColumn, none } from '../columns.ts'
import { type FieldErrors, Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { domainPrefixedPath, nameIsDnsLabel } from '../names.ts'
import { message, opt, req, string, type TypeOf } from '../schema.ts'
import { validateReference } from './validate-ingress.ts'

export const IngressClassParametersReference = message(
  'networking/v1.IngressClassParametersReference',
  'An object with settings for the controller.',
  {
    apiGroup: opt(string).at(1, 'The API group of the object; that of the core unless given.'),
    kind: req(string).at(2, 'The kind of the object.'),
    name: req(string).at(3, 'The name of the object.'),
    scope: opt(string)
      .default('Cluster')
      .at(4, 'Whether the object is in a namespace: Cluster, which stands unless given, or Namespace.'),
    namespace: opt(string).at(5, 'The namespace of the object; only for the scope Namespace.'),
  },
)
export type IngressClassParametersReference = TypeOf<typeof IngressClassParametersReference>

export const IngressClassSpec = message('networking/v1.IngressClassSpec', 'Who looks after the ingresses of a class.', {
  controller: string.at(1, 'The name of the controller, as example.com/controller. It never changes.'),
  parameters: opt(IngressClassParametersReference).at(2, 'An object with settings for the controller.'),
})
export type IngressClassSpec = TypeOf<typeof IngressClassSpec>

const path = Path.of('spec')
const maxControllerBytes = 250

function validateParameters(parameters: IngressClassParametersReference, errors: FieldErrors): void {
  const at = path.child('parameters')
  const { scope, namespace } = parameters
  validateReference(parameters, at, errors)
  const isSet = `\`parameters.scope\` is set to '${scope}'`
  if (scope === undefined) errors.required(at.child('scope'))
  else if (scope === 'Namespace') {
    if (namespace === undefined) errors.required(at.child('namespace'), isSet)
    else errors.invalidEach(at.child('namespace'), namespace, nameIsDnsLabel(namespace, false))
  } else if (scope === 'Cluster') {
    if (namespace !== undefined) errors.forbidden(at.child('namespace'), isSet)
  } else errors.notSupported(at.child('scope'), scope, ['Cluster', 'Namespace'])
}

export const IngressClass = kind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  doc: 'A class of ingresses, and who looks after them.',
  fields: {
    spec: IngressClassSpec.at(2, 'Who looks after them.'),
  },
  columns: [
    nameColumn,
    {
      name: 'Controller',
      description: 'Who looks after its ingresses.',
      value: ({ spec }) => spec.controller ?? '',
    },
    {
      name: 'Parameters',
      description: 'The object with settings for the controller.',
      value: ({ spec: { parameters } }) => {
        if (!parameters) return none
        const { apiGroup, kind, name } = parameters
        return apiGroup === undefined ? `${kind}/${name}` : `${kind}.${apiGroup}/${name}`
      },
    },
    ageColumn,
  ],
  validate: ({ spec: { controller = '', parameters } }, errors) => {
    const at = path.child('controller')
    if (controller === '') errors.required(at)
    else {
      if (controller.length > maxControllerBytes) errors.tooLong(at, maxControllerBytes)
      errors.invalidEach(at, controller, domainPrefixedPath(controller))
    }
    if (parameters) validateParameters(parameters, errors)
  },
  validateUpdate: ({ spec: next }, { spec: old }, errors) => {
    if (next.controller === old.controller) return
    errors.invalid(path.child('controller'), next.controller, 'field is immutable')
  },
})
export type IngressClass = ObjectOf<typeof IngressClass>
