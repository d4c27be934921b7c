import { expect, test } from 'vitest'
import { readEventStream } from './read-event-stream.ts'

const streamOf = (...pieces: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })

test.each([
  ['whole events', ['id: 1\ndata: a\n\nid: 2\ndata: b\n\n'], ['a', 'b']],
  ['events cut anywhere', ['id: 1\nda', 'ta: a', '\n', '\ndata: b\n\n'], ['a', 'b']],
  ['events between CRLF', ['data: a\r\n\r\ndata: b\r\n\r\n'], ['a', 'b']],
  ['signs of life and waiting times', ['retry: 1000\n\n: still here\n\ndata: a\n\n'], ['a']],
  ['data on several lines', ['data: a\ndata: b\n\n'], ['a\nb']],
  ['an event that was cut off, which is not one', ['data: a\n\ndata: b'], ['a']],
])('reads %s', async (_name, pieces, expected) => {
  const seen: string[] = []
  await readEventStream(streamOf(...pieces), (data) => seen.push(data))
  expect(seen).toEqual(expected)
})

test('a letter cut in two pieces stays one letter', async () => {
  const [first, second] = [
    new TextEncoder().encode('data: ü\n\n').slice(0, 7),
    new TextEncoder().encode('data: ü\n\n').slice(7),
  ]
  const seen: string[] = []
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(first)
      controller.enqueue(second)
      controller.close()
    },
  })
  await readEventStream(body, (data) => seen.push(data))
  expect(seen).toEqual(['ü'])
})
