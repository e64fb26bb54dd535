import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { UsageError } from '#cli/command.ts'
import { configuredPlugins, parseAdmission } from './admission.ts'

const settings = `
apiVersion: pod-security.admission.config.k8s.io/v1
kind: PodSecurityConfiguration
defaults: { enforce: baseline, enforce-version: v1.30, warn: restricted }
exemptions: { usernames: ["system:admin"], namespaces: [kube-system], runtimeClasses: [vm] }
`
const indented = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
const file = (plugin: string) => `
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
${plugin}
`
const inline = (text: string) => file(`  configuration:\n${indented(text)}`)
const none = (path: string): string => {
  throw new Error(`${path} is not there`)
}

const expected = {
  podSecurity: {
    defaults: {
      enforce: { level: 'baseline', version: 30 },
      audit: { level: 'privileged', version: 'latest' },
      warn: { level: 'restricted', version: 'latest' },
    },
    exemptions: { usernames: ['system:admin'], namespaces: ['kube-system'], runtimeClasses: ['vm'] },
  },
}

describe('parseAdmission()', () => {
  test('takes settings in the file itself', () => assert.deepEqual(parseAdmission(inline(settings), none), expected))

  test('takes settings in a file of their own', () => {
    const read = (path: string) => (path === 'psa.yaml' ? settings : none(path))
    assert.deepEqual(parseAdmission(file('  path: psa.yaml'), read), expected)
  })

  test('takes no settings', () => assert.deepEqual(parseAdmission(file('  configuration:'), none), {}))

  for (const [about, text, wrong] of [
    ['another kind', 'kind: X', /kind: it must be AdmissionConfiguration/],
    ['another version', 'kind: AdmissionConfiguration\napiVersion: v9', /apiVersion: it must be apiserver.config/],
    ['another plugin', inline(settings).replace('PodSecurity', 'X'), /plugins\[0\].name: "X" has no settings/],
    ['no level', inline(settings.replace('baseline', 'x')), /defaults.enforce: it must be one of privileged, baseline/],
    [
      'no version',
      inline(settings.replace('v1.30', '"1.30"')),
      /defaults.enforce-version: it must be "latest" or "v1.x"/,
    ],
    ['a bad name', inline(settings.replace('[vm]', '["V M"]')), /exemptions.runtimeClasses\[0\]: "V M" is no name/],
    ['a name twice', inline(settings.replace('[vm]', '[vm, vm]')), /runtimeClasses\[1\]: "vm" stands there twice/],
    ['a strange field', inline(settings.replace('usernames', 'users')), /exemptions.users: there is no such field/],
    ['two ways', file('  path: x\n  configuration: {}'), /both a path and a configuration/],
  ] as const)
    test(`refuses ${about}`, () => assert.throws(() => parseAdmission(text, none), wrong))
})

test('configuredPlugins() names the file that is no good', () => {
  assert.deepEqual(configuredPlugins({}), { enable: [], disable: [] })
  const admissionControlConfigFile = '/nowhere/admission.yaml'
  assert.throws(
    () => configuredPlugins({ admissionControlConfigFile }),
    (error) =>
      error instanceof UsageError &&
      /^--admission-control-config-file: "\/nowhere\/admission.yaml"/.test(error.message),
  )
})

test('configuredPlugins() knows which plugins are to be on', () => {
  const wanted = { enableAdmissionPlugins: ['AlwaysPullImages'], disableAdmissionPlugins: ['PodSecurity'] }
  assert.deepEqual(configuredPlugins(wanted), { enable: ['AlwaysPullImages'], disable: ['PodSecurity'] })
  assert.throws(
    () => configuredPlugins({ enableAdmissionPlugins: ['Nonsense'] }),
    (error) => error instanceof UsageError && error.message === 'enable-admission-plugins plugin "Nonsense" is unknown',
  )
})
