// `pinnace image`: images without a daemon or a registry: make one from a folder, load an archive into a
// cluster's nodes, list what they have.

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ImageSource, ociArchive } from '#lib/oci-archive.ts'
import { imageArchitecture } from '#lib/pause-image.ts'
import { readImageFolder } from '../cluster/image-folder.ts'
import { type CommandFile, examples, type Outside, progressOf, UsageError } from '../command.ts'
import { table } from '../output/table.ts'
import { checkOwner, existingCluster, type LocalOptions, localFlags } from './local.ts'

interface BuildOptions extends LocalOptions {
  readonly tag: string
  readonly file?: string
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Loads the archive and returns the names of the nodes that have it now. */
async function loadFile(file: string, title: string, options: LocalOptions, outside: Outside) {
  const { cluster, place } = existingCluster(options, outside)
  checkOwner(place, outside)
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new UsageError(`"${file}" cannot be read: ${textOf(error)}`)
  }
  const progress = progressOf(outside, options.output)
  if (cluster.state.simulated) {
    progress.warn('Simulated nodes need no images: they take every name for one that they have')
    return []
  }
  const id = createHash('sha256').update(bytes).digest('hex')
  const nodes: string[] = []
  const all = cluster.state.nodes.length
  await progress.step(title, async () => {
    for (const node of await cluster.loadImage(file, id)) nodes.push(node.name)
    return nodes.length === all
      ? `on ${all} ${all === 1 ? 'node' : 'nodes'}`
      : `on ${nodes.length} of ${all} nodes; the others get it when they start`
  })
  return nodes
}

async function load(file: string, options: LocalOptions, outside: Outside): Promise<void> {
  const path = resolve(outside.cwd, file)
  const nodes = await loadFile(path, `Loading ${file}`, options, outside)
  if (options.output === 'json') outside.stdout(`${JSON.stringify({ file: path, nodes })}\n`)
}

async function build(dir: string, options: BuildOptions, outside: Outside): Promise<void> {
  const { stdout, cwd } = outside
  const image = readImageFolder(resolve(cwd, dir), options.tag, imageArchitecture(outside.arch))
  const { bytes, id } = await ociArchive(image)
  const answer = options.file
    ? writeArchive(resolve(cwd, options.file), bytes)
    : { nodes: await buildInto(image, bytes, options, outside) }
  if (options.output === 'json') stdout(`${JSON.stringify({ image: image.tag, id, ...answer })}\n`)
  else stdout(`${image.tag}  ${id}\n`)
}

function writeArchive(file: string, bytes: Buffer): { file: string } {
  try {
    writeFileSync(file, bytes)
  } catch (error) {
    throw new UsageError(`"${file}" cannot be written: ${textOf(error)}`)
  }
  return { file }
}

async function buildInto(image: ImageSource, bytes: Buffer, options: BuildOptions, outside: Outside) {
  const folder = mkdtempSync(join(tmpdir(), 'pinnace-image-'))
  try {
    const name = image.tag.slice(image.tag.lastIndexOf('/') + 1).replace(':', '-')
    const file = join(folder, name)
    writeFileSync(file, bytes)
    return await loadFile(file, `Loading ${options.tag}`, options, outside)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function list(options: LocalOptions, outside: Outside): Promise<void> {
  const { cluster } = existingCluster(options, outside)
  const nodes = new Map<string, string[]>()
  for (const node of cluster.state.nodes) {
    for (const image of await cluster.images(node)) nodes.set(image, [...(nodes.get(image) ?? []), node.name])
  }
  const images = [...nodes].sort(([a], [b]) => (a < b ? -1 : 1))
  if (options.output === 'json') {
    outside.stdout(`${JSON.stringify(images.map(([name, on]) => ({ name, nodes: on })))}\n`)
    return
  }
  if (cluster.state.simulated) progressOf(outside, undefined).warn('Simulated nodes have no images')
  const rows = images.map(([name, on]) => [name, on.join(',')])
  if (rows.length > 0) outside.stdout(table(['IMAGE', 'NODES'], rows))
}

export const imageCommand: CommandFile = {
  register: (program, outside) => {
    const image = program
      .command('image')
      .summary('build, load and list images')
      .description("The images of a cluster's nodes.")
    localFlags(
      image
        .command('build <dir>')
        .summary('make an image from a folder and load it')
        .description('Make an image from a folder (its rootfs/ and image.yaml) and load it into every node.')
        .requiredOption('--tag <name>', 'the name of the image')
        .option('--file <path>', 'write the archive here instead of loading it'),
    )
      .addHelpText(
        'after',
        examples(
          ['The example', 'pinnace image build examples/hello/v1 --tag hello:v1'],
          ['An archive for another machine', 'pinnace image build examples/hello/v1 --tag hello:v1 --file hello.tar'],
        ),
      )
      .action((dir: string, options: BuildOptions) => build(dir, options, outside))
    localFlags(
      image
        .command('load <file>')
        .summary('load an archive')
        .description('Load an OCI or Docker archive into every node, now and when nodes are added.'),
    )
      .addHelpText(
        'after',
        examples(['An image that docker has built', 'docker save web:1 -o web.tar && pinnace image load web.tar']),
      )
      .action((file: string, options: LocalOptions) => load(file, options, outside))
    localFlags(
      image.command('list').summary('list the images of all nodes').description('List the images of all nodes.'),
    )
      .addHelpText('after', examples(['Of the default cluster', 'pinnace image list']))
      .action((options: LocalOptions) => list(options, outside))
  },
}
