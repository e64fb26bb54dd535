import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as names from './names.ts'

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
const namePart =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

const cases: readonly [rule: names.Rule, value: string, errors: readonly string[]][] = [
  [names.dns1123Subdomain, 'a.b-c.1', []],
  [names.dns1123Subdomain, 'A', [subdomain]],
  [names.dns1123Subdomain, '', [subdomain]],
  [names.dns1123Subdomain, 'a'.repeat(254), ['must be no more than 253 bytes']],
  [names.dns1123Label, 'my-name', []],
  [names.dns1123Label, 'my.name', ['must not contain dots']],
  [names.dns1123Label, 'My.name', [label]],
  [names.dns1123Label, `${'a'.repeat(64)}-`, ['must be no more than 63 bytes', label]],
  [names.dns1035Label, 'a1', []],
  [names.labelValue, '', []],
  [names.labelValue, 'a b', [value]],
  [names.qualifiedName, 'app.kubernetes.io/name', []],
  [names.qualifiedName, 'Name_1', []],
  [names.qualifiedName, '/a', ['prefix part must be non-empty']],
  [names.qualifiedName, 'a/', ['name part must be non-empty', namePart]],
  [names.qualifiedName, 'A/b', [`prefix part ${subdomain}`]],
  [names.configMapKey, 'a.b_c-D', []],
  [names.configMapKey, '..data', ["must not start with '..'"]],
  [names.relaxedEnvVarName, '1 a', []],
  [names.portName, 'http', []],
  [
    names.portName,
    '-80--',
    [
      'must contain at least one letter (a-z)',
      'must not contain consecutive hyphens',
      'must not begin or end with a hyphen',
    ],
  ],
  [names.ipAddress, '10.0.0.1', []],
  [names.ipAddress, '2001:db8::0001', []],
  [names.ipAddress, '10.0.0.300', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [names.ipAddress, '10.0.0.01', ['must not have leading 0s']],
  [names.ipAddress, '::ffff:10.0.0.1', ['must not be an IPv4-mapped IPv6 address']],
  [names.cidr, '10.0.0.0/8', []],
  [names.cidr, '10.0.0.0/33', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [names.cidr, '010.0.0.0/8', ['must not have leading 0s in IP or prefix length']],
  [names.cidr, '10.0.0.0/08', ['must not have leading 0s in IP or prefix length']],
  [names.cidr, '::ffff:10.0.0.0/104', ['must not have an IPv4-mapped IPv6 address']],
  [names.cidr, '10.0.0.5/8', ['must not have bits set beyond the prefix length']],
  [names.cidr, '2001:db8::0001/128', []],
  [names.pathSegment, 'a:b', []],
  [names.pathSegment, '..', ["may not be '..'"]],
  [names.pathSegment, 'a/b', ["may not contain '/'"]],
]

test('names are refused in the words of upstream', () => {
  for (const [rule, text, errors] of cases) assert.deepEqual([...rule(text)], errors, JSON.stringify(text))
})

test('nameIsDnsSubdomain() lets a prefix end in a dash', () => {
  assert.deepEqual(names.nameIsDnsSubdomain('web-', true), [])
  assert.deepEqual(names.nameIsDnsSubdomain('web-', false), [subdomain])
})

test('qualifiedName() names two slashes as one fault', () => {
  const [error = ''] = names.qualifiedName('a/b/c')
  assert.match(error, /^a qualified name must consist of .* with an optional DNS subdomain prefix and '\/'/)
})
