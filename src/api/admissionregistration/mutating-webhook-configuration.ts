import { ageColumn, nameColumn } from '../columns.ts'
import { kind, type ObjectOf } from '../kind.ts'
import { list } from '../schema.ts'
import { validateWebhooks, validateWebhooksUpdate } from './validate-webhook-configuration.ts'
import { MutatingWebhook } from './webhook.ts'

export const MutatingWebhookConfiguration = kind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  scope: 'Cluster',
  doc: 'Webhooks that may change objects before they are stored.',
  fields: {
    webhooks: list(MutatingWebhook)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(2, 'The webhooks, asked one after the other.'),
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
export type MutatingWebhookConfiguration = ObjectOf<typeof MutatingWebhookConfiguration>
