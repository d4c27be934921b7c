import type { FastifyInstance } from 'fastify'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

/** Starts listening and returns the address to open. Throws `cannot_listen` when the port or the address is not to be had. */
export async function listen(app: FastifyInstance, { host, port }: ListenOptions): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    throw explain(error, host, port)
  }
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  switch (code) {
    case 'EADDRINUSE':
      return problem(
        'cannot_listen',
        `Port ${port} on ${host} is in use by another program.`,
        `Stop that program, or choose another port: PORT=${port + 1}.`,
        { cause: error },
      )
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

/** How long closing may take after everything was cut off. */
const closingMs = 500

/**
 * Stops in order: no new connection, every turn ended and stored, its last events delivered, sockets closed. After `graceMs` every
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
  if (app.server.listening) app.server.close()
  const stopped = services.close().then(() => app.close())
  try {
    return await Promise.race([stopped.then(() => 'stopped' as const), late.promise])
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}
