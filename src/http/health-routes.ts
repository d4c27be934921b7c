import type { FastifyInstance } from 'fastify'
import type { Services } from '../core/services.ts'

/** `/healthz` says that the process answers, `/readyz` how each dependency is; 503 when one has failed. */
export function addHealthRoutes(app: FastifyInstance, services: Services): void {
  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/readyz', async (_request, reply) => {
    const checks = await services.health()
    const worst = (['failed', 'starting'] as const).find((state) => checks.some((check) => check.state === state))
    return reply.code(worst === 'failed' ? 503 : 200).send({ status: worst ?? 'ok', checks })
  })
}
