// Finds the behaviours: every file in a folder of a group is one.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Behaviour } from './behaviour.ts'
import { type Group, groups } from './list.ts'

export interface Loaded extends Behaviour {
  /** Below conformance/, with forward slashes. */
  readonly path: string
}

const folderOf = (group: Group): string => group.replace(/^sig-/, '')

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Where the test of a behaviour stands. */
export const pathOf = ({ group, name }: { readonly group: Group; readonly name: string }): string =>
  `${folderOf(group)}/${slugOf(name)}.ts`

const filesOf = (group: Group): readonly string[] => {
  try {
    const names = readdirSync(join(import.meta.dirname, folderOf(group)))
    return names.filter((name) => name.endsWith('.ts')).sort()
  } catch {
    return []
  }
}

/** A file that cannot be read is a behaviour that fails, so that the others run. */
async function loadFile(group: Group, path: string): Promise<Loaded> {
  try {
    const exported: Record<string, unknown> = await import(join(import.meta.dirname, path))
    const test = exported.test as Behaviour | undefined
    if (Object.keys(exported).length !== 1 || typeof test?.run !== 'function')
      throw new Error(`conformance/${path} must export one behaviour, as \`test\``)
    return { ...test, path }
  } catch (error) {
    return { group, name: path, since: '', path, clusterScoped: true, run: () => Promise.reject(error) }
  }
}

export const loadBehaviours = async (): Promise<readonly Loaded[]> => {
  const files = groups.flatMap((group) => filesOf(group).map((file) => [group, `${folderOf(group)}/${file}`] as const))
  return Promise.all(files.map(([group, path]) => loadFile(group, path)))
}
