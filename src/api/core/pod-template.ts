import { formatLabels, nameColumn } from '../columns.ts'
import { Path } from '../field-errors.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { defaultPodSpec } from './pod-defaults.ts'
import { PodTemplateSpec } from './pod-template-types.ts'
import { templateWarnings } from './pod-warnings.ts'
import { validatePodTemplate } from './validate-pod.ts'

const path = Path.of('template')

export const PodTemplate = kind({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  doc: 'What pods look like, kept for others to make pods of.',
  fields: {
    template: PodTemplateSpec.at(2, 'What the pods look like.'),
  },
  columns: [
    nameColumn,
    {
      name: 'Containers',
      description: 'The names of the containers.',
      value: ({ template }) => (template.spec.containers ?? []).map(({ name }) => name).join(','),
    },
    {
      name: 'Images',
      description: 'The images of the containers.',
      value: ({ template }) => (template.spec.containers ?? []).map(({ image }) => image ?? '').join(','),
    },
    {
      name: 'Pod Labels',
      description: 'The labels of the pods.',
      value: ({ template }) => formatLabels(template.metadata.labels),
    },
  ],
  defaults: ({ template }) => defaultPodSpec(template.spec),
  validate: ({ template }, errors) => validatePodTemplate(template, path, errors),
  warnings: (object, old) => templateWarnings(object.template, path, object, old),
})
export type PodTemplate = ObjectOf<typeof PodTemplate>
