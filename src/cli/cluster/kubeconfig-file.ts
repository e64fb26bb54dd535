// The user's kubeconfig: a local cluster's context is put into it and taken out of it as kind does, and nothing
// else in it is touched.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { addCluster, type ClusterAccess, hasCluster, removeCluster, resolveContext } from '#client/kubeconfig.ts'

/** $KUBECONFIG's first file, or the one at home. */
export function kubeconfigPath(env: Readonly<Record<string, string | undefined>>, home: string, cwd: string): string {
  const named = (env.KUBECONFIG ?? '').split(delimiter).find((path) => path !== '')
  return named === undefined ? join(home, '.kube', 'config') : resolve(cwd, named)
}

function replace(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

/** The context's name of a local cluster. */
export const contextName = (cluster: string): string => (cluster === 'pinnace' ? 'pinnace' : `pinnace-${cluster}`)

/** Takes over the server's own admin kubeconfig under the cluster's name. */
export function addContext(path: string, cluster: string, adminKubeconfig: string): void {
  const admin = resolveContext(readFileSync(adminKubeconfig, 'utf8'), (file) => readFileSync(file, 'utf8'))
  const access: ClusterAccess = {
    name: contextName(cluster),
    server: admin.server,
    authorityPem: admin.credentials.authorityPem ?? '',
    certPem: admin.credentials.certPem,
    keyPem: admin.credentials.keyPem,
  }
  replace(path, addCluster(read(path), access))
}

/** What is left of a file that held nothing but a cluster of ours: it was not there before. */
function emptyFile(): string {
  const access = { name: 'none', server: '', authorityPem: '' }
  return removeCluster(addCluster('', access), access.name)
}

export function removeContext(path: string, cluster: string): void {
  const text = read(path)
  const name = contextName(cluster)
  if (!hasCluster(text, name)) return
  const without = removeCluster(text, name)
  if (without === emptyFile()) rmSync(path)
  else replace(path, without)
}
