import { expect, test } from 'vitest'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer } from '../../test/support/started-server.ts'
import { problem } from '../core/problem.ts'

test('a mount adds routes under the same policies: foreign pages are refused, the caller is known, faults become problems', async () => {
  const mounted = await startServer(scriptServices(), {
    mounts: [
      (app, { callerOf }) => {
        app.post('/mcp', (request) => ({ userId: callerOf(request).userId }))
        app.get('/metrics', () => {
          throw problem('too_busy', 'Not now.', 'Later.')
        })
      },
    ],
  })
  const ask = (headers: Record<string, string>) =>
    fetch(`${mounted.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    })
  expect(await (await ask({})).json()).toEqual({ userId: 'someone' })
  expect((await ask({ origin: 'https://evil.example' })).status).toBe(403)
  const metrics = await fetch(`${mounted.url}/metrics`)
  expect([metrics.status, metrics.headers.get('content-type')]).toEqual([
    503,
    'application/problem+json; charset=utf-8',
  ])
  expect(metrics.headers.get('content-security-policy')).toContain("default-src 'none'")
  await mounted.stop()
})
