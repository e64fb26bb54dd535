// Guards the direction of the architecture: a row imports only rows before it, components never import each other, they
// meet in the API, and no two files need each other.

import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { sources, withoutComments } from './sources.ts'

const rows: readonly (readonly string[])[] = [
  ['lib'],
  ['api'],
  ['store'],
  ['server'],
  ['client'],
  ['controllers', 'scheduler', 'kubelet', 'proxy', 'dns', 'network', 'cli', 'ui'],
  ['sim', 'main'],
]

const areaOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace('.ts', '')
const rowOf = (area: string): number => rows.findIndex((row) => row.includes(area))

/** Both paths are below src/. Undefined when the import is fine. */
function offence(from: string, to: string): string | undefined {
  const [fromArea, toArea] = [areaOf(from), areaOf(to)]
  if (fromArea === toArea) return undefined
  const [fromRow, toRow] = [rowOf(fromArea), rowOf(toArea)]
  const says = `\`${from}\` imports \`${to}\``
  if (fromRow < 0) return `\`${from}\` is in no row: name its folder in test/imports.test.ts`
  if (toRow < 0) return `${says}, which is in no row: name its folder in test/imports.test.ts`
  if (fromRow === toRow) return `${says}: components meet in the API`
  if (fromRow < toRow) return `${says}: ${fromArea} knows nothing of ${toArea}`
  if (fromArea === 'client' && ['server', 'store'].includes(toArea) && !/^client\/local/.test(from))
    return `${says}: only client/local.ts knows the server`
  return undefined
}

/** What a file imports, statically, dynamically or as a type. Packages are left out. */
function importsOf(path: string, text: string): readonly string[] {
  const specifiers = [...withoutComments(text).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1]!,
  )
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('#')) return [specifier.slice(1)]
    if (specifier.startsWith('.')) return [posix.join(posix.dirname(path), specifier)]
    return []
  })
}

for (const [from, to, expected] of [
  ['dns/answer.ts', 'proxy/rules.ts', '`dns/answer.ts` imports `proxy/rules.ts`: components meet in the API'],
  ['api/core/pod.ts', 'lib/clock.ts', undefined],
  ['api/core/pod.ts', 'store/store.ts', '`api/core/pod.ts` imports `store/store.ts`: api knows nothing of store'],
  ['lib/log.ts', 'lib/clock.ts', undefined],
  ['main.ts', 'kubelet/kubelet.ts', undefined],
  ['sim/world.ts', 'main/server.ts', '`sim/world.ts` imports `main/server.ts`: components meet in the API'],
  ['client/local.ts', 'server/app.ts', undefined],
  [
    'client/http.ts',
    'server/app.ts',
    '`client/http.ts` imports `server/app.ts`: only client/local.ts knows the server',
  ],
  ['helpers/x.ts', 'lib/log.ts', '`helpers/x.ts` is in no row: name its folder in test/imports.test.ts'],
] as const) {
  test(`an import of ${to} by ${from} is ${expected ? 'an offence' : 'fine'}`, () => {
    assert.equal(offence(from, to), expected)
  })
}

test('imports are found in every form', () => {
  const text = `import type { A } from '#api/a.ts'
    import { b } from "./b.ts"
    import '../lib/c.ts'
    export * from '../../dns/d.ts'
    const e = await import('#cli/e.ts')
    // import { x } from '#cli/x.ts'
    import fs from 'node:fs'`
  assert.deepEqual(importsOf('proxy/nft/rules.ts', text), [
    'api/a.ts',
    'proxy/nft/b.ts',
    'proxy/lib/c.ts',
    'dns/d.ts',
    'cli/e.ts',
  ])
})

test('every file imports only what stands before it', () => {
  const offences = sources().flatMap(({ path, text }) => importsOf(path, text).map((to) => offence(path, to)))
  assert.deepEqual(
    offences.filter((each) => each !== undefined),
    [],
  )
})

test('other folders are imported as #area/file.ts, so that a crossing shows in the line', () => {
  const crossings = sources().flatMap(({ path, text }) =>
    [...withoutComments(text).matchAll(/['"](\.\.?\/[^'"]+\.ts)['"]/g)]
      .map((match) => posix.join(posix.dirname(path), match[1]!))
      .filter((to) => areaOf(to) !== areaOf(path))
      .map((to) => `\`${path}\` imports \`${to}\`: write \`#${to}\``),
  )
  assert.deepEqual(crossings, [])
})

/** One circle of files that need each other, the first again at its end; undefined where there is none. */
function circle(imports: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>()
  const way: string[] = []
  const walk = (path: string): readonly string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
    if (done.has(path)) return undefined
    way.push(path)
    for (const to of imports.get(path) ?? []) {
      const found = walk(to)
      if (found) return found
    }
    way.pop()
    done.add(path)
    return undefined
  }
  for (const path of imports.keys()) {
    const found = walk(path)
    if (found) return found
  }
  return undefined
}

test('a circle of imports is found, and a fork that meets again is none', () => {
  const fork: [string, string[]][] = [
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
  ]
  assert.equal(circle(new Map(fork)), undefined)
  assert.deepEqual(circle(new Map([...fork, ['d', ['c']]])), ['d', 'c', 'd'])
})

test('no two files need each other, not even for a type', () => {
  assert.equal(circle(new Map(sources().map(({ path, text }) => [path, importsOf(path, text)]))), undefined)
})
