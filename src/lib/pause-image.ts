// The image of the container that holds a pod's namespaces. Its one program does nothing but wait, and leave dead
// children to the kernel; it is so small that it is written here, instruction by instruction, instead of being
// pulled from somewhere.

import type { ImageSource } from './oci-archive.ts'

/** Not a registry: the image is always loaded, never pulled. */
export const pauseImageName = 'pinnace.dev/pause:1'

const loadAddress = 0x400000n
const headerBytes = 64 + 56

interface Machine {
  /** ELF's e_machine. */
  readonly id: number
  /** Ignore SIGCHLD, so that the kernel reaps orphans; then wait for signals for ever. */
  readonly code: readonly number[]
}

const machines: Readonly<Record<string, Machine>> = {
  amd64: {
    id: 62,
    code: [
      ...[0xb8, 13, 0, 0, 0], // mov eax, rt_sigaction
      ...[0xbf, 17, 0, 0, 0], // mov edi, SIGCHLD
      ...[0x48, 0x8d, 0x35, 0x17, 0, 0, 0], // lea rsi, [rip+23]: the sigaction below
      ...[0x31, 0xd2], // xor edx, edx
      ...[0x41, 0xba, 8, 0, 0, 0], // mov r10d, 8
      ...[0x0f, 0x05], // syscall
      ...[0xb8, 34, 0, 0, 0], // again: mov eax, pause
      ...[0x0f, 0x05], // syscall
      ...[0xeb, 0xf7], // jmp again
      ...[0x90, 0x90, 0x90, 0x90], // up to the next eight bytes
    ],
  },
  arm64: {
    id: 183,
    code: [
      ...[0xc8, 0x10, 0x80, 0xd2], // mov x8, rt_sigaction (134)
      ...[0x20, 0x02, 0x80, 0xd2], // mov x0, SIGCHLD
      ...[0x81, 0x01, 0x00, 0x10], // adr x1, +48: the sigaction below
      ...[0x02, 0x00, 0x80, 0xd2], // mov x2, 0
      ...[0x03, 0x01, 0x80, 0xd2], // mov x3, 8
      ...[0x01, 0x00, 0x00, 0xd4], // svc 0
      ...[0x00, 0x00, 0x80, 0xd2], // again: mov x0, 0
      ...[0x01, 0x00, 0x80, 0xd2], // mov x1, 0
      ...[0x02, 0x00, 0x80, 0xd2], // mov x2, 0
      ...[0x03, 0x00, 0x80, 0xd2], // mov x3, 0
      ...[0x28, 0x09, 0x80, 0xd2], // mov x8, ppoll (73)
      ...[0x01, 0x00, 0x00, 0xd4], // svc 0
      ...[0xfa, 0xff, 0xff, 0x17], // b again
      ...[0x1f, 0x20, 0x03, 0xd5], // nop, up to the next eight bytes
    ],
  },
}

/** `struct sigaction` with SIG_IGN as its handler. */
const ignore = [1, ...new Array<number>(31).fill(0)]

/** A static ELF program of one segment. */
function elf({ id, code }: Machine): Buffer {
  const body = Buffer.from([...code, ...ignore])
  const size = BigInt(headerBytes + body.length)
  const header = Buffer.alloc(headerBytes)
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header)
  header.writeUInt16LE(2, 16) // an executable
  header.writeUInt16LE(id, 18)
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(loadAddress + BigInt(headerBytes), 24) // where it starts
  header.writeBigUInt64LE(64n, 32) // the program header's place
  header.writeUInt16LE(64, 52)
  header.writeUInt16LE(56, 54)
  header.writeUInt16LE(1, 56)
  header.writeUInt32LE(1, 64) // a segment to load
  header.writeUInt32LE(5, 68) // readable, executable
  header.writeBigUInt64LE(loadAddress, 80)
  header.writeBigUInt64LE(loadAddress, 88)
  header.writeBigUInt64LE(size, 96)
  header.writeBigUInt64LE(size, 104)
  header.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([header, body])
}

/** As Node names processors. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

export const imageArchitecture = (nodeArch: string): string => architectures[nodeArch] ?? nodeArch

export function pauseImage(architecture: string): ImageSource {
  const machine = machines[architecture]
  if (!machine) throw new Error(`There is no pause program for the processor "${architecture}"`)
  return {
    tag: pauseImageName,
    architecture,
    files: [{ path: 'pause', mode: 0o755, content: elf(machine) }],
    config: { entrypoint: ['/pause'], user: '65535:65535' },
  }
}
