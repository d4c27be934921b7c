import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { makeKnockByProxy } from './knock-by-proxy.ts'

test('without a proxy there is nothing to go through', () => {
  expect(makeKnockByProxy({ NO_PROXY: 'example.com', HTTPS_PROXY: '' })).toBeUndefined()
})

test('with one the account’s host is asked for there, and leaving ends it', async () => {
  const asked: string[] = []
  const sockets: Socket[] = []
  const proxy = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.once('data', (data) => {
      asked.push(data.toString().split('\r\n')[0] ?? '')
      if (asked.length === 1) socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')
      else leaving.abort(new Error('left'))
    })
  })
  const leaving = new AbortController()
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const knock = makeKnockByProxy({ https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` })
  const address = 'https://myorg-myaccount.snowflakecomputing.com'
  await expect(knock?.(address, { method: 'GET' })).rejects.toThrow(/502|proxy/i)
  await expect(knock?.(address, { method: 'GET', signal: leaving.signal })).rejects.toThrow('left')
  const connect = 'CONNECT myorg-myaccount.snowflakecomputing.com:443 HTTP/1.1'
  expect(asked).toEqual([connect, connect])
  for (const socket of sockets) socket.destroy()
  proxy.close()
})
