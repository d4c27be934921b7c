import type { Socket } from 'node:net'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { makeSender } from './socket-sender.ts'

test('what is sent in one turn of the event loop leaves in one write, in order, and the next turn in another', async () => {
  const writes: string[] = []
  const connection = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString())
      done()
    },
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(''))
      done()
    },
  })
  const send = (text: string, done: () => void): void => void connection.write(text, done)
  const socket = { OPEN: 1, readyState: 1, bufferedAmount: 0, send } as unknown as WebSocket
  const sender = makeSender(socket, connection as Socket)
  expect(await Promise.all(['a', 'b', 'c'].map(sender))).toEqual([true, true, true])
  await new Promise((resolve) => setImmediate(resolve))
  await sender('d')
  await new Promise((resolve) => setImmediate(resolve))
  expect(writes).toEqual(['abc', 'd'])
})
