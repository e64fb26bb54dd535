// What clients get wrong, and what the server says then: upstream's code, reason, sentence and causes. After each
// case the store holds what it held before.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { MemoryStore } from '#store/memory.ts'
import type { Server } from './app.ts'
import { createAuthenticator } from './authn/authenticate.ts'
import { type TestServer, testServer } from './fixture.ts'
import type { ApiRequest, UserInfo } from './request.ts'

const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

interface Asked {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly type?: string
  readonly accept?: string
  /** Text and bytes are sent as they are, everything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly stranger?: boolean
}

interface Said {
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: a Status or an object
  readonly body: any
  readonly text: string
  readonly warnings: readonly string[]
}

const bytesOf = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))

async function ask(server: Server, asked: Asked): Promise<Said> {
  const { method, path, type = 'application/json', accept, body, headers = {}, stranger } = asked
  const mark = path.indexOf('?')
  const request: ApiRequest = {
    method,
    path: mark < 0 ? path : path.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : path.slice(mark + 1)),
    headers: {
      'user-agent': 'test/1',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...(accept ? { accept } : {}),
      ...(stranger ? { 'x-stranger': '1' } : {}),
      ...headers,
    },
    body: body === undefined ? { type: 'none' } : { type: 'bytes', bytes: bytesOf(body) },
    signal: AbortSignal.timeout(10_000),
  }
  const response = await server.handle(request)
  const chunks = response.body.type === 'bytes' ? response.body.chunks : []
  const text = Buffer.concat(chunks).toString()
  const warning = response.headers.warning ?? []
  const isJson = response.headers['content-type'] === 'application/json'
  return {
    code: response.status,
    body: isJson ? JSON.parse(text) : undefined,
    text,
    warnings: typeof warning === 'string' ? [warning] : warning,
  }
}

const ns = '/api/v1/namespaces/default'
const apps = '/apis/apps/v1/namespaces/default'

const container = { name: 'c', image: 'i' }
const pod = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec: { containers: [container], ...spec },
})
const configMap = (fields: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', ...metadata },
  ...fields,
})
const deployment = (spec: object = {}, labels: object = { app: 'a' }) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels }, spec: { containers: [container] } },
    ...spec,
  },
})
const service = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'x' },
  spec: { ports: [{ port: 80 }], ...spec },
})

const post = (path: string, body: unknown, more: Partial<Asked> = {}): Asked => ({
  method: 'POST',
  path,
  body,
  ...more,
})
const put = (path: string, body: unknown, more: Partial<Asked> = {}): Asked => ({ method: 'PUT', path, body, ...more })
const get = (path: string, more: Partial<Asked> = {}): Asked => ({ method: 'GET', path, ...more })
const patch = (kind: 'json' | 'merge' | 'strategic' | 'apply', path: string, body: unknown): Asked => ({
  method: 'PATCH',
  path,
  body,
  type: {
    json: 'application/json-patch+json',
    merge: 'application/merge-patch+json',
    strategic: 'application/strategic-merge-patch+json',
    apply: 'application/apply-patch+yaml',
  }[kind],
})

/** What is there before each case. */
const stock: readonly Asked[] = [
  post(`${ns}/configmaps`, configMap({ data: { a: '1' } }, { name: 'here', labels: { app: 'a' } })),
  post(`${ns}/configmaps`, configMap({ data: { a: '1' }, immutable: true }, { name: 'fixed' })),
  post(`${ns}/secrets`, { metadata: { name: 'here' }, type: 'a' }),
  post(`${ns}/pods`, pod({}, { name: 'here' })),
  post(`${ns}/pods`, pod({ nodeName: 'n1' }, { name: 'bound' })),
  post(`${apps}/deployments`, { ...deployment(), metadata: { name: 'here' } }),
  post(`${ns}/services`, { ...service({ clusterIP: '10.96.0.77' }), metadata: { name: 'here' } }),
]

interface Case {
  readonly name: string
  readonly asked: Asked
  readonly code: number
  readonly reason?: string
  readonly says: string | RegExp
  /** `field: message` of each cause. */
  readonly causes?: readonly string[]
}

const quantityRegex = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const bad = (name: string, asked: Asked, says: string | RegExp): Case => ({
  name,
  asked,
  code: 400,
  reason: 'BadRequest',
  says,
})

/** `what` is the kind with its group and the quoted name; `causes` are `field: message`. */
const invalid = (name: string, asked: Asked, what: string, ...causes: string[]): Case => {
  const list = [...new Set(causes)]
  return {
    name,
    asked,
    code: 422,
    reason: 'Invalid',
    says: `${what} is invalid: ${list.length === 1 ? list[0] : `[${list.join(', ')}]`}`,
    causes,
  }
}

const continueToken = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const nested = (depth: number, inside: string) => `${'{"a":'.repeat(depth)}${inside}${'}'.repeat(depth)}`
const noMethod = 'the server does not allow this method on the requested resource'
const noResource = 'the server could not find the requested resource'

const decoding: readonly Case[] = [
  bad(
    'an unknown field, strictly',
    post(`${ns}/configmaps?fieldValidation=Strict`, configMap({ foo: 1 })),
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"',
  ),
  bad(
    'unknown fields at several places, strictly, told in the order of the body',
    post(
      `${ns}/pods?fieldValidation=Strict`,
      '{"one":1,"metadata":{"name":"p","two":2},"spec":{"containers":[{"name":"c","image":"i","three":3}],"four":4},"five":5}',
    ),
    'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "one", unknown field "metadata.two", unknown field "spec.containers[0].three", unknown field "spec.four", unknown field "five"',
  ),
  bad(
    'a duplicate key in JSON, strictly',
    post(`${ns}/configmaps?fieldValidation=Strict`, '{"metadata":{"name":"x"},"data":{"a":"1"},"data":{"b":"2"}}'),
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data"',
  ),
  bad(
    'a duplicate key in YAML, strictly',
    post(`${ns}/configmaps?fieldValidation=Strict`, 'metadata:\n  name: x\ndata:\n  a: "1"\n  a: "2"\n', {
      type: 'application/yaml',
    }),
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 5: key "a" already set in map',
  ),
  {
    name: 'an unknown field in a patch, strictly',
    asked: patch('merge', `${ns}/configmaps/here?fieldValidation=Strict`, { foo: 1 }),
    code: 422,
    reason: 'Invalid',
    says: /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: unknown field "foo"$/,
  },
  {
    name: 'a duplicate key in a patch, strictly',
    asked: patch('merge', `${ns}/configmaps/here?fieldValidation=Strict`, '{"data":{"b":"1"},"data":{"b":"2"}}'),
    code: 422,
    reason: 'Invalid',
    says: /^ "" is invalid: patch: Invalid value: "\{.*\}": strict decoding error: duplicate field "data"$/,
  },
  bad(
    'a duplicate key in an apply, strictly',
    patch(
      'apply',
      `${ns}/configmaps/here?fieldManager=m&fieldValidation=Strict`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: here\ndata:\n  b: "1"\n  b: "2"\n',
    ),
    'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "b" already set in map',
  ),
  bad(
    'a text where a number belongs',
    post(`${apps}/deployments`, deployment({ replicas: '3' })),
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ),
  bad(
    'a fraction where a whole number belongs',
    post(`${apps}/deployments`, deployment({ replicas: 1.5 })),
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ),
  bad(
    'a number too large for its type',
    post(`${apps}/deployments`, deployment({ replicas: 3_000_000_000 })),
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ),
  bad(
    'an object where a list belongs',
    post(`${ns}/pods`, pod({ containers: {} })),
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ),
  bad(
    'a list where an object belongs',
    post(`${ns}/pods`, { metadata: { name: 'p' }, spec: [] }),
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec',
  ),
  bad(
    'a number in a map of texts',
    post(`${ns}/configmaps`, configMap({ data: { a: 1 } })),
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ),
  bad(
    'data that is not base64',
    post(`${ns}/secrets`, { metadata: { name: 'x' }, data: { a: '*' } }),
    'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0',
  ),
  bad(
    'a time that is none',
    post(`${ns}/configmaps`, configMap({}, { creationTimestamp: 'yesterday' })),
    /^ConfigMap in version "v1" cannot be handled as a ConfigMap: parsing time "\\?"?yesterday\\?"?" as /,
  ),
  bad(
    'a quantity that is none',
    post(`${ns}/pods`, pod({ containers: [{ ...container, resources: { limits: { cpu: 'lots' } } }] })),
    `Pod in version "v1" cannot be handled as a Pod: ${quantityRegex}`,
  ),
  bad(
    'a quantity with an unknown suffix',
    post(`${ns}/pods`, pod({ containers: [{ ...container, resources: { limits: { memory: '1Qi' } } }] })),
    /^Pod in version "v1" cannot be handled as a Pod: (unable to parse quantity's suffix|quantities must match)/,
  ),
  bad(
    'JSON that ends too early',
    post(`${ns}/configmaps`, '{"kind":"ConfigMap","metadata":{"name":"x"'),
    'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"kind":"ConfigMap","metadata" ...)',
  ),
  bad(
    'JSON with something wrong in it',
    post(`${ns}/configmaps`, '{"kind":"ConfigMap",}'),
    'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: invalid character \'}\' looking for beginning of object key string ({"kind":"ConfigMap",})',
  ),
  bad(
    'bytes that are no JSON',
    post(`${ns}/configmaps`, new Uint8Array([1, 2, 3])),
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character '\\x01' looking for beginning of value (010203)",
  ),
  bad(
    'no body at all',
    { method: 'POST', path: `${ns}/configmaps` },
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
  ),
  bad(
    'a list as a body',
    post(`${ns}/configmaps`, '[]'),
    'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)',
  ),
  bad(
    'broken YAML',
    post(`${ns}/configmaps`, 'kind: ConfigMap\n\tname: x\n', { type: 'application/yaml' }),
    /^the object provided is unrecognized \(must be of type ConfigMap\): .*yaml: /,
  ),
  bad(
    'YAML with more aliases than memory',
    post(
      `${ns}/configmaps`,
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((at, i) => `${at}: &${at} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
        .join('\n')}\n`,
      { type: 'application/yaml' },
    ),
    /yaml: .*alias/i,
  ),
  bad(
    'JSON called protobuf',
    post(`${ns}/configmaps`, '{"kind":"ConfigMap"}', { type: 'application/vnd.kubernetes.protobuf' }),
    'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({"kind":"ConfigMap"})',
  ),
  bad(
    'protobuf that ends too early',
    post(`${ns}/configmaps`, new Uint8Array([0x6b, 0x38, 0x73, 0, 0x0a, 0x20, 0x0a]), {
      type: 'application/vnd.kubernetes.protobuf',
    }),
    /^the object provided is unrecognized \(must be of type ConfigMap\): .*unexpected EOF/,
  ),
  bad(
    'JSON that is nested too deeply',
    post(`${ns}/configmaps`, nested(200_000, '1')),
    /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error: exceeded max depth /,
  ),
  bad(
    'lists that are nested too deeply',
    post(`${ns}/configmaps`, `{"data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`),
    /exceeded max depth/,
  ),
  bad(
    'lists that are opened and never closed',
    post(`${ns}/configmaps`, '['.repeat(1_000_000)),
    /max depth|unexpected end/,
  ),
  bad(
    'YAML that is nested too deeply',
    post(`${ns}/configmaps`, '['.repeat(20_000) + ']'.repeat(20_000), { type: 'application/yaml' }),
    /max depth/,
  ),
  {
    name: 'a content type that is not known',
    asked: post(`${ns}/configmaps`, 'x', { type: 'text/plain' }),
    code: 415,
    reason: 'UnsupportedMediaType',
    says: 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
  {
    name: 'a patch that does not say of which type it is',
    asked: { method: 'PATCH', path: `${ns}/configmaps/here`, body: {}, type: 'application/json' },
    code: 415,
    reason: 'UnsupportedMediaType',
    says: 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
  },
  {
    name: 'an answer wanted in a form that is not there',
    asked: get(`${ns}/configmaps/here`, { accept: 'text/html' }),
    code: 406,
    reason: 'NotAcceptable',
    says: 'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
  {
    name: 'a list wanted in a form that is not there',
    asked: get(`${ns}/configmaps`, { accept: 'application/json;as=Table;v=v9;g=meta.k8s.io' }),
    code: 406,
    reason: 'NotAcceptable',
    says: 'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  },
  bad(
    'another kind than the path says',
    post(`${ns}/configmaps`, pod()),
    'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  ),
  bad(
    'a kind of another group than the path says',
    post(`${apps}/deployments`, pod()),
    'Pod in version "v1" cannot be handled as a Deployment: converting (v1.Pod) to (apps.Deployment): unknown conversion',
  ),
  bad(
    'a kind that nobody knows',
    post(`${ns}/configmaps`, { apiVersion: 'v9', kind: 'Nonsense' }),
    'Nonsense in version "v9" cannot be handled as a ConfigMap: no kind "Nonsense" is registered for version "v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ),
  bad(
    'a version that nobody knows',
    post(`${apps}/deployments`, { ...deployment(), apiVersion: 'apps/v9' }),
    'Deployment in version "v9" cannot be handled as a Deployment: no kind "Deployment" is registered for version "apps/v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ),
]

const rules: readonly Case[] = [
  invalid(
    'no name',
    post(`${ns}/configmaps`, { data: {} }),
    'ConfigMap ""',
    'metadata.name: Required value: name or generateName is required',
  ),
  invalid(
    'a name with capitals',
    post(`${ns}/configmaps`, configMap({}, { name: 'A_B' })),
    'ConfigMap "A_B"',
    `metadata.name: Invalid value: "A_B": ${subdomain}`,
  ),
  invalid(
    'a name that is too long',
    post(`${ns}/configmaps`, configMap({}, { name: 'a'.repeat(254) })),
    `ConfigMap "${'a'.repeat(254)}"`,
    `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 bytes`,
  ),
  invalid(
    "a namespace's name that is no label",
    post('/api/v1/namespaces', { metadata: { name: 'a.b' } }),
    'Namespace "a.b"',
    'metadata.name: Invalid value: "a.b": must not contain dots',
  ),
  invalid(
    'no containers',
    post(`${ns}/pods`, { metadata: { name: 'p' } }),
    'Pod "p"',
    'spec.containers: Required value',
  ),
  invalid(
    'two containers of one name',
    post(`${ns}/pods`, pod({ containers: [container, container] })),
    'Pod "p"',
    'spec.containers[1].name: Duplicate value: "c"',
  ),
  invalid(
    'two volumes of one name',
    post(
      `${ns}/pods`,
      pod({
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'v', emptyDir: {} },
        ],
      }),
    ),
    'Pod "p"',
    'spec.volumes[1].name: Duplicate value: "v"',
  ),
  invalid(
    'a mount of a volume that is not there',
    post(`${ns}/pods`, pod({ containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] })),
    'Pod "p"',
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ),
  invalid(
    'several faults at once',
    post(`${ns}/pods`, pod({ containers: [{ name: 'C', ports: [{ containerPort: 0 }] }], restartPolicy: 'Maybe' })),
    'Pod "p"',
    'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"',
    `spec.containers[0].name: Invalid value: "C": ${label}`,
    'spec.containers[0].image: Required value',
    'spec.containers[0].ports[0].containerPort: Required value',
  ),
  invalid(
    'a negative quantity',
    post(`${ns}/pods`, pod({ containers: [{ ...container, resources: { limits: { cpu: '-1' } } }] })),
    'Pod "p"',
    'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
  ),
  invalid(
    'a request above its limit',
    post(
      `${ns}/pods`,
      pod({ containers: [{ ...container, resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }] }),
    ),
    'Pod "p"',
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ),
  invalid(
    'a label that is none',
    post(`${ns}/configmaps`, configMap({}, { labels: { a: 'b c' } })),
    'ConfigMap "x"',
    "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ),
  invalid(
    'annotations that are too large',
    post(`${ns}/configmaps`, configMap({}, { annotations: { a: 'x'.repeat(300_000) } })),
    'ConfigMap "x"',
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ),
  invalid(
    'data that is too large',
    post(`${ns}/configmaps`, configMap({ data: { a: 'x'.repeat(1_100_000) } })),
    'ConfigMap "x"',
    '[]: Too long: may not be more than 1048576 bytes',
  ),
  invalid(
    'a key of data that is none',
    post(`${ns}/configmaps`, configMap({ data: { 'a b': '1' } })),
    'ConfigMap "x"',
    "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ),
  invalid(
    'a selector that does not match its template',
    post(`${apps}/deployments`, deployment({}, { app: 'b' })),
    'Deployment.apps "x"',
    'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
  ),
  invalid(
    'no selector',
    post(`${apps}/deployments`, deployment({ selector: null })),
    'Deployment.apps "x"',
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: {"app":"a"}: `selector` does not match template `labels`',
  ),
  invalid(
    'fewer replicas than none',
    post(`${apps}/deployments`, deployment({ replicas: -1 })),
    'Deployment.apps "x"',
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ),
  invalid(
    'neither surge nor unavailable',
    post(
      `${apps}/deployments`,
      deployment({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    ),
    'Deployment.apps "x"',
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ),
  invalid(
    'a selector that changes',
    put(`${apps}/deployments/here`, {
      ...deployment({ selector: { matchLabels: { app: 'b' } } }, { app: 'b' }),
      metadata: { name: 'here' },
    }),
    'Deployment.apps "here"',
    'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
  ),
  invalid(
    'an immutable map that changes',
    patch('merge', `${ns}/configmaps/fixed`, { data: { a: '2' } }),
    'ConfigMap "fixed"',
    'data: Forbidden: field is immutable when `immutable` is set',
  ),
  invalid(
    'an immutable map that wants to be mutable',
    patch('merge', `${ns}/configmaps/fixed`, { immutable: null }),
    'ConfigMap "fixed"',
    'immutable: Forbidden: field is immutable when `immutable` is set',
  ),
  invalid(
    "a secret's type that changes",
    patch('merge', `${ns}/secrets/here`, { type: 'b' }),
    'Secret "here"',
    'type: Invalid value: "b": field is immutable',
  ),
  invalid(
    "a service's address that changes",
    patch('merge', `${ns}/services/here`, { spec: { clusterIP: '10.96.0.78', clusterIPs: ['10.96.0.78'] } }),
    'Service "here"',
    'spec.clusterIPs[0]: Invalid value: ["10.96.0.78"]: may not change once set',
  ),
  {
    name: "a pod's spec that changes",
    asked: patch('merge', `${ns}/pods/here`, { spec: { hostNetwork: true } }),
    code: 422,
    reason: 'Invalid',
    says: /^Pod "here" is invalid: spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,`spec\.initContainers\[\*\]\.image`,`spec\.activeDeadlineSeconds`,`spec\.tolerations` \(only additions to existing tolerations\),`spec\.terminationGracePeriodSeconds` \(allow it to be set to 1 if it was previously negative\)/,
  },
  invalid(
    'a port outside of the range',
    post(`${ns}/services`, service({ ports: [{ port: 70_000 }] })),
    'Service "x"',
    'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    'spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ),
  invalid(
    'a kind of service that is none',
    post(`${ns}/services`, service({ type: 'Nonsense' })),
    'Service "x"',
    'spec.type: Unsupported value: "Nonsense": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ),
  bad(
    'another namespace than the path says',
    post(`${ns}/configmaps`, configMap({}, { namespace: 'other' })),
    'the namespace of the provided object does not match the namespace sent on the request',
  ),
  bad(
    'another name than the path says',
    put(`${ns}/configmaps/here`, configMap({}, { name: 'other' })),
    'the name of the object (other) does not match the name on the URL (here)',
  ),
  {
    name: 'a namespace that is not there',
    asked: post('/api/v1/namespaces/nowhere/configmaps', configMap()),
    code: 404,
    reason: 'NotFound',
    says: 'namespaces "nowhere" not found',
  },
  {
    name: 'a name that is taken',
    asked: post(`${ns}/configmaps`, configMap({}, { name: 'here' })),
    code: 409,
    reason: 'AlreadyExists',
    says: 'configmaps "here" already exists',
  },
  {
    name: 'a new object that has a resourceVersion',
    asked: post(`${ns}/configmaps`, configMap({}, { resourceVersion: '1' })),
    code: 500,
    says: 'resourceVersion should not be set on objects to be created',
  },
  {
    name: 'an update of what is not there',
    asked: put(`${ns}/configmaps/x`, configMap()),
    code: 404,
    reason: 'NotFound',
    says: 'configmaps "x" not found',
  },
  {
    name: 'an update of an old version',
    asked: put(`${ns}/configmaps/here`, configMap({}, { name: 'here', resourceVersion: '1' })),
    code: 409,
    reason: 'Conflict',
    says: 'Operation cannot be fulfilled on configmaps "here": the object has been modified; please apply your changes to the latest version and try again',
  },
  {
    name: 'an update of another object of that name',
    asked: put(`${ns}/configmaps/here`, configMap({}, { name: 'here', uid: 'other' })),
    code: 409,
    reason: 'Conflict',
    says: /^Operation cannot be fulfilled on configmaps "here": StorageError: invalid object, Code: 4, Key: .*, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: [0-9a-f-]{36}$/,
  },
]

const queries: readonly Case[] = [
  bad(
    'a label selector with a sign too many',
    get(`${ns}/configmaps?labelSelector=a%3Db%3Dc`),
    "found '=', expected: ',' or 'end of string'",
  ),
  bad(
    'a label selector whose list is not closed',
    get(`${ns}/configmaps?labelSelector=a+in+(b`),
    /^unable to parse requirement: found '', expected: ',' or '\)'$/,
  ),
  bad(
    'a label selector with a key that is none',
    get(`${ns}/configmaps?labelSelector=-a-%3Db`),
    /^unable to parse requirement: <nil>: Invalid value: "-a-": name part must consist of alphanumeric characters/,
  ),
  bad(
    'a field selector of a field that cannot be selected',
    get(`${ns}/configmaps?fieldSelector=data.a%3D1`),
    '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ),
  bad(
    'a field selector of a field of pods that cannot be selected',
    get(`${ns}/pods?fieldSelector=spec.nonsense%3D1`),
    'field label not supported: spec.nonsense',
  ),
  bad(
    'a field selector without a sign',
    get(`${ns}/pods?fieldSelector=spec.nodeName`),
    "invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'",
  ),
  bad(
    'a continue token that is not base64',
    get(`${ns}/configmaps?continue=*`),
    'invalid continue token: continue key is not valid: illegal base64 data at input byte 0',
  ),
  bad(
    'a continue token that is not JSON',
    get(`${ns}/configmaps?continue=${Buffer.from('nonsense').toString('base64url')}`),
    "invalid continue token: continue key is not valid: invalid character 'o' in literal null (expecting 'u')",
  ),
  bad(
    'a continue token of another version',
    get(`${ns}/configmaps?continue=${continueToken({ v: 'v9' })}`),
    'invalid continue token: continue key is not valid: server does not recognize this encoded version v9',
  ),
  bad(
    'a continue token without a revision',
    get(`${ns}/configmaps?continue=${continueToken({ v: 'meta.k8s.io/v1', start: 'a' })}`),
    'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  ),
  bad(
    'a continue token without a key',
    get(`${ns}/configmaps?continue=${continueToken({ v: 'meta.k8s.io/v1', rv: 1 })}`),
    'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
  ),
  bad(
    'a continue token that leaves its prefix',
    get(`${ns}/configmaps?continue=${continueToken({ v: 'meta.k8s.io/v1', rv: 1, start: '../../secrets/x' })}`),
    'invalid continue token: continue key is not valid: ../../secrets/x',
  ),
  bad(
    'a continue token beside a resourceVersion',
    get(`${ns}/configmaps?resourceVersion=1&continue=${continueToken({ v: 'meta.k8s.io/v1', rv: 1, start: 'a' })}`),
    'specifying resource version is not allowed when using continue',
  ),
  bad(
    'a resourceVersion that is no number',
    get(`${ns}/configmaps?resourceVersion=x`),
    'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  ),
  bad(
    'a negative resourceVersion',
    get(`${ns}/configmaps?resourceVersion=-1`),
    'invalid resource version: resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax',
  ),
  {
    name: 'a resourceVersion of the future',
    asked: get(`${ns}/configmaps?resourceVersion=999999`),
    code: 504,
    reason: 'Timeout',
    says: /^Timeout: Too large resource version: 999999, current: \d+$/,
  },
  bad(
    'a limit that is larger than there are numbers',
    get(`${ns}/configmaps?limit=9223372036854775808`),
    'strconv.ParseInt: parsing "9223372036854775808": value out of range',
  ),
  bad(
    'a version that is larger than there are numbers',
    get(`${ns}/configmaps?resourceVersion=18446744073709551616`),
    'invalid resource version: resourceVersion: Invalid value: "18446744073709551616": strconv.ParseUint: parsing "18446744073709551616": value out of range',
  ),
  bad('a limit that is no number', get(`${ns}/configmaps?limit=x`), 'strconv.ParseInt: parsing "x": invalid syntax'),
  invalid(
    'a match without a resourceVersion',
    get(`${ns}/configmaps?resourceVersionMatch=Exact`),
    'ListOptions.meta.k8s.io ""',
    'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ),
  invalid(
    'a match that is none',
    get(`${ns}/configmaps?resourceVersion=1&resourceVersionMatch=Nonsense`),
    'ListOptions.meta.k8s.io ""',
    'resourceVersionMatch: Unsupported value: "Nonsense": supported values: "Exact", "NotOlderThan", ""',
  ),
  invalid(
    'a validation of fields that is none',
    post(`${ns}/configmaps?fieldValidation=Nonsense`, configMap()),
    'CreateOptions.meta.k8s.io ""',
    'fieldValidation: Unsupported value: "Nonsense": supported values: "", "Ignore", "Strict", "Warn"',
  ),
  invalid(
    'a dry run that is none',
    post(`${ns}/configmaps?dryRun=Nonsense`, configMap()),
    'CreateOptions.meta.k8s.io ""',
    'dryRun: Unsupported value: ["Nonsense"]: supported values: "All"',
  ),
  invalid(
    "a manager's name that is too long",
    post(`${ns}/configmaps?fieldManager=${'a'.repeat(129)}`, configMap()),
    'CreateOptions.meta.k8s.io ""',
    'fieldManager: Too long: may not be more than 128 bytes',
  ),
]

const here = `${ns}/configmaps/here`

const patches: readonly Case[] = [
  bad(
    'a JSON patch that is no list',
    patch('json', here, {}),
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  ),
  bad('a JSON patch that is no JSON', patch('json', here, '[{'), 'error decoding patch: unexpected end of JSON input'),
  {
    name: 'a JSON patch whose test fails',
    asked: patch('json', here, [
      { op: 'replace', path: '/data/a', value: '2' },
      { op: 'test', path: '/data/a', value: '3' },
    ]),
    code: 422,
    reason: 'Invalid',
    says: 'the server rejected our request due to an error in our request',
  },
  {
    name: 'a JSON patch of what is not there',
    asked: patch('json', here, [{ op: 'remove', path: '/data/z' }]),
    code: 422,
    reason: 'Invalid',
    says: 'the server rejected our request due to an error in our request',
  },
  {
    name: 'a JSON patch with an operation that is none',
    asked: patch('json', here, [{ op: 'nonsense', path: '/data/a' }]),
    code: 422,
    reason: 'Invalid',
    says: 'the server rejected our request due to an error in our request',
  },
  {
    name: 'a JSON patch of too many operations',
    asked: patch('json', here, Array(10_001).fill({ op: 'test', path: '/data/a', value: '1' })),
    code: 413,
    reason: 'RequestEntityTooLarge',
    says: 'Request entity is too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  },
  {
    name: 'a JSON patch that makes another type of it',
    asked: patch('json', here, [{ op: 'replace', path: '/data', value: [] }]),
    code: 422,
    reason: 'Invalid',
    says: /^ "" is invalid: patch: Invalid value: "\{.*\}": json: cannot unmarshal array into Go struct field ConfigMap\.data of type map\[string\]string$/,
  },
  {
    name: 'a merge patch that makes another type of it',
    asked: patch('merge', here, { data: 1 }),
    code: 422,
    reason: 'Invalid',
    says: /^ "" is invalid: patch: Invalid value: "\{.*\}": json: cannot unmarshal number into Go struct field ConfigMap\.data of type map\[string\]string$/,
  },
  {
    name: 'a strategic patch that makes another type of it',
    asked: patch('strategic', `${apps}/deployments/here`, { spec: { replicas: 'x' } }),
    code: 422,
    reason: 'Invalid',
    says: /^ "" is invalid: patch: Invalid value: "map\[spec:map\[replicas:x\]\]": /,
  },
  bad('a merge patch that is no JSON', patch('merge', here, '{'), 'error decoding patch: unexpected end of JSON input'),
  bad(
    'a merge patch that is a list',
    patch('merge', here, []),
    'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  ),
  bad('a strategic patch that is no JSON', patch('strategic', here, '{'), 'unexpected end of JSON input'),
  bad(
    'a strategic patch that is a list',
    patch('strategic', here, []),
    'json: cannot unmarshal array into Go value of type map[string]interface {}',
  ),
  {
    name: 'a strategic patch with a directive that is none',
    asked: patch('strategic', `${apps}/deployments/here`, { spec: { template: { $patch: 'nonsense' } } }),
    code: 500,
    says: /nonsense/,
  },
  invalid(
    'a merge patch that forces',
    patch('merge', `${here}?force=true`, {}),
    'PatchOptions.meta.k8s.io ""',
    'force: Forbidden: may not be specified for non-apply patch',
  ),
  invalid(
    'an apply without a manager',
    patch('apply', here, configMap({}, { name: 'here' })),
    'PatchOptions.meta.k8s.io ""',
    'fieldManager: Required value: is required for apply patch',
  ),
  bad('an apply that is no YAML', patch('apply', `${here}?fieldManager=m`, 'a: [\n'), /^error decoding YAML: /),
  bad(
    'an apply of another version',
    patch('apply', `${here}?fieldManager=m`, { ...configMap({}, { name: 'here' }), apiVersion: 'v9' }),
    'Incorrect version specified in apply patch. Specified patch version: v9, expected: v1',
  ),
  bad(
    'an apply that brings its own owners',
    patch('apply', `${here}?fieldManager=m`, configMap({}, { name: 'here', managedFields: [{ manager: 'x' }] })),
    'metadata.managedFields must be nil',
  ),
  bad(
    'an apply of another name',
    patch('apply', `${here}?fieldManager=m`, configMap({}, { name: 'other' })),
    'the name of the object (other) does not match the name on the URL (here)',
  ),
  {
    name: 'an apply of what another manager owns',
    asked: patch('apply', `${here}?fieldManager=m`, configMap({ data: { a: '2' } }, { name: 'here' })),
    code: 409,
    reason: 'Conflict',
    says: /^Apply failed with 1 conflict: conflict with "test" using v1( at \S+)?: \.data\.a$/,
    causes: ['.data.a: conflict with "test" using v1'],
  },
  {
    name: 'a patch of what is not there',
    asked: patch('merge', `${ns}/configmaps/x`, {}),
    code: 404,
    reason: 'NotFound',
    says: 'configmaps "x" not found',
  },
  {
    name: 'a patch of an old version',
    asked: patch('merge', here, { metadata: { resourceVersion: '1' }, data: { b: '1' } }),
    code: 409,
    reason: 'Conflict',
    says: 'Operation cannot be fulfilled on configmaps "here": the object has been modified; please apply your changes to the latest version and try again',
  },
  bad(
    'a patch of the name',
    patch('merge', here, { metadata: { name: 'other' } }),
    'the name of the object (other) does not match the name on the URL (here)',
  ),
]

const paths: readonly Case[] = [
  { name: 'a resource that is none', asked: get(`${ns}/nonsense`), code: 404, reason: 'NotFound', says: noResource },
  {
    name: 'a resource that is none in a known group',
    asked: get('/apis/apps/v1/nonsense'),
    code: 404,
    reason: 'NotFound',
    says: noResource,
  },
  {
    name: 'a subresource that is none',
    asked: get(`${ns}/pods/here/nonsense`),
    code: 404,
    reason: 'NotFound',
    says: noResource,
  },
  { name: 'a path that is none', asked: get('/nonsense'), code: 404, says: '404 page not found\n' },
  { name: 'a group that is none', asked: get('/apis/nonsense.io/v1/x'), code: 404, says: '404 page not found\n' },
  { name: 'a version that is none', asked: get('/apis/apps/v9/deployments'), code: 404, says: '404 page not found\n' },
  {
    name: 'an object that is not there',
    asked: get(`${ns}/configmaps/x`),
    code: 404,
    reason: 'NotFound',
    says: 'configmaps "x" not found',
  },
  {
    name: 'an object of a group that is not there',
    asked: get(`${apps}/deployments/x`),
    code: 404,
    reason: 'NotFound',
    says: 'deployments.apps "x" not found',
  },
  {
    name: 'a creation below a name',
    asked: post(`${ns}/configmaps/here`, configMap()),
    code: 405,
    reason: 'MethodNotAllowed',
    says: noMethod,
  },
  {
    name: 'an update of a collection',
    asked: put(`${ns}/configmaps`, configMap()),
    code: 405,
    reason: 'MethodNotAllowed',
    says: noMethod,
  },
  {
    name: 'a creation without a namespace',
    asked: post('/api/v1/configmaps', configMap()),
    code: 405,
    reason: 'MethodNotAllowed',
    says: noMethod,
  },
  {
    name: 'a method that is none',
    asked: { method: 'BREW', path: here },
    code: 405,
    reason: 'MethodNotAllowed',
    says: noMethod,
  },
  {
    name: 'a log that is to be deleted',
    asked: { method: 'DELETE', path: `${ns}/pods/here/log` },
    code: 405,
    reason: 'MethodNotAllowed',
    says: noMethod,
  },
  bad('a path with a broken escape', get(`${ns}/configmaps/%zz`), /invalid URL escape/),
  {
    name: 'nobody in particular',
    asked: get(here, { stranger: true }),
    code: 403,
    reason: 'Forbidden',
    says: 'configmaps "here" is forbidden: User "system:anonymous" cannot get resource "configmaps" in API group "" in the namespace "default"',
  },
  {
    name: 'a token that is none',
    asked: get(here, { stranger: true, headers: { authorization: 'Bearer nonsense' } }),
    code: 401,
    reason: 'Unauthorized',
    says: 'Unauthorized',
  },
  {
    name: 'an authorization that is none',
    asked: get(here, { stranger: true, headers: { authorization: 'Nonsense' } }),
    code: 401,
    reason: 'Unauthorized',
    says: 'Unauthorized',
  },
]

const remove = (path: string, body?: unknown): Asked => ({ method: 'DELETE', path, body })

const deletions: readonly Case[] = [
  {
    name: 'a deletion of what is not there',
    asked: remove(`${ns}/configmaps/x`),
    code: 404,
    reason: 'NotFound',
    says: 'configmaps "x" not found',
  },
  invalid(
    'a propagation that is none',
    remove(here, { propagationPolicy: 'Nonsense' }),
    'DeleteOptions.meta.k8s.io ""',
    'propagationPolicy: Unsupported value: "Nonsense": supported values: "Foreground", "Background", "Orphan", "nil"',
  ),
  invalid(
    'a propagation in the query that is none',
    remove(`${here}?propagationPolicy=Nonsense`),
    'DeleteOptions.meta.k8s.io ""',
    'propagationPolicy: Unsupported value: "Nonsense": supported values: "Foreground", "Background", "Orphan", "nil"',
  ),
  invalid(
    'two propagations',
    remove(here, { propagationPolicy: 'Orphan', orphanDependents: true }),
    'DeleteOptions.meta.k8s.io ""',
    'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
  ),
  invalid(
    'a dry run of a deletion that is none',
    remove(here, { dryRun: ['Nonsense'] }),
    'DeleteOptions.meta.k8s.io ""',
    'dryRun: Unsupported value: ["Nonsense"]: supported values: "All"',
  ),
  bad(
    'a grace that is no number',
    remove(here, { gracePeriodSeconds: 'x' }),
    /cannot unmarshal string into Go struct field DeleteOptions\.gracePeriodSeconds of type int64$/,
  ),
  bad(
    'a grace that would not be kept exactly',
    remove(`${here}?gracePeriodSeconds=9223372036854775807`),
    'gracePeriodSeconds: 9223372036854775807: no integer beyond ±9007199254740991 is kept exactly',
  ),
  bad(
    'such a grace in options',
    remove(here, '{"gracePeriodSeconds":9223372036854775807}'),
    /cannot unmarshal number 9223372036854775807 into Go struct field DeleteOptions\.gracePeriodSeconds of type int64: no integer beyond ±9007199254740991 is kept exactly$/,
  ),
  bad('options that are no JSON', remove(here, '{'), /unexpected end of JSON input/),
  bad(
    'preconditions that are no object',
    remove(here, { preconditions: 'x' }),
    /cannot unmarshal string into Go struct field DeleteOptions\.preconditions of type v1\.Preconditions$/,
  ),
  bad(
    'a dry run that is no list',
    remove(here, { dryRun: 'All' }),
    /cannot unmarshal string into Go struct field DeleteOptions\.dryRun of type \[\]string$/,
  ),
  {
    name: 'a deletion of another object of that name',
    asked: remove(here, { preconditions: { uid: 'other' } }),
    code: 409,
    reason: 'Conflict',
    says: /^Operation cannot be fulfilled on .*configmaps? "here": the UID in the precondition \(other\) does not match the UID in record \([0-9a-f-]{36}\)\. The object might have been deleted and then recreated$/i,
  },
  {
    name: 'a deletion of an old version',
    asked: remove(here, { preconditions: { resourceVersion: '1' } }),
    code: 409,
    reason: 'Conflict',
    says: /^Operation cannot be fulfilled on .*configmaps? "here": the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The object might have been modified$/i,
  },
  {
    name: 'a binding of a pod that is bound',
    asked: post(`${ns}/pods/bound/binding`, { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n2' } }),
    code: 409,
    reason: 'Conflict',
    says: 'Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n1"',
  },
  {
    name: 'a binding of a pod that is not there',
    asked: post(`${ns}/pods/x/binding`, { metadata: { name: 'x' }, target: { kind: 'Node', name: 'n2' } }),
    code: 404,
    reason: 'NotFound',
    says: 'pods "x" not found',
  },
  invalid(
    'a binding to nothing',
    post(`${ns}/pods/here/binding`, { metadata: { name: 'here' }, target: { kind: 'Node', name: '' } }),
    'Binding "here"',
    'target.name: Required value',
  ),
  {
    name: 'an eviction of a pod that is not there',
    asked: post(`${ns}/pods/x/eviction`, { metadata: { name: 'x' } }),
    code: 404,
    reason: 'NotFound',
    says: 'pods "x" not found',
  },
  bad(
    'an eviction of another name',
    post(`${ns}/pods/here/eviction`, { metadata: { name: 'x' } }),
    'name in URL does not match name in Eviction object',
  ),
  {
    name: 'a scale of what is not there',
    asked: put(`${apps}/deployments/x/scale`, { metadata: { name: 'x' }, spec: { replicas: 1 } }),
    code: 404,
    reason: 'NotFound',
    says: 'deployments.apps "x" not found',
  },
  invalid(
    'a scale below none',
    put(`${apps}/deployments/here/scale`, { metadata: { name: 'here' }, spec: { replicas: -1 } }),
    'Scale.autoscaling "here"',
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ),
]

const groups: Readonly<Record<string, readonly Case[]>> = {
  'a body that cannot be read': decoding,
  'an object that breaks a rule': rules,
  'a query that makes no sense': queries,
  'a patch that makes no sense': patches,
  'a path or a caller that is not known': paths,
  'a deletion or an action that makes no sense': deletions,
}

describe('bad input', () => {
  let api: TestServer
  let server: Server
  let store: MemoryStore

  const contents = (): string =>
    store
      .list({ prefix: '' })
      .items.map(({ key, revision, bytes }) => `${key}@${revision} ${Buffer.from(bytes)}`)
      .join('\n')

  before(async () => {
    const { authenticate } = createAuthenticator({ methods: [], apiAudiences: [] })
    api = await testServer({
      namespaces: ['default', 'other'],
      connect: { 'pods/log': () => assert.fail('nobody is to be asked for a log') },
      authenticate: async (request) => (request.headers['x-stranger'] ? authenticate(request) : admin),
      authorize: ({ user }) =>
        user.groups.includes('system:masters') ? { allowed: true } : { allowed: false, reason: '' },
    })
    ;({ server, store } = api)
    for (const asked of stock) {
      const said = await ask(server, asked)
      assert.equal(said.code, 201, said.text)
    }
  })
  after(() => api.stop())

  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const { name, asked, code, reason, says, causes } of cases) {
        test(name, async () => {
          const held = contents()
          const said = await ask(server, asked)
          assert.ok(contents() === held, `the store has changed: ${said.text}`)
          const text = said.body?.message ?? said.text
          if (typeof says === 'string') assert.equal(text, says)
          else assert.match(text, says)
          assert.equal(said.code, code)
          if (said.body === undefined) return
          assert.equal(said.body.kind, 'Status')
          assert.equal(said.body.status, 'Failure')
          assert.equal(said.body.code, code)
          assert.equal(said.body.reason ?? '', reason ?? '')
          if (causes === undefined) return
          const told = said.body.details.causes.map(
            (cause: { field: string; message: string }) => `${cause.field}: ${cause.message}`,
          )
          assert.deepEqual(told, causes)
        })
      }
    })
  }

  for (const [validation, warnings] of [
    ['', ['299 - "unknown field \\"foo\\""', '299 - "duplicate field \\"data\\""']],
    ['Warn', ['299 - "unknown field \\"foo\\""', '299 - "duplicate field \\"data\\""']],
    ['Ignore', []],
  ] as const) {
    test(`what is too much is a warning or nothing (fieldValidation=${validation})`, async () => {
      const held = contents()
      const body = '{"metadata":{"name":"x"},"foo":1,"data":{"a":"1"},"data":{"b":"2"}}'
      const said = await ask(server, post(`${ns}/configmaps?dryRun=All&fieldValidation=${validation}`, body))
      assert.equal(said.code, 201, said.text)
      assert.deepEqual(said.body.data, { b: '2' })
      assert.equal('foo' in said.body, false)
      assert.deepEqual([...said.warnings].sort(), [...warnings].sort())
      assert.ok(contents() === held)
    })
  }

  test('a duplicate key in YAML is a warning that names its line', async () => {
    const body = 'metadata:\n  name: x\ndata:\n  a: "1"\n  a: "2"\n'
    const said = await ask(server, post(`${ns}/configmaps?dryRun=All`, body, { type: 'application/yaml' }))
    assert.equal(said.code, 201, said.text)
    assert.deepEqual(said.warnings, ['299 - "line 5: key \\"a\\" already set in map"'])
  })

  test('a body that names neither its kind nor its version is what the path says', async () => {
    const said = await ask(server, post(`${ns}/configmaps?dryRun=All`, { metadata: { name: 'x' } }))
    assert.deepEqual([said.code, said.body.kind, said.body.apiVersion], [201, 'ConfigMap', 'v1'])
  })

  test('keys that are special to JavaScript are keys like others', async () => {
    const held = contents()
    const body = '{"metadata":{"name":"x"},"data":{"__proto__":"1","constructor":"2","toString":"3"}}'
    const said = await ask(server, post(`${ns}/configmaps?dryRun=All`, body))
    assert.equal(said.code, 201, said.text)
    assert.deepEqual(Object.keys(said.body.data).sort(), ['__proto__', 'constructor', 'toString'])
    const strange = await ask(server, patch('merge', `${here}?dryRun=All`, '{"data":{"__proto__":"1"}}'))
    assert.equal(strange.code, 200, strange.text)
    assert.equal(Object.hasOwn(strange.body.data, '__proto__'), true)
    assert.ok(contents() === held)
  })

  test('what JavaScript has everywhere is in no map that a client sends', async () => {
    const held = contents()
    for (const name of ['__proto__', 'constructor', 'toString']) {
      // A type of Secret like any other, which asks for nothing.
      const secret = await ask(server, post(`${ns}/secrets?dryRun=All`, { metadata: { name: 'x' }, type: name }))
      assert.equal(secret.code, 201, secret.text)
      const ofClass = await ask(server, post(`${ns}/pods`, pod({ priorityClassName: name })))
      assert.match(ofClass.body.message, /no PriorityClass with name \S+ was found$/)
      const quota = { metadata: { name: 'x' }, spec: { hard: { pods: '1' }, scopes: [name] } }
      assert.equal((await ask(server, post(`${ns}/resourcequotas`, quota))).code, 422)
      const matchExpressions = [{ key: 'a', operator: name, values: [] }]
      const selects = deployment({ selector: { matchLabels: { app: 'a' }, matchExpressions } })
      assert.equal((await ask(server, post(`${apps}/deployments`, selects))).code, 422)
      const requests = JSON.parse(`{"${name}":"1"}`) as object
      const limited = pod({ containers: [{ ...container, resources: { requests, limits: { cpu: '1' } } }] })
      const said = await ask(server, post(`${ns}/pods`, limited))
      assert.equal(said.code, 422, said.text)
      const other = await ask(server, post(`${ns}/configmaps`, configMap(), { type: name }))
      assert.equal(other.code, 415, other.text)
      assert.equal((await ask(server, get(here, { accept: name }))).code, 406)
    }
    assert.ok(contents() === held)
  })

  test('a list of 100,000 items is refused or taken, but does not keep the server busy for long', async () => {
    const held = contents()
    const env = Array.from({ length: 100_000 }, () => ({ name: 'A B=' }))
    const said = await ask(server, post(`${ns}/pods`, pod({ containers: [{ ...container, env }] })))
    assert.equal(said.code, 422)
    const finalizers = Array.from({ length: 100_000 }, (_, i) => `a.io/${i}`)
    const taken = await ask(server, post(`${ns}/configmaps?dryRun=All`, configMap({}, { finalizers })))
    assert.equal(taken.code, 201)
    assert.ok(contents() === held)
  })
})
