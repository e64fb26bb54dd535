// `pinnace secrets`: with which keys a server encrypts what it stores, and a new one for it.

import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { HttpClient } from '#client/http.ts'
import { resolveContext } from '#client/kubeconfig.ts'
import { type CommandFile, examples, type Outside, progressOf, UsageError } from '../command.ts'
import { existingCluster, type LocalOptions, localFlags } from './local.ts'

interface SecretsOptions extends LocalOptions {
  readonly kubeconfig?: string
}

/** What the server says of its keys. */
interface Status {
  readonly file: string
  readonly rules: readonly { readonly resources: readonly string[]; readonly provider: string; readonly key: string }[]
  readonly olderKeys: readonly string[]
  readonly rewriting: boolean
  readonly problem?: string
}

const path = '/pinnace.dev/encryption'

function clientFor(options: SecretsOptions, outside: Outside): HttpClient {
  if (options.kubeconfig === undefined) return existingCluster(options, outside).cluster.client()
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new UsageError(`"${file}" cannot be read: ${(error as Error).message}`)
    }
  }
  const { server, credentials } = resolveContext(read(options.kubeconfig), read)
  const { clock, version } = outside
  return new HttpClient({ url: server, credentials: () => credentials, userAgent: `pinnace/${version}`, clock })
}

async function ask(options: SecretsOptions, outside: Outside, method: string, at: string): Promise<Status> {
  const client = clientFor(options, outside)
  try {
    return JSON.parse(await client.raw({ method, path: at })) as Status
  } finally {
    await client.close()
  }
}

export function describe({ file, rules, olderKeys, rewriting, problem }: Status): string {
  const lines = rules.map(({ resources, provider, key }) =>
    provider === 'identity'
      ? `${resources.join(', ')}: not encrypted`
      : `${resources.join(', ')}: ${provider} with the key "${key}"`,
  )
  if (olderKeys.length > 0) lines.push(`still needed: ${olderKeys.map((name) => `"${name}"`).join(', ')}`)
  if (rewriting) lines.push('values are being written anew')
  if (problem !== undefined) lines.push(`not all could be written anew: ${problem}`)
  lines.push(`keys are in ${file}`)
  return `${lines.join('\n')}\n`
}

function print(status: Status, options: SecretsOptions, { stdout }: Outside): void {
  stdout(options.output === 'json' ? `${JSON.stringify(status)}\n` : describe(status))
}

async function rotate(options: SecretsOptions, outside: Outside): Promise<void> {
  const progress = progressOf(outside, options.output)
  const status = await progress.step('Encrypting all values with a new key', () =>
    ask(options, outside, 'POST', `${path}/rotate?wait=true`),
  )
  print(status, options, outside)
  if (status.problem !== undefined) throw new UsageError(`Not all values could be written anew: ${status.problem}`)
}

const kubeconfigFlag = (command: Command): Command =>
  localFlags(command).option('--kubeconfig <file>', 'the server that this file leads to, instead of a local cluster')

export const secretsCommand: CommandFile = {
  register: (program, outside) => {
    const secrets = program
      .command('secrets')
      .summary('show and change the keys of secrets')
      .description('The keys with which a server encrypts secrets on its disk.')
    kubeconfigFlag(
      secrets
        .command('status')
        .summary('show what is encrypted, and with what')
        .description('Show what is encrypted on the disk, and the names of the keys.'),
    )
      .addHelpText('after', examples(['Of the default cluster', 'pinnace secrets status']))
      .action(async (options: SecretsOptions) => print(await ask(options, outside, 'GET', path), options, outside))
    kubeconfigFlag(
      secrets
        .command('rotate')
        .summary('encrypt all secrets with a new key')
        .description('Make a new key, encrypt all values with it while the server goes on, and drop the old one.'),
    )
      .addHelpText(
        'after',
        examples(
          ['Of the default cluster', 'pinnace secrets rotate'],
          ['Of a server', 'pinnace secrets rotate --kubeconfig /var/lib/pinnace/server/admin.kubeconfig'],
        ),
      )
      .action((options: SecretsOptions) => rotate(options, outside))
  },
}
