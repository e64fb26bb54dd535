// The part of dns-packet that is used here; the package carries no types.

declare module 'dns-packet' {
  export interface Question {
    readonly name: string
    readonly type: string
    readonly class: string
  }
  export interface ResourceRecord {
    readonly name: string
    readonly type: string
    readonly class?: string
    readonly ttl?: number
    readonly data?: unknown
  }
  export interface OptRecord {
    readonly name: '.'
    readonly type: 'OPT'
    readonly udpPayloadSize: number
    readonly extendedRcode: number
    readonly ednsVersion: number
    readonly flags: number
    readonly flag_do: boolean
    readonly options: readonly unknown[]
  }
  export interface Packet {
    readonly id: number
    readonly type: 'query' | 'response'
    readonly flags: number
    readonly opcode: string
    readonly rcode: string
    readonly flag_tc: boolean
    readonly flag_rd: boolean
    readonly flag_cd: boolean
    readonly questions: readonly Question[]
    readonly answers: readonly ResourceRecord[]
    readonly authorities: readonly ResourceRecord[]
    readonly additionals: readonly ResourceRecord[]
  }
  const packet: {
    decode(buffer: Uint8Array): Packet
    encode(packet: object): Buffer
    readonly answer: { encode(record: object): Buffer }
    readonly question: { encode(question: Question): Buffer }
    readonly name: { encode(name: string): Buffer }
  }
  export default packet
}
