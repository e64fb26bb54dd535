import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findUpstreams, parseUpstream, upstreamsOf } from './upstreams.ts'

test('parseUpstream() reads addresses with and without a port', () => {
  assert.deepEqual(parseUpstream('192.0.2.1'), { address: '192.0.2.1', port: 53 })
  assert.deepEqual(parseUpstream('192.0.2.1:5353'), { address: '192.0.2.1', port: 5353 })
  assert.deepEqual(parseUpstream('2001:db8::1'), { address: '2001:db8::1', port: 53 })
  assert.deepEqual(parseUpstream('[2001:db8::1]:5353'), { address: '2001:db8::1', port: 5353 })
  assert.throws(() => parseUpstream('dns.example.org'), /it is no address/)
})

test('upstreamsOf() reads a resolv.conf', () => {
  assert.deepEqual(
    upstreamsOf('# x\nnameserver 192.0.2.1\nsearch a\nnameserver fe80::1%eth0\n nameserver ::1\nnameserver\n'),
    ['192.0.2.1', '::1'],
  )
})

test('findUpstreams() looks behind a resolver on the loopback interface', async () => {
  const files: Record<string, string> = { '/etc/resolv.conf': 'nameserver 127.0.0.53\n' }
  const read = async (file: string) => files[file] ?? Promise.reject(new Error('ENOENT'))
  assert.deepEqual(await findUpstreams(read), ['127.0.0.53'])
  files['/run/systemd/resolve/resolv.conf'] = 'nameserver 192.0.2.1\nnameserver 192.0.2.1\n'
  assert.deepEqual(await findUpstreams(read), ['192.0.2.1'])
  files['/etc/resolv.conf'] = 'nameserver 192.0.2.9\n'
  assert.deepEqual(await findUpstreams(read), ['192.0.2.9', '192.0.2.1'])
})
