// What a node tells of the machine it runs on.

import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { arch, availableParallelism, hostname, networkInterfaces, release, totalmem, type } from 'node:os'
import type { MachineInfo, NodeCapacity } from '#kubelet/settings.ts'
import { bootTimeMs } from '#kubelet/stats/counters.ts'
import type { FsUsage } from '#kubelet/stats/summary.ts'
import { imageArchitecture } from '#lib/pause-image.ts'

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '')

/** As upstream: so many pods on a node at the most. */
const mostPods = 110

export function nodeCapacity(dir: string): NodeCapacity {
  const { blocks, bsize } = statfsSync(dir)
  return {
    milliCpu: availableParallelism() * 1000,
    memoryBytes: totalmem(),
    ephemeralStorageBytes: blocks * bsize,
    pods: mostPods,
  }
}

export function fileSystemUsage(dir: string): FsUsage {
  const { blocks, bavail, bsize, files, ffree } = statfsSync(dir)
  return { capacityBytes: blocks * bsize, availableBytes: bavail * bsize, inodes: files, inodesFree: ffree }
}

/** The machine's start; of one node among several on a machine nobody but its agent knows. */
export const nodeStartMs = (cgroupRoot: string | undefined): number | undefined =>
  cgroupRoot === undefined ? bootTimeMs(read('/proc/stat')) : undefined

export function machineInfo(): MachineInfo {
  const osImage = /^PRETTY_NAME="?(.*?)"?$/m.exec(read('/etc/os-release'))?.[1] ?? type()
  return {
    machineID: read('/etc/machine-id'),
    systemUUID: read('/sys/class/dmi/id/product_uuid'),
    bootID: read('/proc/sys/kernel/random/boot_id'),
    kernelVersion: release(),
    osImage,
    operatingSystem: 'linux',
    architecture: imageArchitecture(arch()),
  }
}

/** The first address of this machine that others can reach. */
export function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return addresses.find((address) => address.family === 'IPv4' && !address.internal)?.address ?? '127.0.0.1'
}

export const ownHostname = (): string => hostname()

export const hostFile = (path: string): string => read(path)
