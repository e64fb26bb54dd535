// The messages that a custom resource definition is made of; the kind itself is in custom-resource-definition.ts.

import { bool, bytes, int32, int64, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'
import { JSONSchemaProps } from './json-schema.ts'

export const ServiceReference = message('apiextensions/v1.ServiceReference', 'The service of a webhook.', {
  namespace: req(string).at(1, 'The namespace of the service.'),
  name: req(string).at(2, 'The name of the service.'),
  path: opt(string).at(3, 'The path that is asked for.'),
  port: opt(int32).default(443).at(4, 'The port of the service; 443 unless given.'),
})
export type ServiceReference = TypeOf<typeof ServiceReference>

export const WebhookClientConfig = message(
  'apiextensions/v1.WebhookClientConfig',
  'How a webhook is reached: by its address or through a service.',
  {
    url: opt(string).at(3, 'The address, as https://host/path; never with the service.'),
    service: opt(ServiceReference).at(1, 'The service, in this cluster; never with the address.'),
    caBundle: bytes.at(
      2,
      'The certificates in PEM form that that of the webhook is checked with; those of the system unless given.',
    ),
  },
)
export type WebhookClientConfig = TypeOf<typeof WebhookClientConfig>

export const WebhookConversion = message('apiextensions/v1.WebhookConversion', 'The webhook that converts objects.', {
  clientConfig: opt(WebhookClientConfig).at(2, 'How the webhook is reached.'),
  conversionReviewVersions: req(list(string))
    .owned('atomic')
    .at(3, 'The versions of ConversionReview that it knows, the best first.'),
})
export type WebhookConversion = TypeOf<typeof WebhookConversion>

export const CustomResourceConversion = message(
  'apiextensions/v1.CustomResourceConversion',
  'How objects become those of another version.',
  {
    strategy: req(string).at(1, 'None changes only apiVersion, Webhook asks a webhook.'),
    webhook: opt(WebhookConversion).at(2, 'The webhook; needed for that strategy.'),
  },
)
export type CustomResourceConversion = TypeOf<typeof CustomResourceConversion>

export const CustomResourceDefinitionNames = message(
  'apiextensions/v1.CustomResourceDefinitionNames',
  'What a custom kind is called.',
  {
    plural: req(string).at(1, 'The plural in small letters, as it stands in paths.'),
    singular: string.at(2, 'The singular in small letters; the kind in small letters unless given.'),
    shortNames: list(string).owned('atomic').at(3, 'Short names for the command line.'),
    kind: req(string).at(4, 'The kind, as objects say it.'),
    listKind: string.at(5, 'The kind of lists; the kind and List unless given.'),
    categories: list(string).owned('atomic').at(6, 'Groups of resources that it belongs to, as all.'),
  },
)
export type CustomResourceDefinitionNames = TypeOf<typeof CustomResourceDefinitionNames>

export const CustomResourceColumnDefinition = message(
  'apiextensions/v1.CustomResourceColumnDefinition',
  'A column of the table that kubectl get shows.',
  {
    name: req(string).at(1, 'The heading.'),
    type: req(string).at(2, 'The type of the cells: string, integer, number, boolean or date.'),
    format: string.at(3, 'What is special about the cells, as int32 or date-time.'),
    description: string.at(4, 'What stands in the column.'),
    priority: int32.at(5, 'How little it matters: 0 is always shown, more only with -o wide.'),
    jsonPath: req(string).at(6, 'Where in the object the cell stands, as .spec.size.'),
  },
)
export type CustomResourceColumnDefinition = TypeOf<typeof CustomResourceColumnDefinition>

export const CustomResourceSubresourceScale = message(
  'apiextensions/v1.CustomResourceSubresourceScale',
  'Where an object holds its number of replicas.',
  {
    specReplicasPath: req(string).at(1, 'Where the wanted number stands, below .spec.'),
    statusReplicasPath: req(string).at(2, 'Where the number there is stands, below .status.'),
    labelSelectorPath: opt(string).at(3, 'Where the label selector of its pods stands as text; autoscaling needs it.'),
  },
)
export type CustomResourceSubresourceScale = TypeOf<typeof CustomResourceSubresourceScale>

export const CustomResourceSubresourceStatus = message(
  'apiextensions/v1.CustomResourceSubresourceStatus',
  'That there is a status, written apart from the rest; it has no settings.',
  {},
)
export type CustomResourceSubresourceStatus = TypeOf<typeof CustomResourceSubresourceStatus>

export const CustomResourceSubresources = message(
  'apiextensions/v1.CustomResourceSubresources',
  'What has a path below an object.',
  {
    status: opt(CustomResourceSubresourceStatus).at(1, 'The status.'),
    scale: opt(CustomResourceSubresourceScale).at(
      2,
      'The number of replicas, in the same form as that of a Deployment.',
    ),
  },
)
export type CustomResourceSubresources = TypeOf<typeof CustomResourceSubresources>

export const CustomResourceValidation = message(
  'apiextensions/v1.CustomResourceValidation',
  'What objects must be like.',
  {
    openAPIV3Schema: opt(JSONSchemaProps).at(1, 'The schema; it must be structural.'),
  },
)
export type CustomResourceValidation = TypeOf<typeof CustomResourceValidation>

export const SelectableField = message('apiextensions/v1.SelectableField', 'A field that a field selector may name.', {
  jsonPath: req(string).at(
    1,
    'Where the field stands, as .spec.color: a text, a number without fraction or a boolean.',
  ),
})
export type SelectableField = TypeOf<typeof SelectableField>

export const CustomResourceDefinitionVersion = message(
  'apiextensions/v1.CustomResourceDefinitionVersion',
  'A version of a custom kind.',
  {
    name: req(string).at(1, 'The name of the version, as v1 or v1beta1.'),
    served: req(bool).at(2, 'Whether the server answers for it.'),
    storage: req(bool).at(3, 'Whether objects are stored in it; exactly one version is.'),
    deprecated: bool.at(7, 'Whether clients are warned off it.'),
    deprecationWarning: opt(string).at(8, 'The words of that warning.'),
    schema: opt(CustomResourceValidation).at(4, 'What objects of this version must be like.'),
    subresources: opt(CustomResourceSubresources).at(5, 'What has a path below an object.'),
    additionalPrinterColumns: list(CustomResourceColumnDefinition)
      .owned('atomic')
      .at(6, 'The columns beside the name; the age unless given.'),
    selectableFields: list(SelectableField).owned('atomic').at(9, 'Fields that a field selector may name, at most 8.'),
  },
)
export type CustomResourceDefinitionVersion = TypeOf<typeof CustomResourceDefinitionVersion>

export const CustomResourceDefinitionSpec = message(
  'apiextensions/v1.CustomResourceDefinitionSpec',
  'How a custom kind is to be served.',
  {
    group: req(string).at(1, 'The group of the kind; with a dot in it.'),
    names: CustomResourceDefinitionNames.at(3, 'What the kind is called.'),
    scope: req(string).at(4, 'Namespaced or Cluster.'),
    versions: req(list(CustomResourceDefinitionVersion)).owned('atomic').at(7, 'The versions of the kind.'),
    conversion: opt(CustomResourceConversion).at(9, 'How objects become those of another version.'),
    preserveUnknownFields: bool.at(
      10,
      'Must be false; x-kubernetes-preserve-unknown-fields in the schema has taken its place.',
    ),
  },
)
export type CustomResourceDefinitionSpec = TypeOf<typeof CustomResourceDefinitionSpec>

export const CustomResourceDefinitionCondition = message(
  'apiextensions/v1.CustomResourceDefinitionCondition',
  'One finding about a definition.',
  {
    type: req(string).at(1, 'What is found out: NamesAccepted, Established, Terminating, NonStructuralSchema.'),
    status: req(string).at(2, 'True, False or Unknown.'),
    lastTransitionTime: time.at(3, 'When the status last changed.'),
    reason: string.at(4, 'Why the status is as it is, in one word.'),
    message: string.at(5, 'The finding in words.'),
    observedGeneration: int64.at(6, 'The generation of the definition that the finding is about.'),
  },
)
export type CustomResourceDefinitionCondition = TypeOf<typeof CustomResourceDefinitionCondition>

export const CustomResourceDefinitionStatus = message(
  'apiextensions/v1.CustomResourceDefinitionStatus',
  'How far a definition has come.',
  {
    conditions: req(list(CustomResourceDefinitionCondition))
      .owned('map', 'type')
      .at(1, 'The latest findings, one of each type.'),
    acceptedNames: CustomResourceDefinitionNames.at(
      2,
      'The names that are really served; others may have had them first.',
    ),
    storedVersions: req(list(string))
      .owned('atomic')
      .at(3, 'The versions that objects were ever stored in; one of these cannot be removed.'),
    observedGeneration: int64.at(4, 'The generation that the status is about.'),
  },
)
export type CustomResourceDefinitionStatus = TypeOf<typeof CustomResourceDefinitionStatus>
