// Where a local cluster keeps what it has: everything under one folder, so that taking it away is complete.

import { join } from 'node:path'

export type NodePart = 'agent' | 'containerd'

export interface NodePaths {
  readonly dir: string
  /** What the agent keeps: certificates, pods, logs. */
  readonly agent: string
  readonly containerdConfig: string
  readonly containerdRoot: string
  readonly containerdState: string
  readonly containerdSocket: string
  /** What containerd and its runtimes write down for a moment, and leave behind when they are killed. */
  readonly temporary: string
  readonly cniConf: string
  readonly log: (part: NodePart) => string
  readonly pid: (part: NodePart) => string
}

export interface ClusterPaths {
  readonly dir: string
  readonly state: string
  readonly lock: string
  readonly server: string
  readonly serverLog: string
  readonly serverPid: string
  readonly adminKubeconfig: string
  readonly joinToken: string
  /** Archives that every node of the cluster gets. */
  readonly images: string
  readonly nodes: string
  node(name: string): NodePaths
}

export function clusterPaths(dir: string): ClusterPaths {
  const server = join(dir, 'server')
  const nodes = join(dir, 'nodes')
  return {
    dir,
    state: join(dir, 'cluster.json'),
    lock: join(dir, 'lock'),
    server,
    serverLog: join(dir, 'server.log'),
    serverPid: join(dir, 'server.pid'),
    adminKubeconfig: join(server, 'admin.kubeconfig'),
    joinToken: join(server, 'join-token'),
    images: join(dir, 'images'),
    nodes,
    node(name) {
      const node = join(nodes, name)
      return {
        dir: node,
        agent: join(node, 'agent'),
        containerdConfig: join(node, 'containerd.toml'),
        containerdRoot: join(node, 'containerd'),
        containerdState: join(node, 'run'),
        containerdSocket: join(node, 'run', 'containerd.sock'),
        temporary: join(node, 'tmp'),
        cniConf: join(node, 'cni'),
        log: (part) => join(node, `${part}.log`),
        pid: (part) => join(node, `${part}.pid`),
      }
    },
  }
}

/** Root keeps clusters with the machine's other state, anybody else at home. */
export const defaultDataDir = (name: string, isRoot: boolean, home: string): string =>
  isRoot ? join('/var/lib/pinnace', name) : join(home, '.local', 'share', 'pinnace', name)
