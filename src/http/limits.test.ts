import { RateLimiterMemory } from 'rate-limiter-flexible'
import { describe, expect, test } from 'vitest'
import { someone } from '../../test/support/callers.ts'
import { answeredFacts, encodeFacts, scriptServices, someTurnId } from '../../test/support/scripted-services.ts'
import { openSocket, startServer } from '../../test/support/started-server.ts'
import { problem } from '../core/problem.ts'
import { makeBodyPace, makeRequestLimits, makeStreamLimit } from './limits.ts'

describe('streams', () => {
  test('one person may have some, one address may have some, all together may have so many', () => {
    const limit = makeStreamLimit(4, { person: 2, address: 2 })
    limit.enter({ userId: 'a' }, '::1')
    const leave = limit.enter({ userId: 'a' }, '::2')
    expect(() => limit.enter({ userId: 'a' }, '::3')).toThrow('You already have 2 streams open.')
    limit.enter({ userId: 'b' }, '::2')
    expect(() => limit.enter({ userId: 'c' }, '::2')).toThrow('Your address already has 2 streams open.')
    limit.enter({ userId: 'c' }, '::3')
    expect(() => limit.enter({ userId: 'd' }, '::4')).toThrow('The server already serves 4 streams.')
    leave()
    leave()
    limit.enter({ userId: 'a' }, '::4')
    expect(() => limit.enter({ userId: 'd' }, '::5')).toThrow('The server already serves 4 streams.')
  })

  test('whoever takes all they can leaves their office, and everybody elsewhere, enough', () => {
    const limit = makeStreamLimit()
    const take = (userId: string, most: number, address = '192.0.2.1') => {
      for (let taken = 0; taken < most; taken += 1) limit.enter({ userId }, address)
    }
    expect(() => take('greedy', 500)).toThrow('You already have')
    for (let colleague = 0; colleague < 100; colleague += 1) take(`colleague ${colleague}`, 3)
    expect(() => take('one more', 1)).toThrow('Your address already has')
    for (let other = 0; other < 100; other += 1) take(`other ${other}`, 1, '192.0.2.2')
  })
})

test('idle sockets leave the streams to others', async () => {
  const services = scriptServices({
    turns: {
      ask: () => Promise.resolve({ turnId: someTurnId }),
      async *events() {
        yield* encodeFacts(answeredFacts)
      },
    },
  })
  const server = await startServer(services, { maxStreams: 2 })
  const idle = [await openSocket(server.socketUrl), await openSocket(server.socketUrl)]
  const answer = await fetch(`${server.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'q' }),
  })
  expect([answer.status, (await answer.text()).includes('"kind":"turn.done"')]).toEqual([200, true])
  for (const { socket } of idle) socket.terminate()
  await server.stop()
})

test('large bodies of one person are read one after another, those of another person and small ones at once', async () => {
  const pace = makeBodyPace()
  const order: string[] = []
  const read = (userId: string, bytes: number, name: string) => pace({ userId }, bytes).then(() => order.push(name))
  await Promise.all([
    read('a', 1_000_000, 'first'),
    read('a', 1_000_000, 'second'),
    read('a', 1_000, 'small'),
    read('b', 1_000_000, 'of another'),
  ])
  expect(order.toSorted()).toEqual(['first', 'of another', 'second', 'small'])
  expect(order.at(-1)).toBe('second')
})

test('one address, and one person, may send some requests; others are not affected', async () => {
  const rate = { points: 2, duration: 60 }
  const { byAddress, byPerson } = makeRequestLimits(undefined, { address: rate, person: rate, signIn: rate })
  for (const expectRoom of [
    (key: string) => byAddress(key, '/api/v1/app'),
    (key: string) => byPerson({ userId: key, isLocal: false }),
  ]) {
    await expectRoom('::1')
    await expectRoom('::1')
    await expect(expectRoom('::1')).rejects.toMatchObject({ problem: { code: 'too_busy' } })
    await expect(expectRoom('::2')).resolves.toBeUndefined()
  }
  for (let count = 0; count < 5; count += 1) await byPerson({ userId: 'local', isLocal: true })
})

describe('routes that count', () => {
  test.each([
    ['/api/v1/models', true],
    ['/api/v1/turns/0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f/events', true],
    ['/api/v1/me/export', true],
    ['/api/docs', true],
    ['/auth/sign-in', true],
    ['/oauth/token', true],
    ['/.well-known/oauth-authorization-server', true],
    ['/mcp', true],
    ['/metrics', true],
    ['/readyz', true],
    ['/healthz', false],
    ['/', false],
    ['/assets/main.js', false],
  ])('%s: %s, and one too many is told when to come back', async (path, counts) => {
    const server = await startServer(scriptServices(), {
      makeRateLimiter: () => new RateLimiterMemory({ points: 1, duration: 1_000 }),
    })
    await (await fetch(server.url + path)).arrayBuffer()
    const second = await fetch(server.url + path)
    const { code } = (await second.json()) as { code?: string }
    await server.stop()
    expect(code === 'too_busy').toBe(counts)
    if (!counts) return
    expect(second.status).toBe(503)
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(900)
  })

  test('as one person: the one of a server with sign-in, by every route of the API', async () => {
    const server = await startServer(scriptServices(), {
      identify: () => ({ ...someone, isLocal: false }),
      makeRateLimiter: (name) => new RateLimiterMemory({ points: name === 'person' ? 1 : 100, duration: 1_000 }),
    })
    await (await fetch(`${server.url}/api/v1/models`)).arrayBuffer()
    const second = await fetch(`${server.url}/api/v1/app`)
    expect(second.status).toBe(503)
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(900)
    expect(await second.json()).toMatchObject({ code: 'too_busy', message: 'You send too many requests.' })
    await server.stop()
  })

  test('a refusal inside a route of the contract is told when to come back, too', async () => {
    const server = await startServer(
      scriptServices({ appInfo: () => Promise.reject(problem('too_busy', 'Full.', 'Wait.')) }),
    )
    expect((await fetch(`${server.url}/api/v1/app`)).headers.get('retry-after')).toBe('2')
    await server.stop()
  })
})

describe('a socket that sends without end', () => {
  const cancel = JSON.stringify({ command: 'cancel', id: 'c', cancel: { turnId: someTurnId } })

  test('is read at its own pace: few commands begin, others are answered at once', async () => {
    let cancels = 0
    const server = await startServer(
      scriptServices({
        turns: {
          ask: () => Promise.resolve({ turnId: someTurnId }),
          async *events() {
            yield* encodeFacts(answeredFacts)
          },
          cancel: () => {
            cancels += 1
            return Promise.reject(problem('not_found', 'There is no such turn.', 'Look in the history.'))
          },
        },
      }),
    )
    const flood = await openSocket(server.socketUrl)
    for (let count = 0; count < 20_000; count += 1) flood.say(cancel)
    await flood.until((frames) => frames.length === 150)
    const other = await openSocket(server.socketUrl)
    other.say({ command: 'ask', id: 'a', ask: { question: 'q' } })
    await other.until((frames) => frames.some(({ kind }) => kind === 'turn.done'))
    expect(cancels).toBeGreaterThanOrEqual(150)
    expect(cancels).toBeLessThanOrEqual(200)
    expect(server.log()).not.toContain('no such turn')
    flood.socket.terminate()
    await server.stop()
  })

  test('is closed when its frames come so close together that they pile up', async () => {
    const server = await startServer(scriptServices())
    const flood = await openSocket(server.socketUrl)
    for (let count = 0; count < 20_000; count += 1) flood.say('1')
    expect(await flood.closed).toBe(1008)
    await server.stop()
  })
})
