import { inline, int32, int64, intOrString, list, message, opt, req, string, type TypeOf } from '../schema.ts'

export const HTTPHeader = message('core/v1.HTTPHeader', 'A header of an HTTP request.', {
  name: req(string).at(1, 'The name.'),
  value: req(string).at(2, 'The value.'),
})
export type HTTPHeader = TypeOf<typeof HTTPHeader>

export const HTTPGetAction = message(
  'core/v1.HTTPGetAction',
  'Sends an HTTP GET; an answer from 200 to 399 means success.',
  {
    path: string.default('/').at(1, 'The path to ask for; / unless given.'),
    port: req(intOrString).at(2, 'The number or the name of the port.'),
    host: string.at(3, 'The host to connect to; the pod unless given.'),
    scheme: string.oneOf('HTTP', 'HTTPS').default('HTTP').at(4, 'HTTP or HTTPS; certificates are not checked.'),
    httpHeaders: list(HTTPHeader).owned('atomic').at(5, 'Headers to send along.'),
    protocol: opt(string.oneOf('HTTP1', 'HTTP2')).at(6, 'The version of HTTP: HTTP1 or HTTP2.'),
  },
)
export type HTTPGetAction = TypeOf<typeof HTTPGetAction>

export const TCPSocketAction = message('core/v1.TCPSocketAction', 'Opens a connection.', {
  port: req(intOrString).at(1, 'The number or the name of the port.'),
  host: string.at(2, 'The host to connect to; the pod unless given.'),
})
export type TCPSocketAction = TypeOf<typeof TCPSocketAction>

export const GRPCAction = message('core/v1.GRPCAction', 'Asks a gRPC health service.', {
  port: req(int32).at(1, 'The number of the port.'),
  service: opt(string).default('').at(2, 'The service to ask about; all of them if empty.'),
  mode: opt(string.oneOf('Plaintext', 'TLS')).at(3, 'Whether the connection is encrypted: Plaintext or TLS.'),
})
export type GRPCAction = TypeOf<typeof GRPCAction>

export const ExecAction = message('core/v1.ExecAction', 'Runs a command in a container.', {
  command: list(string)
    .owned('atomic')
    .at(1, 'The command and its arguments; it runs without a shell, and 0 means success.'),
})
export type ExecAction = TypeOf<typeof ExecAction>

export const SleepAction = message('core/v1.SleepAction', 'Waits.', {
  seconds: req(int64).at(1, 'For how many seconds.'),
})
export type SleepAction = TypeOf<typeof SleepAction>

export const ProbeHandler = message('core/v1.ProbeHandler', 'A way to ask; one of these.', {
  exec: opt(ExecAction).at(1, 'Runs a command in the container.'),
  httpGet: opt(HTTPGetAction).at(2, 'Sends an HTTP GET.'),
  tcpSocket: opt(TCPSocketAction).at(3, 'Opens a connection.'),
  grpc: opt(GRPCAction).at(4, 'Asks a gRPC health service.'),
})
export type ProbeHandler = TypeOf<typeof ProbeHandler>

export const Probe = message('core/v1.Probe', 'A question that is asked again and again.', {
  ...inline(ProbeHandler, 1),
  initialDelaySeconds: int32.at(2, 'How many seconds after the start the first question comes.'),
  timeoutSeconds: int32.default(1).at(3, 'After how many seconds no answer is a failure; 1 unless given.'),
  periodSeconds: int32.default(10).at(4, 'How many seconds lie between questions; 10 unless given.'),
  successThreshold: int32.default(1).at(5, 'How many successes in a row it takes after a failure; 1 unless given.'),
  failureThreshold: int32.default(3).at(6, 'How many failures in a row it takes; 3 unless given.'),
  terminationGracePeriodSeconds: opt(int64).at(
    7,
    'How many seconds the container has to end when the probe fails; those of the pod unless given.',
  ),
})
export type Probe = TypeOf<typeof Probe>

export const LifecycleHandler = message('core/v1.LifecycleHandler', 'Something to do; one of these.', {
  exec: opt(ExecAction).at(1, 'Runs a command.'),
  httpGet: opt(HTTPGetAction).at(2, 'Sends an HTTP GET.'),
  tcpSocket: opt(TCPSocketAction).at(3, 'No longer supported; it is ignored.'),
  sleep: opt(SleepAction).at(4, 'Waits.'),
})
export type LifecycleHandler = TypeOf<typeof LifecycleHandler>

export const Lifecycle = message(
  'core/v1.Lifecycle',
  'What is done after the start of a container and before its end.',
  {
    postStart: opt(LifecycleHandler).at(1, 'Done right after it was started; if it fails, the container is restarted.'),
    preStop: opt(LifecycleHandler).at(2, 'Done before it is asked to end, within the grace period.'),
    stopSignal: opt(string).at(3, 'The signal that asks it to end; that of the image unless given.'),
  },
)
export type Lifecycle = TypeOf<typeof Lifecycle>
