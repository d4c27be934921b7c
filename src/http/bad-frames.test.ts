import { describe, expect, test } from 'vitest'
import {
  answeredFacts,
  encodeFacts,
  playEvents,
  scriptServices,
  someTurnId,
} from '../../test/support/scripted-services.ts'
import { openSocket, startServer } from '../../test/support/started-server.ts'
import type { Turns } from '../core/ask/turns.ts'

const turns: Partial<Turns> = {
  ask: () => Promise.resolve({ turnId: someTurnId }),
  events: (_caller, turnId, afterSeq) => playEvents(encodeFacts(answeredFacts, turnId), afterSeq),
}

describe('bad frames', () => {
  test.each([
    ['not JSON', '{"command":', null],
    ['an array', '[]', null],
    ['null', 'null', null],
    ['an unknown command', '{"command":"drop","id":"x"}', 'x'],
    ['no id', '{"command":"cancel","cancel":{"turnId":"x"}}', null],
    ['an id of the wrong type', '{"command":"cancel","id":7}', null],
    ['an id of more than a hundred characters', JSON.stringify({ command: 'ping', id: 'x'.repeat(101) }), null],
    ['a wrong turn id', '{"command":"cancel","id":"x","cancel":{"turnId":"x"}}', 'x'],
    ['a prototype', '{"command":"ask","id":"x","__proto__":{"ask":{"question":"q"}}}', 'x'],
  ])('%s is answered with a problem and the socket goes on', async (_name, frame, reply) => {
    const server = await startServer(scriptServices({ turns }))
    const client = await openSocket(server.socketUrl)
    client.say(frame)
    client.say({ command: 'ask', id: 'after', ask: { question: 'q' } })
    const frames = await client.until((read) => read.some(({ kind }) => kind === 'turn.done'))
    await server.stop()
    expect(frames[0]).toMatchObject({ reply, problem: { code: 'bad_request' } })
    expect(frames[1]).toMatchObject({ reply: 'after', ok: true })
  })

  test('binary is refused, more than 1 MB closes the socket', async () => {
    const server = await startServer(scriptServices({ turns }))
    const client = await openSocket(server.socketUrl)
    client.socket.send(Buffer.from([1, 2, 3]))
    expect((await client.until((frames) => frames.length === 1))[0]).toMatchObject({ problem: { code: 'bad_request' } })
    client.say(`"${'x'.repeat(1_100_000)}"`)
    expect(await client.closed).toBe(1009)
    await server.stop()
  })
})
