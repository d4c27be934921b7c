import type { FastifyInstance } from 'fastify'

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
