// Keeps the documents true: what they say of commands, flags, folders and packages is compared with what there is,
// and every link leads somewhere.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { run } from '#lib/exec.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name.replaceAll('\\', '/'))),
].sort()

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')

// --- Links

/** As GitHub makes them of headings. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (text: string): readonly string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!))

function brokenLinks(document: string, text: string): readonly string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map((m) => m[1] ?? m[2]!)
  return links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? document : join(dirname(document), path)
      if (!existsSync(join(root, target))) return true
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor)
    })
}

test('a link to a missing file or heading is found, and a good one is not', () => {
  const text = '[a](nowhere.md) [b](README.md#no-such) [c](README.md#license) [d](https://x.y) ![e](docs/picture.svg)'
  assert.deepEqual(brokenLinks('README.md', text), ['nowhere.md', 'README.md#no-such'])
})

for (const document of documents) {
  test(`every link in ${document} leads somewhere`, () => assert.deepEqual(brokenLinks(document, read(document)), []))
}

test('every document can be reached from the README', () => {
  const seen = new Set<string>()
  const visit = (document: string): void => {
    if (seen.has(document)) return
    seen.add(document)
    for (const [, link = ''] of withoutCode(read(document)).matchAll(/\]\(([^)\s#]+\.md)[^)]*\)/g))
      if (!/^https?:/.test(link)) visit(join(dirname(document), link))
  }
  visit('README.md')
  assert.deepEqual(
    documents.filter((document) => !seen.has(document)),
    [],
  )
})

// --- Commands

interface Help {
  readonly flags: readonly string[]
  readonly children: readonly string[]
}

async function helpOf(command: string): Promise<Help | undefined> {
  const words = command === '' ? [] : command.split(' ')
  const { code, stdout } = await run(join(root, 'bin/pinnace'), [...words, '--help'])
  if (code !== 0 || !stdout.startsWith(`Usage: ${['pinnace', ...words].join(' ')} `)) return undefined
  const [text = ''] = stdout.split('\nExamples:')
  const lines = text.split('\n')
  const flags = lines.flatMap((line) => /^ {2}(?:-\w, )?(--[\w-]+)/.exec(line)?.[1] ?? [])
  const usesChildren = lines[0]?.includes('[command]')
  const children = usesChildren ? lines.flatMap((line) => /^ {2}([a-z]+)(?: |$)/.exec(line)?.[1] ?? []) : []
  return { flags, children: children.filter((child) => child !== 'help') }
}

/** All commands that do something, as in `image build`. */
async function commands(prefix = ''): Promise<ReadonlyMap<string, Help>> {
  const help = await helpOf(prefix)
  assert.ok(help, `pinnace ${prefix} --help`)
  if (help.children.length === 0) return new Map([[prefix, help]])
  const all = await Promise.all(help.children.map((child) => commands(`${prefix} ${child}`.trim())))
  return new Map(all.flatMap((found) => [...found]))
}

const known = await commands()
const groups = new Set([...known.keys()].map((command) => command.split(' ')[0]!))

/** Every `pinnace ...` in the code of a document: the longest command that there is, and the flags behind it. */
function calls(text: string): readonly { command: string; flags: readonly string[]; isGroup: boolean; line: string }[] {
  const code = [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)].flatMap((match) => match[1]!.split('\n'))
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!)
  return [...code, ...inline].flatMap((line) => {
    const [, rest] = /(?:^|[ (])(?:bin\/)?pinnace ((?:[a-z]|--).*)$/.exec(line.replace(/\s#.*$/, '')) ?? []
    if (rest === undefined) return []
    const words = rest.split(/\s+/)
    const command = [words.slice(0, 2).join(' '), words[0]!].find((candidate) => known.has(candidate)) ?? words[0]!
    const isGroup = groups.has(command) && !/^[a-z]/.test(words[1] ?? '')
    return [{ command, isGroup, flags: words.flatMap((word) => /^(--[a-z][\w-]*)/.exec(word)?.[1] ?? []), line }]
  })
}

for (const document of documents) {
  test(`every command in ${document} is one, and takes its flags`, () => {
    const wrong = calls(read(document)).filter(({ command, flags, isGroup }) => {
      if (command === '<command>' || command.startsWith('--')) return false
      const help = known.get(command)
      if (!help) return !isGroup
      return flags.some((flag) => !help.flags.includes(flag))
    })
    assert.deepEqual(wrong, [])
  })
}

test('calls are found in code and in text, with their flags', () => {
  const text =
    'Say `pinnace up --nodes 3` or\n```sh\nX=1 bin/pinnace image build d --tag=x # --not\nkubectl get pods --all\n```\n'
  assert.deepEqual(
    calls(text).map(({ command, flags }) => [command, ...flags]),
    [
      ['image build', '--tag'],
      ['up', '--nodes'],
    ],
  )
})

test('docs/command-line.md has every command with all of its flags, and none that there is not', () => {
  const text = read('docs/command-line.md')
  const flagsIn = (section: string): readonly string[] =>
    [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(--[\w-]+)`/g)].map((m) => m[1]!),
    )
  const [beginning = '', ...sections] = text.split(/^### pinnace /m)
  const shared = flagsIn(beginning)
  assert.deepEqual(shared, ['--name', '--data-dir', '--output'])
  const described = new Map(
    sections.map((section) => [section.slice(0, section.indexOf('\n')), flagsIn(section.split(/^## /m)[0]!)]),
  )
  const isLocal = ({ flags }: Help): boolean => flags.includes('--name')
  const own = (help: Help): readonly string[] =>
    help.flags.filter((flag) => flag !== '--help' && !(isLocal(help) && shared.includes(flag)))
  const actual = new Map([...known].map(([command, help]) => [command, [...own(help)].sort()]))
  assert.deepEqual(
    new Map([...described].map(([command, flags]) => [command, [...flags].sort()] as const).sort()),
    new Map([...actual].sort()),
  )
})

test("the README's npm scripts exist", () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/\bnpm (?:run (?!--)([\w:]+)|(start|test)\b)/g)].map((match) => match[1] ?? match[2]!),
  )
  assert.deepEqual(
    named.filter((name) => !(name in scripts)),
    [],
  )
  assert.ok(named.includes('start') && named.includes('test'))
})

// --- Folders

/** Folders of folders; what is deeper belongs to its parent. */
const isMapped = (folder: string): boolean => folder.split('/').length <= 4

test("ARCHITECTURE.md's map has every folder of the source, and no other", () => {
  const src = join(root, 'src')
  const folders = readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `src/${relative(src, join(entry.parentPath, entry.name)).replaceAll('\\', '/')}/`)
    .filter(isMapped)
    .map((folder) => folder.replace(/^src\/api\/[^/]+\/$/, 'src/api/<group>/'))
  const mapped = [...read('ARCHITECTURE.md').matchAll(/^\| `(src\/[^`]*)` \|/gm)].map((match) => match[1]!)
  assert.deepEqual([...mapped].sort(), [...new Set(folders)].sort())
})

test('what the documents name of the source exists', () => {
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/`((?:src|test|bin|scripts|bench|examples)\/[\w./-]*)`/g)].map((match) => match[1]!),
  )
  assert.deepEqual(
    named.filter((path) => !existsSync(join(root, path))),
    [],
  )
  assert.ok(named.length > 10)
})

// --- Packages

test('docs/dependencies.md lists every package of package.json, in its section, with what it is for, and no other', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
  const sections = read('docs/dependencies.md').split(/^## /m)
  for (const [heading, field] of [
    ['At run time', 'dependencies'],
    ['The runtime itself', 'optionalDependencies'],
    ['For development', 'devDependencies'],
  ] as const) {
    const section = sections.find((text) => text.startsWith(heading)) ?? ''
    const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)]
    assert.deepEqual(rows.map((row) => row[1]!).sort(), Object.keys(manifest[field] ?? {}).sort(), heading)
    for (const [, name, use = ''] of rows) assert.notEqual(use.trim(), '', `${name} is for something`)
  }
})

test('every package that runs with the program is imported somewhere', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && statSync(join(root, 'src', path)).isFile())
    .map((path) => read(join('src', path)))
  const isImported = (name: string): boolean =>
    sources.some((text) => new RegExp(`(?:from|import|import\\() ?'${name}(?:/[^']*)?'`).test(text))
  assert.deepEqual(
    Object.keys(dependencies).filter((name) => !isImported(name)),
    [],
  )
})
