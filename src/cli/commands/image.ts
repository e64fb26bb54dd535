// `pinnace image`: images without a daemon or a registry: make one from a folder, load an archive into a
// cluster's nodes, list what they have.

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ociArchive } from '#lib/oci-archive.ts'
import { imageArchitecture } from '#lib/pause-image.ts'
import { readImageFolder } from '../cluster/image-folder.ts'
import { type CommandFile, examples, type Outside, progressOf, UsageError } from '../command.ts'
import { table } from '../output/table.ts'
import { defaultName, existingCluster, type LocalOptions } from './local.ts'

interface BuildOptions extends LocalOptions {
  readonly tag: string
  readonly file?: string
}

async function load(file: string, options: LocalOptions, outside: Outside): Promise<void> {
  const cluster = existingCluster(options, outside)
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new UsageError(`"${file}" cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  const id = createHash('sha256').update(bytes).digest('hex')
  await progressOf(outside, options.output).step(`Loading ${file} into ${cluster.state.nodes.length} nodes`, () =>
    cluster.loadImage(file, id),
  )
}

async function build(dir: string, options: BuildOptions, outside: Outside): Promise<void> {
  const image = readImageFolder(dir, options.tag, imageArchitecture(outside.arch))
  const { bytes, id } = await ociArchive(image)
  if (options.file) {
    writeFileSync(options.file, bytes)
    outside.stdout(`${image.tag} ${id} ${options.file}\n`)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'pinnace-image-'))
  try {
    const name = image.tag.slice(image.tag.lastIndexOf('/') + 1).replace(':', '-')
    const file = join(folder, name)
    writeFileSync(file, bytes)
    await load(file, options, outside)
    outside.stdout(`${image.tag} ${id}\n`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function list(options: LocalOptions, outside: Outside): Promise<void> {
  const cluster = existingCluster(options, outside)
  const nodes = new Map<string, string[]>()
  for (const node of cluster.state.nodes) {
    for (const image of await cluster.images(node)) nodes.set(image, [...(nodes.get(image) ?? []), node.name])
  }
  const images = [...nodes].sort(([a], [b]) => (a < b ? -1 : 1))
  if (options.output === 'json')
    outside.stdout(`${JSON.stringify(images.map(([name, on]) => ({ name, nodes: on })))}\n`)
  else
    outside.stdout(
      table(
        ['IMAGE', 'NODES'],
        images.map(([name, on]) => [name, on.join(',')]),
      ),
    )
}

export const imageCommand: CommandFile = {
  register: (program, outside) => {
    const image = program
      .command('image')
      .summary('build, load and list images')
      .description("The images of a cluster's nodes.")
    const add = (use: string, description: string) =>
      image
        .command(use)
        .description(description)
        .option('--name <name>', 'of the cluster', defaultName)
        .option('--data-dir <dir>', 'where the cluster keeps what it has')
        .option('-o, --output <format>', 'json')
    add('load <file>', 'Load an OCI or Docker archive into every node, now and when nodes are added.')
      .addHelpText(
        'after',
        examples(outside.isTty, [
          'An image that docker has built',
          'docker save web:1 -o web.tar && pinnace image load web.tar',
        ]),
      )
      .action((file: string, options: LocalOptions) => load(file, options, outside))
    add('build <dir>', 'Make an image from a folder (its rootfs/ and image.yaml) and load it into every node.')
      .requiredOption('--tag <name>', 'the name of the image')
      .option('--file <path>', 'write the archive here instead of loading it')
      .addHelpText(
        'after',
        examples(outside.isTty, ['The example', 'pinnace image build examples/hello/image --tag hello:v1']),
      )
      .action((dir: string, options: BuildOptions) => build(dir, options, outside))
    add('list', 'List the images of all nodes.').action((options: LocalOptions) => list(options, outside))
  },
}
