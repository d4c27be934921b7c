import { expect, test } from 'vitest'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer } from '../../test/support/started-server.ts'
import { problem } from '../core/problem.ts'

test('where the store is away, an app hears of it at once', async () => {
  const away = () => Promise.reject(problem('store_unavailable', 'The store is away.', 'Try again in a moment.'))
  const origin = 'http://127.0.0.1:3000'
  const authorizationServer = { origin, handle: away, readRequest: away, approve: away, deny: away, verify: away }
  const server = await startServer(scriptServices(), { authorizationServer })
  for (const [method, path] of [
    ['GET', '/oauth/jwks'],
    ['POST', '/oauth/token'],
    ['GET', '/.well-known/oauth-authorization-server'],
  ] as const) {
    const response = await fetch(server.url + path, { method, signal: AbortSignal.timeout(5_000) })
    expect([path, response.status, ((await response.json()) as { code: string }).code]).toEqual([
      path,
      503,
      'store_unavailable',
    ])
  }
  await server.stop()
})
