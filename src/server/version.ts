// What this server says it is: the Kubernetes version whose behaviour it has, with our name behind the plus.

export const kubernetesVersion = { major: '1', minor: '37', patch: '0' } as const

const { major, minor, patch } = kubernetesVersion

const architectures: Readonly<Record<string, string>> = { x64: 'amd64' }

export const versionInfo = {
  major,
  minor,
  emulationMajor: major,
  emulationMinor: minor,
  minCompatibilityMajor: major,
  minCompatibilityMinor: String(Number(minor) - 1),
  gitVersion: `v${major}.${minor}.${patch}+pinnace`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${architectures[process.arch] ?? process.arch}`,
}
