// The messages that an APIService is made of; the kind itself is in api-service.ts.

import { bool, bytes, int32, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const ServiceReference = message('apiregistration/v1.ServiceReference', 'A service that answers.', {
  namespace: string.at(1, 'The namespace of the service.'),
  name: string.at(2, 'The name of the service.'),
  port: opt(int32).default(443).at(3, 'The port of the service; 443 unless given.'),
})
export type ServiceReference = TypeOf<typeof ServiceReference>

export const APIServiceSpec = message('apiregistration/v1.APIServiceSpec', 'Which version, and who answers for it.', {
  service: opt(ServiceReference).at(1, 'The service that answers; without one this server does.'),
  group: string.at(2, 'The group.'),
  version: string.at(3, 'The version.'),
  insecureSkipTLSVerify: bool.at(4, 'Whether the certificate of the service is not checked; better give a caBundle.'),
  caBundle: bytes.owned('atomic').at(5, 'The certificates in PEM form that that of the service is checked with.'),
  groupPriorityMinimum: req(int32).at(
    7,
    'How early clients find the group: that with the greatest number of its versions comes first.',
  ),
  versionPriority: req(int32).at(
    8,
    'How early clients find the version in its group: the greatest first, then v2, v1, v1beta1 by their names.',
  ),
})
export type APIServiceSpec = TypeOf<typeof APIServiceSpec>

export const APIServiceCondition = message(
  'apiregistration/v1.APIServiceCondition',
  'One finding about an APIService.',
  {
    type: req(string).at(1, 'What is found out: Available.'),
    status: req(string).at(2, 'True, False or Unknown.'),
    lastTransitionTime: time.at(3, 'When the status last changed.'),
    reason: string.at(4, 'Why the status is as it is, in one word.'),
    message: string.at(5, 'The finding in words.'),
  },
)
export type APIServiceCondition = TypeOf<typeof APIServiceCondition>

export const APIServiceStatus = message('apiregistration/v1.APIServiceStatus', 'What is known of an APIService.', {
  conditions: list(APIServiceCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(1, 'The latest findings, one of each type.'),
})
export type APIServiceStatus = TypeOf<typeof APIServiceStatus>
