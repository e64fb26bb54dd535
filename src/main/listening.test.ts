import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listeningAt } from './listening.ts'

const at = (...listen: string[]) => listeningAt({ listen, serviceCidr: '10.96.0.0/16' })

test("the first addresses of the network of services are the cluster's own", () => {
  const { serviceIp, dnsIp } = at('127.0.0.1:6443')
  assert.deepEqual([serviceIp, dnsIp], ['10.96.0.1', '10.96.0.10'])
})

test('a server that listens on this machine only is reached by nobody else', () => {
  const { localUrl, advertised } = at('127.0.0.1:6443')
  assert.deepEqual([localUrl, advertised], ['https://127.0.0.1:6443', undefined])
})

test("of several addresses, others reach the first that is not only this machine's", () => {
  const { localUrl, advertised } = at('localhost:6443', '192.0.2.1:7443')
  assert.deepEqual([localUrl, advertised], ['https://localhost:6443', { host: '192.0.2.1', port: 7443 }])
})

test('an address of IPv6 stands in brackets', () => {
  assert.equal(at('[::1]:6443').localUrl, 'https://[::1]:6443')
})

test('a server on every address is reached from here by the loopback', () => {
  assert.equal(at('0.0.0.0:6443').localUrl, 'https://127.0.0.1:6443')
})

for (const wrong of ['6443', ':6443', 'host:', 'host:65536', 'host:1.5'])
  test(`"${wrong}" is no address`, () => {
    assert.throws(() => at(wrong), { message: `"${wrong}" is not of the form HOST:PORT` })
  })

test('a server listens somewhere', () => {
  assert.throws(() => at(), { message: 'At least one --listen HOST:PORT is needed' })
})
