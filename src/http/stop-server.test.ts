import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, describe, expect, test } from 'vitest'
import { answeredFacts, encodeFacts, scriptServices, someTurnId } from '../../test/support/scripted-services.ts'
import { openSocket, readFrames, startServer } from '../../test/support/started-server.ts'
import { ProblemError } from '../core/problem.ts'
import { createServer } from './create-server.ts'
import { listen } from './run-server.ts'
import { someone } from '../../test/support/callers.ts'

const encoded = encodeFacts(answeredFacts)

/** Services whose turn ends when they are closed, as real turns do. */
function closingServices() {
  const closing = Promise.withResolvers<void>()
  return scriptServices({
    turns: {
      ask: () => Promise.resolve({ turnId: someTurnId }),
      async *events() {
        yield* encoded.slice(0, 2)
        await closing.promise
        yield* encoded.slice(2)
      },
    },
    close: () => {
      closing.resolve()
      return Promise.resolve()
    },
  })
}

describe('stopping', () => {
  test('delivers the last events of every turn, closes the sockets and refuses what comes after', async () => {
    const server = await startServer(closingServices())
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { question: 'q' } })
    await client.until((frames) => frames.length === 3)
    const stream = await fetch(`${server.url}/api/v1/turns/${someTurnId}/events`)
    const text = stream.text()
    await server.stop()
    expect(await client.closed).toBe(1001)
    expect(client.frames.at(-1)).toMatchObject({ kind: 'turn.done' })
    expect(readFrames(await text).at(-1)).toMatchObject({ id: String(encoded.length) })
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed')
  })

  test('refuses work that still comes on an open connection, with when to try again', async () => {
    const server = await startServer(closingServices())
    server.app.stage = 'closing'
    const refused = await fetch(`${server.url}/api/v1/turns/${someTurnId}/events`)
    expect([refused.status, refused.headers.get('connection'), refused.headers.get('retry-after')]).toEqual([
      503,
      'close',
      '2',
    ])
    expect(await refused.json()).toMatchObject({ code: 'too_busy' })
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    await server.stop()
  })

  test('serves what is on its way, and has no connection used again', async () => {
    const asked = Promise.withResolvers<void>()
    const found = Promise.withResolvers<void>()
    const health = async () => {
      asked.resolve()
      await found.promise
      return []
    }
    const server = await startServer(scriptServices({ health }))
    const held = fetch(`${server.url}/readyz`)
    await asked.promise
    const stopped = server.stop()
    found.resolve()
    const { status, headers } = await held
    expect([status, headers.get('connection')]).toEqual([200, 'close'])
    await stopped
  })

  test('cuts off what does not end in time', async () => {
    const services = scriptServices({
      turns: {
        ask: () => Promise.resolve({ turnId: someTurnId }),
        async *events() {
          yield* encoded.slice(0, 1)
          await new Promise(() => {})
        },
      },
      close: () => new Promise(() => {}),
    })
    const server = await startServer(services)
    const client = await openSocket(server.socketUrl)
    client.say({ command: 'ask', id: 'a', ask: { question: 'q' } })
    await client.until((frames) => frames.length === 2)
    const stream = await fetch(`${server.url}/api/v1/turns/${someTurnId}/events`)
    const read = stream.text().then(
      () => 'ended',
      () => 'cut off',
    )
    await server.stop(30)
    expect([await client.closed, await read]).toEqual([1006, 'cut off'])
  })
})

describe('listening', () => {
  const makeApp = () =>
    createServer({
      services: scriptServices(),
      identify: () => someone,
      version: '1',
      webRoot: null,
      publicUrl: null,
      logger: pino({ level: 'silent' }),
    })
  const fault = async (host: string, port: number, dataDir: string | null = null) => {
    const app = await makeApp()
    try {
      await listen(app, { host, port, dataDir })
      throw new Error('it listens')
    } catch (error) {
      if (error instanceof ProblemError) return error.problem
      throw error
    } finally {
      await app.close()
    }
  }

  test('returns the address to open', async () => {
    const app = await makeApp()
    expect(await listen(app, { host: '127.0.0.1', port: 0, dataDir: null })).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await app.close()
  })

  describe('a port in use is named, with its user and what to do', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'floe-port-'))
    afterAll(() => rmSync(dataDir, { recursive: true }))

    test('another program', async () => {
      const other = createPlainServer((_request, response) => response.end('{"status":"ok"}'))
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const { port } = other.address() as AddressInfo
      // The record of a server that was killed, its process id in use again.
      writeFileSync(
        join(dataDir, `server-${port}.json`),
        JSON.stringify({ pid: process.pid, address: `http://127.0.0.1:${port}` }),
      )
      const problem = await fault('127.0.0.1', port, dataDir)
      other.close()
      expect(problem).toMatchObject({
        code: 'cannot_listen',
        whoseTurn: 'operator',
        message: `Port ${port} on 127.0.0.1 is in use by another program.`,
        action: `Stop that program, or choose another port: PORT=${port + 1}.`,
      })
    })

    test('the Floe of the same data folder, as long as it runs; another one is not taken for it', async () => {
      const first = await makeApp()
      const address = await listen(first, { host: '127.0.0.1', port: 0, dataDir })
      const { port } = new URL(address)
      expect(await fault('127.0.0.1', Number(port), dataDir)).toMatchObject({
        message: `Port ${port} on 127.0.0.1 is in use by Floe itself: process ${process.pid} serves the data folder ${dataDir} on ${address}.`,
        action: expect.stringMatching(`^Open ${address}, stop process ${process.pid}, or .*PORT=`) as string,
      })
      expect((await fault('127.0.0.1', Number(port), join(dataDir, 'other'))).message).toMatch(
        /in use by a Floe with another data folder\.$/,
      )
      // The refused start left the record alone; the server takes it away.
      expect(existsSync(join(dataDir, `server-${port}.json`))).toBe(true)
      await first.close()
      expect(existsSync(join(dataDir, `server-${port}.json`))).toBe(false)
    })
  })

  test.each([['192.0.2.1'], ['no-such-host.invalid']])('%s is not an address of this machine', async (host) => {
    expect(await fault(host, 0)).toMatchObject({
      code: 'cannot_listen',
      action: expect.stringContaining('HOST=') as string,
    })
  })
})

describe('a stop ends in time', () => {
  test.each(['a reader that reads nothing', 'a socket in the middle of a command'])('with %s', async (what) => {
    const server = await startServer(
      scriptServices({
        turns: {
          ask: () => Promise.resolve({ turnId: someTurnId }),
          async *events() {
            for (;;) yield { seq: 1, kind: 'answer.delta', json: JSON.stringify({ text: 'x'.repeat(100_000) }) }
          },
          cancel: () => new Promise<void>(() => {}),
        },
        close: () => Promise.resolve(),
      }),
    )
    const client = await openSocket(server.socketUrl)
    if (what.includes('reader')) {
      client.say({ command: 'ask', id: 'a', ask: { question: 'q' } })
      await client.until((frames) => frames.length > 1)
      client.socket.pause()
    } else client.say({ command: 'cancel', id: 'c', cancel: { turnId: someTurnId } })
    const startedAt = performance.now()
    await server.stop(100)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    client.socket.terminate()
  })
})
