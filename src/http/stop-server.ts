import type { FastifyInstance } from 'fastify'
import type { Services } from '../core/services.ts'

/**
 * Stops in order: no new connection, every turn ended and stored, its last events delivered, sockets closed. Whatever is not
 * done after `graceMs` is cut off. Resolves when nothing is open any more.
 */
export async function stopServer(app: FastifyInstance, services: Services, graceMs: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    for (const socket of app.websocketServer.clients) socket.terminate()
    app.server.closeAllConnections()
    late.resolve()
  }, graceMs)
  if (app.server.listening) app.server.close()
  const stopped = services.close()
  try {
    await Promise.race([stopped, late.promise])
  } finally {
    await app.close()
    clearTimeout(timer)
  }
}
