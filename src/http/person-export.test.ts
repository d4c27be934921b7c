import { get, type IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer, type StartedServer } from '../../test/support/started-server.ts'

let server: StartedServer | null = null
afterEach(() => server?.stop())

const chunk = Array.from({ length: 4_000 }, () => Math.random().toString(36)).join('')

/** Serves an export without an end, and tells what is read of it. */
async function serveEndless(failsAfter = Number.POSITIVE_INFINITY) {
  const ended = Promise.withResolvers<void>()
  let parts = 0
  const read = async function* (): AsyncGenerator<string, void> {
    try {
      for (;;) {
        parts += 1
        if (parts > failsAfter) throw new Error('the store is gone')
        yield chunk
        await Promise.resolve()
      }
    } finally {
      ended.resolve()
    }
  }
  server = await startServer(
    scriptServices({ exportPerson: () => Promise.resolve([{ name: 'endless.txt', text: read() }]) }),
  )
  const { url } = server
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/v1/me/export`, resolve).once('error', reject)
  })
  return { answer, ended: ended.promise, parts: () => parts }
}

test('a client that leaves in the middle ends the reading', async () => {
  const { answer, ended } = await serveEndless()
  await new Promise((resolve) => answer.once('data', resolve))
  answer.destroy()
  await expect(ended).resolves.toBeUndefined()
})

test('nothing is read faster than the client takes it', async () => {
  const { answer, parts, ended } = await serveEndless()
  await new Promise((resolve) => answer.once('data', resolve))
  answer.pause()
  let before = -1
  const hasStopped = (): boolean => {
    const isSame = parts() === before
    before = parts()
    return isSame
  }
  await expect.poll(hasStopped, { interval: 100, timeout: 10_000 }).toBe(true)
  // What waits in buffers and in the network, a few megabytes at most.
  expect(parts() * chunk.length).toBeLessThan(20_000_000)
  answer.destroy()
  await ended
})

test('an archive whose reading breaks has no end', async () => {
  const { answer, ended } = await serveEndless(3)
  const outcome = new Promise<string>((resolve) => {
    answer.once('end', () => resolve('whole'))
    answer.once('error', () => resolve('cut'))
  })
  answer.resume()
  await ended
  expect(await outcome).toBe('cut')
  expect(server?.log()).toContain('the store is gone')
})
