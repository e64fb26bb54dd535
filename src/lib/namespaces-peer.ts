// For tests only: a server and a client to run inside a network namespace. See namespaces.ts.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const limitMs = 1000

async function serve(name: string, port: number): Promise<void> {
  const tcp = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(`${name} ${socket.remoteAddress}`)
  })
  const udp = createSocket('udp4', (_, peer) => udp.send(`${name} ${peer.address}`, peer.port, peer.address))
  udp.bind(port)
  tcp.listen(port, '0.0.0.0')
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
  process.stdout.write('ready\n')
}

const askTcp = (address: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    const socket = connect({ host: address, port })
    socket.setTimeout(limitMs, () => {
      resolve('TIMEOUT')
      socket.destroy()
    })
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on('close', () => resolve(text))
  })

async function askUdp(address: string, port: number, localPort: number): Promise<string> {
  const socket = createSocket('udp4')
  try {
    socket.bind(localPort)
    await once(socket, 'listening')
    socket.connect(port, address)
    await once(socket, 'connect')
    socket.send('?')
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(limitMs) })
    return String(answer)
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException
    return name === 'AbortError' ? 'TIMEOUT' : (code ?? message)
  } finally {
    socket.close()
  }
}

const [verb, ...args] = process.argv.slice(2)
if (verb === 'serve') await serve(args[0]!, Number(args[1]))
else {
  const [protocol, address = '', port, times, show, localPort] = args
  const counts: Record<string, number> = {}
  for (let i = 0; i < Number(times); i++) {
    const answer = await (protocol === 'udp'
      ? askUdp(address, Number(port), Number(localPort))
      : askTcp(address, Number(port)))
    const [name = '', client = name] = answer.split(' ')
    const key = show === 'client' ? client : name
    counts[key] = (counts[key] ?? 0) + 1
  }
  process.stdout.write(JSON.stringify(counts))
}
