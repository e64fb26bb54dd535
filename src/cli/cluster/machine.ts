// What this machine can do: whether it can run real nodes, and if not, what is missing and how to get it.

import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Missing {
  readonly what: string
  readonly fix: string
}

export interface Machine {
  /** Empty: real nodes can run here. */
  readonly missing: readonly Missing[]
  /** The caller's PATH, with the folders of the administrator's programs. */
  readonly path: string
  readonly cniBinDir: string
  readonly ociRuntime: string
  /** Without CAP_SYS_RESOURCE no process may get a lower oom_score_adj than its parent's. */
  readonly restrictOomScoreAdj: boolean
}

const capSysResource = 24n

const administrators = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']

/** The folders where programs stand, also when the caller's PATH leaves out root's. */
export function searchPath(path: string): readonly string[] {
  const named = path.split(delimiter).filter((dir) => dir !== '')
  return [...named, ...administrators.filter((dir) => !named.includes(dir))]
}

export function findProgram(name: string, path: string): string | undefined {
  for (const dir of searchPath(path)) {
    const candidate = join(dir, name)
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined
}

function hasCapability(capability: bigint): boolean {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  return line ? ((BigInt(`0x${line[1]}`) >> capability) & 1n) === 1n : false
}

const debian = (name: string): string => `apt-get install ${name}`

export function inspectMachine(platform: string, uid: number, path: string): Machine {
  const cniBinDir = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'].find((dir) => existsSync(join(dir, 'bridge')))
  const ociRuntime = findProgram('runc', path) ?? findProgram('crun', path)
  const none = {
    cniBinDir: cniBinDir ?? '',
    ociRuntime: ociRuntime ?? '',
    restrictOomScoreAdj: false,
    path: searchPath(path).join(delimiter),
  }
  if (platform !== 'linux') return { ...none, missing: [{ what: 'Linux', fix: 'real nodes run on Linux only' }] }
  const missing: Missing[] = []
  if (uid !== 0) missing.push({ what: 'root', fix: 'run it with sudo' })
  for (const [program, pack] of [
    ['containerd', 'containerd'],
    ['ctr', 'containerd'],
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
    ['nsenter', 'util-linux'],
  ] as const) {
    if (!findProgram(program, path)) missing.push({ what: program, fix: debian(pack) })
  }
  if (!ociRuntime) missing.push({ what: 'runc or crun', fix: debian('runc') })
  if (!cniBinDir) missing.push({ what: 'the CNI plugins', fix: debian('containernetworking-plugins') })
  return { ...none, missing, restrictOomScoreAdj: !hasCapability(capSysResource) }
}
