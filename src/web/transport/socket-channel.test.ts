import { afterEach, describe, expect, test } from 'vitest'
import { signedOutCloseCode } from '../../contract/api.ts'
import { eventText, makeWitness, openChannelTo, problemText, someTurnId, startPeer } from './channel.test-server.ts'
import type { Patience } from './line-watch.ts'

const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function connect(
  onCommand: NonNullable<Parameters<typeof startPeer>[0]['onCommand']>,
  witness = makeWitness(),
  patience?: Patience,
) {
  const peer = await startPeer({ onCommand })
  const channel = openChannelTo(peer.origin, witness.owner, patience)
  stops.push(peer.stop, () => channel.close())
  return { peer, channel, ...witness }
}

test('a question given before the socket is open is asked once it is, and its events arrive', async () => {
  const { channel, events, until } = await connect((said, socket) => {
    socket.send(JSON.stringify({ reply: said.id, ok: true }))
    socket.send(eventText(1))
  })
  await channel.send({ command: 'ask', ask: { turnId: someTurnId, question: 'How many?' } })
  await until(() => events.length === 1)
  expect(events[0]).toMatchObject({ turnId: someTurnId, seq: 1 })
})

test('what is said is what the contract says', async () => {
  const heard: unknown[] = []
  const { channel } = await connect((said, socket) => {
    heard.push(said)
    socket.send(JSON.stringify({ reply: said.id, ok: true }))
  })
  await channel.send({ command: 'approve', approve: { turnId: someTurnId, digest: 'd' } })
  await channel.send({ command: 'edit', edit: { turnId: someTurnId, sql: 'SELECT 1' } })
  await channel.send({ command: 'cancel', cancel: { turnId: someTurnId } })
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
  await expect(channel.send({ command: 'edit', edit: { turnId: someTurnId, sql: 'DELETE' } })).rejects.toMatchObject({
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
  await channel.send({ command: 'ask', ask: { turnId: someTurnId, question: 'How many?' } })
  expect(heard).toEqual(['ask', 'ask'])
})

test('an approval that had to be sent twice counts even when the turn no longer waits', async () => {
  let heard = 0
  const { channel } = await connect((said, socket) => {
    heard += 1
    if (heard === 1) socket.terminate()
    else socket.send(JSON.stringify({ reply: said.id, problem: problemText('turn_not_waiting') }))
  })
  await expect(
    channel.send({ command: 'approve', approve: { turnId: someTurnId, digest: 'd' } }),
  ).resolves.toBeUndefined()
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

describe('a line that swallows everything without closing', () => {
  const impatient = { idleMs: 60_000, commandMs: 5, replyMs: 50 }
  /** The first socket goes dead at the first command; the second works. */
  const deadLine = () => {
    const heard: string[] = []
    let sockets = 0
    let dead: unknown = null
    const onCommand: Parameters<typeof connect>[0] = (said, socket) => {
      if (dead === null) dead = socket
      if (socket === dead) return
      sockets = 1
      heard.push(said.command)
      socket.send(JSON.stringify({ reply: said.id, ok: true }))
    }
    return { onCommand, heard, sockets: () => sockets }
  }

  test('counts as lost once a ping stays without an answer; the command is sent again on the next', async () => {
    const { onCommand, heard } = deadLine()
    const { channel, links } = await connect(onCommand, makeWitness(), impatient)
    await channel.send({ command: 'cancel', cancel: { turnId: someTurnId } })
    expect(heard.filter((command) => command !== 'ping')).toEqual(['cancel'])
    expect(links).toEqual(['connecting', 'open', 'reconnecting', 'open'])
  })

  test('is tested at once when the browser is back online', async () => {
    const { onCommand } = deadLine()
    const { channel, links, until } = await connect(onCommand, makeWitness(), { ...impatient, commandMs: 60_000 })
    await until(() => links.includes('open'))
    channel.hurry()
    await until(() => links.filter((link) => link === 'open').length === 2)
    expect(links.at(-1)).toBe('open')
  })

  test('stays open as long as pings are answered', async () => {
    let pings = 0
    const { links, until } = await connect(
      (said, socket) => {
        pings += 1
        socket.send(JSON.stringify({ reply: said.id, ok: true }))
        if (pings === 3) socket.send(eventText(1))
      },
      undefined,
      { idleMs: 5, commandMs: 5, replyMs: 10_000 },
    ).then(async (connected) => {
      await connected.until(() => connected.events.length === 1)
      return connected
    })
    await until(() => true)
    expect(links).toEqual(['connecting', 'open'])
  })
})

test('a line that ends with the session is not opened again before somebody asks for it', async () => {
  let isSignedIn = false
  const { channel, peer, links, until } = await connect((said, socket) => {
    if (isSignedIn) socket.send(JSON.stringify({ reply: said.id, ok: true }))
    else socket.close(signedOutCloseCode)
  })
  const approved = channel.send({ command: 'approve', approve: { turnId: someTurnId, digest: 'd' } })
  await until(() => links.includes('signed_out'))
  expect(links).toEqual(['connecting', 'open', 'signed_out'])
  isSignedIn = true
  channel.hurry()
  await approved
  expect(links.slice(3)).toEqual(['open'])
  expect(peer.opened()).toBe(2)
})
