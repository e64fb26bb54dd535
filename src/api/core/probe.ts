import { inline, int32, int64, intOrString, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const HTTPHeader = message('core/v1.HTTPHeader', 'DOC:core/v1.HTTPHeader', {
  name: req(string).at(1, 'DOC:core/v1.HTTPHeader.name'),
  value: req(string).at(2, 'DOC:core/v1.HTTPHeader.value'),
})
export type HTTPHeader = TypeOf<typeof HTTPHeader>

export const HTTPGetAction = message('core/v1.HTTPGetAction', 'DOC:core/v1.HTTPGetAction', {
  path: string.default('/').at(1, 'DOC:core/v1.HTTPGetAction.path'),
  port: req(intOrString).at(2, 'DOC:core/v1.HTTPGetAction.port'),
  host: string.at(3, 'DOC:core/v1.HTTPGetAction.host'),
  scheme: string.oneOf('HTTP', 'HTTPS').default('HTTP').at(4, 'DOC:core/v1.HTTPGetAction.scheme'),
  httpHeaders: list(HTTPHeader).owned('atomic').at(5, 'DOC:core/v1.HTTPGetAction.httpHeaders'),
  protocol: opt(string.oneOf('HTTP1', 'HTTP2')).at(6, 'DOC:core/v1.HTTPGetAction.protocol'),
})
export type HTTPGetAction = TypeOf<typeof HTTPGetAction>

export const TCPSocketAction = message('core/v1.TCPSocketAction', 'DOC:core/v1.TCPSocketAction', {
  port: req(intOrString).at(1, 'DOC:core/v1.TCPSocketAction.port'),
  host: string.at(2, 'DOC:core/v1.TCPSocketAction.host'),
})
export type TCPSocketAction = TypeOf<typeof TCPSocketAction>

export const GRPCAction = message('core/v1.GRPCAction', 'DOC:core/v1.GRPCAction', {
  port: req(int32).at(1, 'DOC:core/v1.GRPCAction.port'),
  service: opt(string).default('').at(2, 'DOC:core/v1.GRPCAction.service'),
  mode: opt(string.oneOf('Plaintext', 'TLS')).at(3, 'DOC:core/v1.GRPCAction.mode'),
})
export type GRPCAction = TypeOf<typeof GRPCAction>

export const ExecAction = message('core/v1.ExecAction', 'DOC:core/v1.ExecAction', {
  command: list(string).owned('atomic').at(1, 'DOC:core/v1.ExecAction.command'),
})
export type ExecAction = TypeOf<typeof ExecAction>

export const SleepAction = message('core/v1.SleepAction', 'DOC:core/v1.SleepAction', {
  seconds: req(int64).at(1, 'DOC:core/v1.SleepAction.seconds'),
})
export type SleepAction = TypeOf<typeof SleepAction>

export const ProbeHandler = message('core/v1.ProbeHandler', 'DOC:core/v1.ProbeHandler', {
  exec: opt(ExecAction).at(1, 'DOC:core/v1.ProbeHandler.exec'),
  httpGet: opt(HTTPGetAction).at(2, 'DOC:core/v1.ProbeHandler.httpGet'),
  tcpSocket: opt(TCPSocketAction).at(3, 'DOC:core/v1.ProbeHandler.tcpSocket'),
  grpc: opt(GRPCAction).at(4, 'DOC:core/v1.ProbeHandler.grpc'),
})
export type ProbeHandler = TypeOf<typeof ProbeHandler>

export const Probe = message('core/v1.Probe', 'DOC:core/v1.Probe', {
  ...inline(ProbeHandler, 1),
  initialDelaySeconds: int32.at(2, 'DOC:core/v1.Probe.initialDelaySeconds'),
  timeoutSeconds: int32.default(1).at(3, 'DOC:core/v1.Probe.timeoutSeconds'),
  periodSeconds: int32.default(10).at(4, 'DOC:core/v1.Probe.periodSeconds'),
  successThreshold: int32.default(1).at(5, 'DOC:core/v1.Probe.successThreshold'),
  failureThreshold: int32.default(3).at(6, 'DOC:core/v1.Probe.failureThreshold'),
  terminationGracePeriodSeconds: opt(int64).at(7, 'DOC:core/v1.Probe.terminationGracePeriodSeconds'),
})
export type Probe = TypeOf<typeof Probe>

export const LifecycleHandler = message('core/v1.LifecycleHandler', 'DOC:core/v1.LifecycleHandler', {
  exec: opt(ExecAction).at(1, 'DOC:core/v1.LifecycleHandler.exec'),
  httpGet: opt(HTTPGetAction).at(2, 'DOC:core/v1.LifecycleHandler.httpGet'),
  tcpSocket: opt(TCPSocketAction).at(3, 'DOC:core/v1.LifecycleHandler.tcpSocket'),
  sleep: opt(SleepAction).at(4, 'DOC:core/v1.LifecycleHandler.sleep'),
})
export type LifecycleHandler = TypeOf<typeof LifecycleHandler>

export const Lifecycle = message('core/v1.Lifecycle', 'DOC:core/v1.Lifecycle', {
  postStart: opt(LifecycleHandler).at(1, 'DOC:core/v1.Lifecycle.postStart'),
  preStop: opt(LifecycleHandler).at(2, 'DOC:core/v1.Lifecycle.preStop'),
  stopSignal: opt(string).at(3, 'DOC:core/v1.Lifecycle.stopSignal'),
})
export type Lifecycle = TypeOf<typeof Lifecycle>
