// The webhooks that are asked about requests, of both sorts.

import { LabelSelector } from '../meta/label-selector.ts'
import { bytes, int32, list, message, opt, req, string, type TypeOf } from '../schema.ts'
import { RuleWithOperations } from './rule.ts'

export const ServiceReference = message('admissionregistration/v1.ServiceReference', 'The service of a webhook.', {
  namespace: req(string).at(1, 'The namespace of the service.'),
  name: req(string).at(2, 'The name of the service.'),
  path: opt(string).at(3, 'The path that is asked for.'),
  port: opt(int32).default(443).at(4, 'The port of the service; 443 unless given.'),
})
export type ServiceReference = TypeOf<typeof ServiceReference>

export const WebhookClientConfig = message(
  'admissionregistration/v1.WebhookClientConfig',
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

export const MatchCondition = message(
  'admissionregistration/v1.MatchCondition',
  'A condition on requests, written in CEL.',
  {
    name: req(string).at(1, 'The name of the condition, for messages.'),
    expression: req(string).at(
      2,
      'The expression; it knows object, oldObject, request and authorizer, and gives true or false.',
    ),
  },
)
export type MatchCondition = TypeOf<typeof MatchCondition>

export const ValidatingWebhook = message(
  'admissionregistration/v1.ValidatingWebhook',
  'A webhook that says yes or no to requests.',
  {
    name: req(string).at(1, 'The name of the webhook, with at least two dots, as a.example.com.'),
    clientConfig: WebhookClientConfig.at(2, 'How the webhook is reached.'),
    rules: list(RuleWithOperations).owned('atomic').at(3, 'Which requests it is asked about; one of these must fit.'),
    failurePolicy: opt(string.oneOf('Fail', 'Ignore'))
      .default('Fail')
      .at(4, 'What happens if it gives no answer: Fail refuses the request, Ignore lets it pass.'),
    matchPolicy: opt(string.oneOf('Equivalent', 'Exact'))
      .default('Equivalent')
      .at(9, 'Exact asks only about what the rules say, Equivalent also about other versions of the same resource.'),
    namespaceSelector: opt(LabelSelector)
      .default({})
      .at(5, 'Asks only about objects in namespaces with such labels; for a Namespace its own labels count.'),
    objectSelector: opt(LabelSelector)
      .default({})
      .at(10, 'Asks only about objects with such labels, before or after the change.'),
    sideEffects: opt(string).at(
      6,
      'None, or NoneOnDryRun, where it changes something elsewhere unless a request is a dry run.',
    ),
    timeoutSeconds: opt(int32).default(10).at(7, 'How many seconds it may take, from 1 to 30; 10 unless given.'),
    admissionReviewVersions: req(list(string))
      .owned('atomic')
      .at(8, 'The versions of AdmissionReview that it knows, the best first.'),
    matchConditions: list(MatchCondition)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(11, 'Further conditions, at most 64; it is asked only if all of them are true.'),
  },
)
export type ValidatingWebhook = TypeOf<typeof ValidatingWebhook>

export const MutatingWebhook = message(
  'admissionregistration/v1.MutatingWebhook',
  'A webhook that may change objects before they are stored.',
  {
    name: req(string).at(1, 'The name of the webhook, with at least two dots, as a.example.com.'),
    clientConfig: WebhookClientConfig.at(2, 'How the webhook is reached.'),
    rules: list(RuleWithOperations).owned('atomic').at(3, 'Which requests it is asked about; one of these must fit.'),
    failurePolicy: opt(string.oneOf('Fail', 'Ignore'))
      .default('Fail')
      .at(4, 'What happens if it gives no answer: Fail refuses the request, Ignore lets it pass.'),
    matchPolicy: opt(string.oneOf('Equivalent', 'Exact'))
      .default('Equivalent')
      .at(9, 'Exact asks only about what the rules say, Equivalent also about other versions of the same resource.'),
    namespaceSelector: opt(LabelSelector)
      .default({})
      .at(5, 'Asks only about objects in namespaces with such labels; for a Namespace its own labels count.'),
    objectSelector: opt(LabelSelector)
      .default({})
      .at(11, 'Asks only about objects with such labels, before or after the change.'),
    sideEffects: opt(string).at(
      6,
      'None, or NoneOnDryRun, where it changes something elsewhere unless a request is a dry run.',
    ),
    timeoutSeconds: opt(int32).default(10).at(7, 'How many seconds it may take, from 1 to 30; 10 unless given.'),
    admissionReviewVersions: req(list(string))
      .owned('atomic')
      .at(8, 'The versions of AdmissionReview that it knows, the best first.'),
    reinvocationPolicy: opt(string.oneOf('IfNeeded', 'Never'))
      .default('Never')
      .at(10, 'Never, or IfNeeded to be asked again after others have changed the object.'),
    matchConditions: list(MatchCondition)
      .patch('merge', 'name')
      .owned('map', 'name')
      .at(12, 'Further conditions, at most 64; it is asked only if all of them are true.'),
  },
)
export type MutatingWebhook = TypeOf<typeof MutatingWebhook>
