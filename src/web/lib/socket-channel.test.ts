import { afterEach, expect, test } from 'vitest'
import { eventText, makeWitness, problemText, someTurnId, startPeer } from './channel.test-server.ts'
import { openChannel } from './open-channel.ts'

const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function connect(onCommand: NonNullable<Parameters<typeof startPeer>[0]['onCommand']>, witness = makeWitness()) {
  const peer = await startPeer({ onCommand })
  const channel = openChannel(peer.origin, witness.owner)
  stops.push(peer.stop, channel.close)
  return { peer, channel, ...witness }
}

test('a question given before the socket is open is asked once it is, and its events arrive', async () => {
  const { channel, events, until } = await connect((said, socket) => {
    socket.send(JSON.stringify({ reply: said.id, ok: true }))
    socket.send(eventText(1))
  })
  await channel.ask({ turnId: someTurnId, question: 'How many?' })
  await until(() => events.length === 1)
  expect(events[0]).toMatchObject({ turnId: someTurnId, seq: 1 })
})

test('what is said is what the contract says', async () => {
  const heard: unknown[] = []
  const { channel } = await connect((said, socket) => {
    heard.push(said)
    socket.send(JSON.stringify({ reply: said.id, ok: true }))
  })
  await channel.approve({ turnId: someTurnId, digest: 'd' })
  await channel.edit({ turnId: someTurnId, sql: 'SELECT 1' })
  await channel.cancel({ turnId: someTurnId })
  expect(heard).toEqual([
    { command: 'approve', id: '1', approve: { turnId: someTurnId, digest: 'd' } },
    { command: 'edit', id: '2', edit: { turnId: someTurnId, sql: 'SELECT 1' } },
    { command: 'cancel', id: '3', cancel: { turnId: someTurnId } },
  ])
})

test('a refused command rejects with the problem', async () => {
  const { channel } = await connect((said, socket) =>
    socket.send(JSON.stringify({ reply: said.id, problem: problemText('sql_refused') })),
  )
  await expect(channel.edit({ turnId: someTurnId, sql: 'DELETE' })).rejects.toMatchObject({
    problem: { code: 'sql_refused' },
  })
})

test('after a cut the turns are taken up after the last event seen', async () => {
  const resumed: unknown[] = []
  const witness = makeWitness(() => [{ turnId: someTurnId, afterSeq: witness.events.length }])
  const { peer, events, links, until } = await connect((said, socket) => {
    resumed.push(said['resume'])
    socket.send(JSON.stringify({ reply: said.id, ok: true }))
    socket.send(eventText(resumed.length))
  }, witness)
  await until(() => events.length === 1)
  peer.cut()
  await until(() => events.length === 2)
  expect(resumed).toEqual([
    { turnId: someTurnId, afterSeq: 0 },
    { turnId: someTurnId, afterSeq: 1 },
  ])
  expect(links).toEqual(['connecting', 'open', 'reconnecting', 'open'])
})

test('a question cut off before its reply is asked again under the same id, and not resumed beside it', async () => {
  const heard: string[] = []
  const witness = makeWitness(() => [{ turnId: someTurnId, afterSeq: 0 }])
  const { channel } = await connect((said, socket) => {
    heard.push(said.command)
    if (heard.filter((command) => command === 'ask').length === 1) socket.terminate()
    else socket.send(JSON.stringify({ reply: said.id, ok: true }))
  }, witness)
  await channel.ask({ turnId: someTurnId, question: 'How many?' })
  expect(heard).toEqual(['ask', 'ask'])
})

test('an approval that had to be sent twice counts even when the turn no longer waits', async () => {
  let heard = 0
  const { channel } = await connect((said, socket) => {
    heard += 1
    if (heard === 1) socket.terminate()
    else socket.send(JSON.stringify({ reply: said.id, problem: problemText('turn_not_waiting') }))
  })
  await expect(channel.approve({ turnId: someTurnId, digest: 'd' })).resolves.toBeUndefined()
})

test('a turn that cannot be resumed is reported', async () => {
  const witness = makeWitness(() => [{ turnId: someTurnId, afterSeq: 0 }])
  const { lost, until } = await connect(
    (said, socket) => socket.send(JSON.stringify({ reply: said.id, problem: problemText('not_found') })),
    witness,
  )
  await until(() => lost.length === 1)
  expect(lost).toEqual([`${someTurnId}: not_found`])
})
