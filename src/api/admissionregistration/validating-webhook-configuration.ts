import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { list } from '../schema.ts'
import { validateWebhooks, validateWebhooksUpdate } from './validate-webhook-configuration.ts'
import { ValidatingWebhook } from './webhook.ts'

export const ValidatingWebhookConfiguration = kind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Webhooks that say yes or no to requests.',
  fields: {
    webhooks: list(ValidatingWebhook)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(2, 'The webhooks; all of them must agree.'),
  },
  columns: [
    nameColumn,
    {
      name: 'Webhooks',
      type: 'integer',
      description: 'How many webhooks there are.',
      value: ({ webhooks = [] }) => webhooks.length,
    },
    ageColumn,
  ],
  validateCreate: validateWebhooks,
  validateUpdate: validateWebhooksUpdate,
})
export type ValidatingWebhookConfiguration = ObjectOf<typeof ValidatingWebhookConfiguration>
