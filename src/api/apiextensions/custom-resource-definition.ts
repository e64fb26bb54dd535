import { Path } from '../field-errors.ts'
import { allMetadata, kind, type ObjectOf } from '../kind.ts'
import { CustomResourceDefinitionSpec, CustomResourceDefinitionStatus } from './custom-resource-definition-types.ts'
import { formatWarnings } from './unknown-formats.ts'
import { validateDefinition, validateDefinitionUpdate, validateNames } from './validate-definition.ts'

/** Whatever is stored in from now on was stored in once. */
function rememberStorage(spec: CustomResourceDefinitionSpec, stored: readonly string[] = []): string[] {
  const now = (spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name)
  return [...new Set([...stored, ...now])]
}

export const CustomResourceDefinition = kind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Declares a kind of objects that the server then serves like its own.',
  fields: {
    spec: CustomResourceDefinitionSpec.at(2, 'How the kind is to be served.'),
    status: CustomResourceDefinitionStatus.at(3, 'How far that has come.'),
  },
  status: true,
  statusKeeps: allMetadata,
  defaults: ({ spec, status }) => {
    const { names } = spec
    if (!names.singular && names.kind) names.singular = names.kind.toLowerCase()
    if (!names.listKind && names.kind) names.listKind = `${names.kind}List`
    spec.conversion ??= { strategy: 'None' }
    if (!status.storedVersions?.length) status.storedVersions = rememberStorage(spec).slice(0, 1)
  },
  prepareForCreate: ({ spec, status }) => {
    status.storedVersions = rememberStorage(spec)
  },
  prepareForUpdate: (draft, old) => {
    draft.status = { ...old.status, storedVersions: rememberStorage(draft.spec, old.status.storedVersions) }
  },
  validateCreate: (definition, errors) => {
    const { metadata, spec } = definition
    if (metadata.name !== `${spec.names.plural ?? ''}.${spec.group ?? ''}`) {
      errors.invalid('metadata.name', metadata.name ?? '', 'must be spec.names.plural+"."+spec.group')
    }
    validateDefinition(definition, undefined, errors)
  },
  validateUpdate: (next, old, errors) => {
    validateDefinition(next, old, errors)
    validateDefinitionUpdate(next, old, errors)
  },
  warnings: ({ spec }, old) => formatWarnings(spec, old?.spec),
  validateStatusUpdate: ({ status }, _old, errors) => {
    validateNames(status.acceptedNames, Path.of('status').child('acceptedNames'), errors)
  },
})
export type CustomResourceDefinition = ObjectOf<typeof CustomResourceDefinition>
