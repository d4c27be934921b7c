import fastify from 'fastify'
import { expect, test } from 'vitest'
import { firstAnswer } from './run-server.ts'

const hours = 3_600_000

test('is over with the first answer, not before', async () => {
  const app = fastify()
  let answered = false
  const first = firstAnswer(app, hours).then(() => answered)
  app.get('/', () => {
    answered = true
    return 'page'
  })
  await app.inject('/')
  expect(await first).toBe(true)
  await app.close()
})

test('is not waited for any longer where nobody asks', async () => {
  const app = fastify()
  const first = firstAnswer(app, 1)
  await app.listen({ host: '127.0.0.1', port: 0 })
  await expect(first).resolves.toBeUndefined()
  await app.close()
})
