import { expect, test } from 'vitest'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { startServer } from '../../test/support/started-server.ts'
import type { DoctorStep } from '../contract/connection.ts'
import type { SavedConnections } from '../core/connections/saved-connections.ts'
import { problem } from '../core/problem.ts'
import { makeApiClient } from '../web/transport/api-client.ts'

const connectionId = '0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f'
const step = (name: DoctorStep['name']): DoctorStep => ({ name, state: 'ok', detail: '.', action: null, sql: null })

/** A server whose connections are tried so, and a page's client of it. */
async function serve(tryIt: SavedConnections['test']) {
  const server = await startServer(scriptServices({ connections: { test: tryIt } }))
  return { server, api: makeApiClient(server.url) }
}

test('a test tells each step as it ends, then how it ended', async () => {
  const { server, api } = await serve((_caller, _id, _signal, onStep) => {
    onStep?.(step('reach'))
    onStep?.(step('sign-in'))
    return Promise.resolve({ steps: [], warning: 'It can write.' })
  })
  const seen: unknown[] = []
  for await (const event of await api.connections.testSteps({ connectionId })) seen.push(event)
  expect(seen).toEqual([
    { kind: 'step', step: step('reach') },
    { kind: 'step', step: step('sign-in') },
    { kind: 'done', warning: 'It can write.' },
  ])
  await server.stop()
})

test('what breaks after a step is told in the stream, what is refused before one has a status', async () => {
  const fault = problem('query_timeout', 'It took too long.', 'Try again.')
  const broken = await serve(async (_caller, _id, _signal, onStep) => {
    onStep?.(step('reach'))
    await new Promise((resolve) => setImmediate(resolve))
    throw fault
  })
  const seen: unknown[] = []
  for await (const event of await broken.api.connections.testSteps({ connectionId })) seen.push(event)
  expect(seen).toMatchObject([{ kind: 'step' }, { kind: 'problem', problem: { code: 'query_timeout' } }])
  await broken.server.stop()
  const refused = await serve(() => Promise.reject(problem('not_found', 'There is none.', 'Look.')))
  await expect(refused.api.connections.testSteps({ connectionId })).rejects.toMatchObject({
    problem: { code: 'not_found' },
  })
  await refused.server.stop()
})

test('leaving stops the test', async () => {
  const stopped = Promise.withResolvers<void>()
  const { server, api } = await serve((_caller, _id, signal, onStep) => {
    onStep?.(step('reach'))
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        stopped.resolve()
        reject(signal.reason as Error)
      })
    })
  })
  const leaving = new AbortController()
  const events = await api.connections.testSteps({ connectionId }, { signal: leaving.signal })
  await events.next()
  leaving.abort()
  await expect(stopped.promise).resolves.toBeUndefined()
  await server.stop()
})
