import { bool, inline, message, opt, quantity, req, string, type TypeOf } from '../schema.ts'
import { LocalObjectReference } from './reference.ts'

export const ConfigMapKeySelector = message('core/v1.ConfigMapKeySelector', 'DOC:core/v1.ConfigMapKeySelector', {
  ...inline(LocalObjectReference, 1),
  key: req(string).at(2, 'DOC:core/v1.ConfigMapKeySelector.key'),
  optional: opt(bool).at(3, 'DOC:core/v1.ConfigMapKeySelector.optional'),
}).atomic()
export type ConfigMapKeySelector = TypeOf<typeof ConfigMapKeySelector>

export const FileKeySelector = message('core/v1.FileKeySelector', 'DOC:core/v1.FileKeySelector', {
  volumeName: req(string).at(1, 'DOC:core/v1.FileKeySelector.volumeName'),
  path: req(string).at(2, 'DOC:core/v1.FileKeySelector.path'),
  key: req(string).at(3, 'DOC:core/v1.FileKeySelector.key'),
  optional: opt(bool).at(4, 'DOC:core/v1.FileKeySelector.optional'),
}).atomic()
export type FileKeySelector = TypeOf<typeof FileKeySelector>

export const ObjectFieldSelector = message('core/v1.ObjectFieldSelector', 'DOC:core/v1.ObjectFieldSelector', {
  apiVersion: string.default('v1').at(1, 'DOC:core/v1.ObjectFieldSelector.apiVersion'),
  fieldPath: req(string).at(2, 'DOC:core/v1.ObjectFieldSelector.fieldPath'),
}).atomic()
export type ObjectFieldSelector = TypeOf<typeof ObjectFieldSelector>

export const ResourceFieldSelector = message('core/v1.ResourceFieldSelector', 'DOC:core/v1.ResourceFieldSelector', {
  containerName: string.at(1, 'DOC:core/v1.ResourceFieldSelector.containerName'),
  resource: req(string).at(2, 'DOC:core/v1.ResourceFieldSelector.resource'),
  divisor: quantity.default('0').at(3, 'DOC:core/v1.ResourceFieldSelector.divisor'),
}).atomic()
export type ResourceFieldSelector = TypeOf<typeof ResourceFieldSelector>

export const SecretKeySelector = message('core/v1.SecretKeySelector', 'DOC:core/v1.SecretKeySelector', {
  ...inline(LocalObjectReference, 1),
  key: req(string).at(2, 'DOC:core/v1.SecretKeySelector.key'),
  optional: opt(bool).at(3, 'DOC:core/v1.SecretKeySelector.optional'),
}).atomic()
export type SecretKeySelector = TypeOf<typeof SecretKeySelector>

export const EnvVarSource = message('core/v1.EnvVarSource', 'DOC:core/v1.EnvVarSource', {
  fieldRef: opt(ObjectFieldSelector).at(1, 'DOC:core/v1.EnvVarSource.fieldRef'),
  resourceFieldRef: opt(ResourceFieldSelector).at(2, 'DOC:core/v1.EnvVarSource.resourceFieldRef'),
  configMapKeyRef: opt(ConfigMapKeySelector).at(3, 'DOC:core/v1.EnvVarSource.configMapKeyRef'),
  secretKeyRef: opt(SecretKeySelector).at(4, 'DOC:core/v1.EnvVarSource.secretKeyRef'),
  fileKeyRef: opt(FileKeySelector).at(5, 'DOC:core/v1.EnvVarSource.fileKeyRef'),
})
export type EnvVarSource = TypeOf<typeof EnvVarSource>

export const EnvVar = message('core/v1.EnvVar', 'DOC:core/v1.EnvVar', {
  name: req(string).at(1, 'DOC:core/v1.EnvVar.name'),
  value: string.at(2, 'DOC:core/v1.EnvVar.value'),
  valueFrom: opt(EnvVarSource).at(3, 'DOC:core/v1.EnvVar.valueFrom'),
})
export type EnvVar = TypeOf<typeof EnvVar>

export const ConfigMapEnvSource = message('core/v1.ConfigMapEnvSource', 'DOC:core/v1.ConfigMapEnvSource', {
  ...inline(LocalObjectReference, 1),
  optional: opt(bool).at(2, 'DOC:core/v1.ConfigMapEnvSource.optional'),
})
export type ConfigMapEnvSource = TypeOf<typeof ConfigMapEnvSource>

export const SecretEnvSource = message('core/v1.SecretEnvSource', 'DOC:core/v1.SecretEnvSource', {
  ...inline(LocalObjectReference, 1),
  optional: opt(bool).at(2, 'DOC:core/v1.SecretEnvSource.optional'),
})
export type SecretEnvSource = TypeOf<typeof SecretEnvSource>

export const EnvFromSource = message('core/v1.EnvFromSource', 'DOC:core/v1.EnvFromSource', {
  prefix: string.at(1, 'DOC:core/v1.EnvFromSource.prefix'),
  configMapRef: opt(ConfigMapEnvSource).at(2, 'DOC:core/v1.EnvFromSource.configMapRef'),
  secretRef: opt(SecretEnvSource).at(3, 'DOC:core/v1.EnvFromSource.secretRef'),
})
export type EnvFromSource = TypeOf<typeof EnvFromSource>
