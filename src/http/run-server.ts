import type { FastifyInstance } from 'fastify'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Where the server leaves its process id and address, so that a second start on its port can name it. */
  readonly dataDir: string | null
}

/** Starts listening and returns the address to open. Throws `cannot_listen` when the port or the address is not to be had. */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<string> {
  const { host, port, dataDir } = options
  let record: string | null = null
  app.addHook('onClose', async () => {
    if (record !== null) await rm(record, { force: true })
  })
  const address = await app.listen({ host, port }).catch(async (error: unknown) => {
    throw await explain(error, options)
  })
  if (dataDir === null) return address
  record = recordPath(dataDir, Number(new URL(address).port))
  // A folder that cannot be written is reported by the store; the server runs without its record.
  await writeFile(record, JSON.stringify({ pid: process.pid, address }), { mode: 0o600 }).catch(() => undefined)
  return address
}

/** Tells of another server on the same data folder, which two of them may share; empty where there is none. */
export async function describeSibling(dataDir: string, ownAddress: string): Promise<string> {
  const own = recordPath(dataDir, Number(new URL(ownAddress).port))
  const names = (await readdir(dataDir)).filter((name) => /^server-\d+\.json$/.test(name))
  for (const path of names.map((name) => join(dataDir, name)).filter((path) => path !== own)) {
    const record = await readRecord(path)
    if (record !== null && (await probe(record.address)) === 'floe')
      return `Process ${record.pid} serves the same data folder on ${record.address}; both work on one store. Stop one if that is not meant.\n`
  }
  return ''
}

const recordPath = (dataDir: string, port: number): string => join(dataDir, `server-${port}.json`)

async function explain(error: unknown, { host, port, dataDir }: ListenOptions): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'EADDRINUSE': {
      const { user, stop } = await findPortUser({ host, port, dataDir })
      return problem(
        'cannot_listen',
        `Port ${port} on ${host} is in use by ${user}.`,
        `${stop}, or choose another port: PORT=${port + 1}.`,
        { cause: error },
      )
    }
    case 'EACCES':
      return problem(
        'cannot_listen',
        `This user may not listen on port ${port}.`,
        'Choose a port from 1024 up, for example PORT=3000.',
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return problem(
        'cannot_listen',
        `${host} is not an address of this machine.`,
        'Set HOST to one that is, for example HOST=127.0.0.1.',
        { cause: error },
      )
    default:
      return error
  }
}

/** Names the program that listens on a port: the Floe of this data folder by its record, any other Floe by its answer to a health probe. */
async function findPortUser({ host, port, dataDir }: ListenOptions): Promise<{ user: string; stop: string }> {
  const server = dataDir === null ? null : await readRecord(recordPath(dataDir, port))
  const address = server?.address ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const answer = await probe(address)
  // The process id may have been reused since: a program that answers like no Floe is not that server.
  if (dataDir !== null && server !== null && answer !== 'something else') {
    const user = `Floe itself: process ${server.pid} serves the data folder ${resolve(dataDir)} on ${address}`
    return answer === 'floe'
      ? { user, stop: `Open ${address}, stop process ${server.pid}` }
      : { user: `${user}, but does not answer`, stop: `Stop process ${server.pid}` }
  }
  if (answer === 'floe') return { user: 'a Floe with another data folder', stop: `Open ${address}, stop that Floe` }
  return { user: 'another program', stop: 'Stop that program' }
}

const ServerRecord = z.object({ pid: z.int().positive(), address: z.url() })

/** The server that left the record, as long as its process runs; null as well where no whole record is found. */
async function readRecord(path: string): Promise<z.infer<typeof ServerRecord> | null> {
  try {
    const record = ServerRecord.parse(JSON.parse(await readFile(path, 'utf8')))
    return isRunning(record.pid) ? record : null
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // The system forbids signals to another user's process, which therefore runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function probe(address: string): Promise<'floe' | 'something else' | 'nothing'> {
  try {
    const answer = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(1_000), redirect: 'manual' })
    return answer.headers.has('x-request-id') && (await answer.text()) === '{"status":"ok"}' ? 'floe' : 'something else'
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'nothing' : 'something else'
  }
}

/** Resolves once the server has answered for the first time, or nobody has asked for `patienceMs`. Call it before the server listens. */
export function firstAnswer(app: FastifyInstance, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    app.addHook('onResponse', (_request, _reply, done) => {
      resolve()
      done()
    })
    app.addHook('onListen', (done) => {
      setTimeout(resolve, patienceMs).unref()
      done()
    })
  })
}

/** How long requests that were on their way when the server was told to stop are still served. */
const leavingMs = 100

/** How long closing may take after everything was cut off. */
const closingMs = 500

/**
 * Stops in order: no new connection, none used again, every turn ended and stored, its last events delivered, sockets closed. After `graceMs` every
 * connection is cut, and the server is left as it is soon after, whatever clients or stores are doing. Says which it was.
 */
export async function stopServer(
  app: FastifyInstance,
  services: Services,
  graceMs: number,
): Promise<'stopped' | 'cut off'> {
  const late = Promise.withResolvers<'cut off'>()
  const timers = [
    setTimeout(() => {
      for (const socket of app.websocketServer.clients) socket.terminate()
      app.server.closeAllConnections()
    }, graceMs),
    setTimeout(() => late.resolve('cut off'), graceMs + closingMs),
  ]
  app.stage = 'leaving'
  if (app.server.listening) app.server.close()
  await delay(leavingMs)
  app.stage = 'closing'
  const stopped = services.close().then(() => app.close())
  try {
    return await Promise.race([stopped.then(() => 'stopped' as const), late.promise])
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}
