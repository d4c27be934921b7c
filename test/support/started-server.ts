import { pino } from 'pino'
import { WebSocket, type ClientOptions } from 'ws'
import type { Services } from '../../src/core/services.ts'
import { createServer, type ServerOptions } from '../../src/http/create-server.ts'
import { listen, stopServer } from '../../src/http/run-server.ts'
import { someone } from './callers.ts'

/** A server on this port or a free one, with what it logged. */
export async function startServer(services: Services, options: Partial<ServerOptions> = {}, port = 0) {
  const lines: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
  const app = await createServer({
    services,
    identify: () => someone,
    version: '1.2.3',
    webRoot: null,
    publicUrl: null,
    logger,
    ...options,
  })
  const url = await listen(app, { host: '127.0.0.1', port, dataDir: null })
  return {
    app,
    url,
    socketUrl: `${url.replace('http:', 'ws:')}/api/v1/socket`,
    log: () => lines.join(''),
    stop: (graceMs = 1_000) => stopServer(app, services, graceMs),
  }
}
export type StartedServer = Awaited<ReturnType<typeof startServer>>

/** A socket client that collects what it is told. */
export async function openSocket(url: string, options: ClientOptions = {}) {
  const socket = new WebSocket(url, options)
  const frames: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const check of waiting) check()
  }
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Record<string, unknown>)
    wake()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  return {
    socket,
    frames,
    closed,
    say: (command: unknown) => socket.send(typeof command === 'string' ? command : JSON.stringify(command)),
    /** The frames once they satisfy `isEnough`; rejects when the socket closes first. */
    until: (isEnough: (frames: readonly Record<string, unknown>[]) => boolean) =>
      new Promise<readonly Record<string, unknown>[]>((resolve, reject) => {
        const check = (): void => {
          if (!isEnough(frames)) return
          waiting.delete(check)
          resolve(frames)
        }
        waiting.add(check)
        void closed.then((code) => reject(new Error(`the socket closed with ${code}`)))
        check()
      }),
  }
}

/** The frames of a text of server-sent events. */
export const readFrames = (text: string): readonly Record<string, string>[] =>
  text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) =>
      Object.fromEntries(
        block.split('\n').map((line) => {
          const at = line.indexOf(': ')
          return [line.slice(0, at), line.slice(at + 2)]
        }),
      ),
    )
