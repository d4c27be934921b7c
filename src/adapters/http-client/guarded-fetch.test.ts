import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ForbiddenAddress, isPublicAddress, lookupPublic, makeGuardedFetch } from './guarded-fetch.ts'

const resolve = promisify(lookupPublic)
const never = { method: 'GET', headers: {} }

describe('a name that people entered', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::7f00:1',
  ])('that leads to %s is not connected to', async (host) => {
    await expect(resolve(host, {})).rejects.toBeInstanceOf(ForbiddenAddress)
    await expect(resolve(host, { all: true })).rejects.toBeInstanceOf(ForbiddenAddress)
  })

  test.each(['8.8.8.8', '172.32.0.1', '2001:4860:4860::8888'])('that leads to %s is', async (host) => {
    expect(await resolve(host, {})).toBe(host)
    expect(await resolve(host, { all: true })).toEqual([expect.objectContaining({ address: host })])
  })

  test.each([
    ['https://idp.example.com/realms/x', true],
    ['https://idp.example.com:443/', true],
    ['https://idp.example.com:444/', false],
    ['http://idp.example.com/', false],
    ['https://localhost/', false],
    ['https://intranet/', false],
    ['https://0x7f.1/', false],
    ['https://[::ffff:127.0.0.1]/', false],
    ['https://user@idp.example.com/', false],
    ['file:///etc/passwd', false],
    ['http://127.0.0.1:1/', false],
  ])('%s may be asked: %s', async (address, may) => {
    expect(isPublicAddress(new URL(address), false)).toBe(may)
    if (!may)
      await expect(makeGuardedFetch({ allowLoopback: false, proxyEnv: {} })(address, never)).rejects.toBeInstanceOf(
        ForbiddenAddress,
      )
  })
})

test('behind a proxy everything goes through it, and names are left to it', async () => {
  const asked: string[] = []
  const leaving = new AbortController()
  const sockets: Socket[] = []
  const proxy = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', (data) => {
      asked.push(data.toString().split('\r\n')[0] ?? '')
      if (asked.length > 1) leaving.abort(new Error('left'))
      else socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
    })
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const proxyEnv = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  const fetch = makeGuardedFetch({ allowLoopback: false, proxyEnv })
  await expect(fetch('https://idp.example.com/token', never)).rejects.toThrow(/502|proxy/i)
  await expect(fetch('https://127.0.0.1/token', never)).rejects.toBeInstanceOf(ForbiddenAddress)
  const hanging = fetch('https://idp.example.com/token', { ...never, signal: leaving.signal })
  await expect(hanging).rejects.toThrow('left')
  const connect = 'CONNECT idp.example.com:443 HTTP/1.1'
  expect(asked).toEqual([connect, connect])
  for (const socket of sockets) socket.destroy()
  proxy.close()
})
