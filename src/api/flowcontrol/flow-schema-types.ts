// The messages that a FlowSchema is made of; the kind itself is in flow-schema.ts.

import { bool, int32, list, message, opt, req, string, type TypeOf, time } from '../schema.ts'

export const FlowDistinguisherMethod = message(
  'flowcontrol/v1.FlowDistinguisherMethod',
  'How requests of one schema are told apart into flows.',
  {
    type: req(string).at(1, 'ByUser or ByNamespace.'),
  },
)
export type FlowDistinguisherMethod = TypeOf<typeof FlowDistinguisherMethod>

export const NonResourcePolicyRule = message(
  'flowcontrol/v1.NonResourcePolicyRule',
  'Requests for paths that are no resource.',
  {
    verbs: req(list(string)).owned('set').at(1, 'The methods in small letters; * is all of them.'),
    nonResourceURLs: req(list(string))
      .owned('set')
      .at(6, 'The paths; /* at the end stands for whatever follows, * alone for all.'),
  },
)
export type NonResourcePolicyRule = TypeOf<typeof NonResourcePolicyRule>

export const ResourcePolicyRule = message('flowcontrol/v1.ResourcePolicyRule', 'Requests about resources.', {
  verbs: req(list(string)).owned('set').at(1, 'The verbs; * is all of them.'),
  apiGroups: req(list(string)).owned('set').at(2, 'The groups of the resources; * is all of them.'),
  resources: req(list(string)).owned('set').at(3, 'The resources, or parts as pods/log; * is all of them.'),
  clusterScope: bool.at(4, 'Whether requests without a namespace are meant.'),
  namespaces: req(list(string)).owned('set').at(5, 'The namespaces of requests that are meant; * is all of them.'),
})
export type ResourcePolicyRule = TypeOf<typeof ResourcePolicyRule>

export const GroupSubject = message('flowcontrol/v1.GroupSubject', 'The members of a group.', {
  name: req(string).at(1, 'The name of the group; * is all of them.'),
})
export type GroupSubject = TypeOf<typeof GroupSubject>

export const ServiceAccountSubject = message('flowcontrol/v1.ServiceAccountSubject', 'Service accounts.', {
  namespace: req(string).at(1, 'The namespace of the service accounts.'),
  name: req(string).at(2, 'The name of the service account; * is all in the namespace.'),
})
export type ServiceAccountSubject = TypeOf<typeof ServiceAccountSubject>

export const UserSubject = message('flowcontrol/v1.UserSubject', 'A user.', {
  name: req(string).at(1, 'The name of the user; * is all of them.'),
})
export type UserSubject = TypeOf<typeof UserSubject>

export const Subject = message('flowcontrol/v1.Subject', 'Who asks.', {
  kind: req(string).at(1, 'User, Group or ServiceAccount.'),
  user: opt(UserSubject).at(2, 'The user; only for the kind User.'),
  group: opt(GroupSubject).at(3, 'The group; only for the kind Group.'),
  serviceAccount: opt(ServiceAccountSubject).at(4, 'The service accounts; only for the kind ServiceAccount.'),
})
export type Subject = TypeOf<typeof Subject>

export const PolicyRulesWithSubjects = message(
  'flowcontrol/v1.PolicyRulesWithSubjects',
  'Requests of some users: one of the users and one of the rules must fit.',
  {
    subjects: req(list(Subject)).owned('atomic').at(1, 'Who asks.'),
    resourceRules: list(ResourcePolicyRule).owned('atomic').at(2, 'Requests about resources.'),
    nonResourceRules: list(NonResourcePolicyRule).owned('atomic').at(3, 'Requests for paths that are no resource.'),
  },
)
export type PolicyRulesWithSubjects = TypeOf<typeof PolicyRulesWithSubjects>

export const PriorityLevelConfigurationReference = message(
  'flowcontrol/v1.PriorityLevelConfigurationReference',
  'A priority level.',
  {
    name: req(string).at(1, 'The name of the priority level.'),
  },
)
export type PriorityLevelConfigurationReference = TypeOf<typeof PriorityLevelConfigurationReference>

export const FlowSchemaSpec = message(
  'flowcontrol/v1.FlowSchemaSpec',
  'Which requests are meant, and how important they are.',
  {
    priorityLevelConfiguration: PriorityLevelConfigurationReference.at(1, 'The priority level of these requests.'),
    matchingPrecedence: req(int32)
      .default(1000)
      .at(2, 'The schema with the smallest number that fits counts, from 1 to 10000; 1000 unless given.'),
    distinguisherMethod: opt(FlowDistinguisherMethod).at(
      3,
      'How the requests are told apart into flows; all are one flow unless given.',
    ),
    rules: list(PolicyRulesWithSubjects).owned('atomic').at(4, 'The requests; one of these must fit.'),
  },
)
export type FlowSchemaSpec = TypeOf<typeof FlowSchemaSpec>

export const FlowSchemaCondition = message('flowcontrol/v1.FlowSchemaCondition', 'One finding about a flow schema.', {
  type: string.at(1, 'What is found out.'),
  status: string.at(2, 'True, False or Unknown.'),
  lastTransitionTime: time.at(3, 'When the status last changed.'),
  reason: string.at(4, 'Why the status is as it is, in one word.'),
  message: string.at(5, 'The finding in words.'),
})
export type FlowSchemaCondition = TypeOf<typeof FlowSchemaCondition>

export const FlowSchemaStatus = message('flowcontrol/v1.FlowSchemaStatus', 'What is known of a flow schema.', {
  conditions: list(FlowSchemaCondition)
    .patch('merge', 'type')
    .owned('map', 'type')
    .at(1, 'The latest findings, as Dangling, one of each type.'),
})
export type FlowSchemaStatus = TypeOf<typeof FlowSchemaStatus>
