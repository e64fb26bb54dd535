// A node as the scheduler sees it: what it has, and what the pods on it, bound or about to be, ask of it.

import type { Node } from '#api/core/node.ts'
import type { Taint } from '#api/core/taint.ts'
import { milliValue, quantityValue } from '#api/quantity.ts'
import type { HostPort, PodInfo } from './pod-info.ts'

const named = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods'])
const noTaints: readonly Taint[] = []

export class NodeInfo {
  readonly name: string
  node!: Node
  /** A Map is quicker to ask than an object, and labels are asked for all the time. */
  #labels: ReadonlyMap<string, string> = new Map()
  readonly pods = new Map<string, PodInfo>()
  milliCpu = 0
  memory = 0
  ephemeralStorage = 0
  scoredMilliCpu = 0
  scoredMemory = 0
  readonly others = new Map<string, number>()
  /** By pod, of those that have any. */
  readonly hostPorts = new Map<string, readonly HostPort[]>()
  allocatableMilliCpu = 0
  allocatableMemory = 0
  allocatableEphemeralStorage = 0
  allocatablePods = 0
  readonly allocatableOthers = new Map<string, number>()
  isUnschedulable = false
  /** Taints that keep pods away, and those that only make a node less wanted. */
  taints = noTaints
  preferNoSchedule = noTaints
  /** Sizes in bytes by name. */
  images: ReadonlyMap<string, number> = new Map()

  constructor(node: Node) {
    this.name = node.metadata.name ?? ''
    this.setNode(node)
  }

  setNode(node: Node): void {
    this.node = node
    this.#labels = new Map(Object.entries(node.metadata.labels ?? {}))
    const { allocatable = {}, images } = node.status
    this.allocatableMilliCpu = milliValue(allocatable.cpu)
    this.allocatableMemory = quantityValue(allocatable.memory)
    this.allocatableEphemeralStorage = quantityValue(allocatable['ephemeral-storage'])
    this.allocatablePods = quantityValue(allocatable.pods)
    this.allocatableOthers.clear()
    for (const name in allocatable)
      if (!named.has(name)) this.allocatableOthers.set(name, milliValue(allocatable[name]))
    this.isUnschedulable = node.spec.unschedulable === true
    const { taints = noTaints } = node.spec
    this.taints = taints.filter((taint) => taint.effect !== 'PreferNoSchedule')
    this.preferNoSchedule = taints.filter((taint) => taint.effect === 'PreferNoSchedule')
    this.images = new Map(images?.flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [name, sizeBytes])))
  }

  label(key: string): string | undefined {
    return this.#labels.get(key)
  }

  add(pod: PodInfo): void {
    this.pods.set(pod.uid, pod)
    if (pod.hostPorts.length > 0) this.hostPorts.set(pod.uid, pod.hostPorts)
    this.#count(pod, 1)
  }

  remove(pod: PodInfo): void {
    if (!this.pods.delete(pod.uid)) return
    this.hostPorts.delete(pod.uid)
    this.#count(pod, -1)
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    this.milliCpu += sign * pod.milliCpu
    this.memory += sign * pod.memory
    this.ephemeralStorage += sign * pod.ephemeralStorage
    this.scoredMilliCpu += sign * pod.scoredMilliCpu
    this.scoredMemory += sign * pod.scoredMemory
    if (!pod.others) return
    for (const [name, milli] of pod.others) {
      const sum = (this.others.get(name) ?? 0) + sign * milli
      if (sum === 0) this.others.delete(name)
      else this.others.set(name, sum)
    }
  }
}
