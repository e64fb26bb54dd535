import { bool, inline, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { LocalObjectReference } from './reference.ts'

export const ConfigMapKeySelector = message('core/v1.ConfigMapKeySelector', 'One key of a ConfigMap.', {
  ...inline(LocalObjectReference, 1),
  key: req(string).at(2, 'The key.'),
  optional: opt(bool).at(3, 'Whether the ConfigMap or the key may be missing.'),
}).atomic()
export type ConfigMapKeySelector = TypeOf<typeof ConfigMapKeySelector>

export const FileKeySelector = message('core/v1.FileKeySelector', 'A key in a file of variables.', {
  volumeName: req(string).at(1, 'The volume that the file is in.'),
  path: req(string).at(2, 'The path of the file in the volume.'),
  key: req(string).at(3, 'The key.'),
  optional: opt(bool).at(4, 'Whether the file or the key may be missing.'),
}).atomic()
export type FileKeySelector = TypeOf<typeof FileKeySelector>

export const ObjectFieldSelector = message('core/v1.ObjectFieldSelector', 'A field of the pod.', {
  apiVersion: string.default('v1').at(1, 'The version in which the field is named; v1 unless given.'),
  fieldPath: req(string).at(2, "The field, as metadata.name or metadata.labels['key']."),
}).atomic()
export type ObjectFieldSelector = TypeOf<typeof ObjectFieldSelector>

export const ResourceFieldSelector = message('core/v1.ResourceFieldSelector', 'A request or limit of a container.', {
  containerName: string.at(1, 'The container; for a variable its own unless given.'),
  resource: req(string).at(2, 'What is told, as limits.memory.'),
  divisor: quantity.default('0').at(3, 'The unit in which it is told; 1 unless given.'),
}).atomic()
export type ResourceFieldSelector = TypeOf<typeof ResourceFieldSelector>

export const SecretKeySelector = message('core/v1.SecretKeySelector', 'One key of a Secret.', {
  ...inline(LocalObjectReference, 1),
  key: req(string).at(2, 'The key.'),
  optional: opt(bool).at(3, 'Whether the Secret or the key may be missing.'),
}).atomic()
export type SecretKeySelector = TypeOf<typeof SecretKeySelector>

export const EnvVarSource = message('core/v1.EnvVarSource', 'Where the value of a variable comes from; one of these.', {
  fieldRef: opt(ObjectFieldSelector).at(1, 'A field of the pod.'),
  resourceFieldRef: opt(ResourceFieldSelector).at(2, 'A request or limit of a container.'),
  configMapKeyRef: opt(ConfigMapKeySelector).at(3, 'A key of a ConfigMap.'),
  secretKeyRef: opt(SecretKeySelector).at(4, 'A key of a Secret.'),
  fileKeyRef: opt(FileKeySelector).at(5, 'A key in a file of a volume.'),
})
export type EnvVarSource = TypeOf<typeof EnvVarSource>

export const EnvVar = message('core/v1.EnvVar', 'An environment variable.', {
  name: req(string).at(1, 'The name.'),
  value: string.at(2, 'The value; $(NAME) stands for a variable that comes earlier.'),
  valueFrom: opt(EnvVarSource).at(3, 'Where the value comes from; not together with value.'),
})
export type EnvVar = TypeOf<typeof EnvVar>

export const ConfigMapEnvSource = message('core/v1.ConfigMapEnvSource', 'All keys of a ConfigMap as variables.', {
  ...inline(LocalObjectReference, 1),
  optional: opt(bool).at(2, 'Whether the ConfigMap may be missing.'),
})
export type ConfigMapEnvSource = TypeOf<typeof ConfigMapEnvSource>

export const SecretEnvSource = message('core/v1.SecretEnvSource', 'All keys of a Secret as variables.', {
  ...inline(LocalObjectReference, 1),
  optional: opt(bool).at(2, 'Whether the Secret may be missing.'),
})
export type SecretEnvSource = TypeOf<typeof SecretEnvSource>

export const EnvFromSource = message('core/v1.EnvFromSource', 'A source whose keys all become variables.', {
  prefix: string.at(1, 'What is put before each key.'),
  configMapRef: opt(ConfigMapEnvSource).at(2, 'A ConfigMap.'),
  secretRef: opt(SecretEnvSource).at(3, 'A Secret.'),
})
export type EnvFromSource = TypeOf<typeof EnvFromSource>
