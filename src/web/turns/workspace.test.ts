import { afterEach, describe, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import type { ChannelOwner, TurnChannel } from '../transport/channel.ts'
import { openChannelTo, problemText, startPeer } from '../transport/channel.test-server.ts'
import type { BrowserStorage } from './browser-storage.ts'
import type { WorkspaceState } from './turn-store.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'

const stops: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

interface Said {
  readonly id: string
  readonly command: string
  readonly ask?: { readonly turnId: string }
  readonly resume?: { readonly turnId: string; readonly afterSeq: number }
}

/** What a browser's `localStorage` does, for one test. */
function makeStorage(): BrowserStorage {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}

const noPreferences = { receive: () => undefined, settled: () => null }

async function open(
  onCommand: (said: Said, socket: WebSocket) => void,
  storage = makeStorage(),
  onOpen: (socket: WebSocket) => void = () => undefined,
): Promise<Workspace> {
  const peer = await startPeer({ onCommand: (said, socket) => onCommand(said, socket), onOpen })
  const workspace = makeWorkspace((owner) => openChannelTo(peer.origin, owner), storage, noPreferences)
  stops.push(peer.stop, () => workspace.close())
  return workspace
}

const until = (workspace: Workspace, isSo: (state: WorkspaceState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (isSo(workspace.store.getState())) return resolve()
    const leave = workspace.store.subscribe((state) => {
      if (!isSo(state)) return
      leave()
      resolve()
    })
  })

const event = (turnId: string, seq: number, body: object): string =>
  JSON.stringify({ ...body, turnId, seq, at: '2026-01-01T00:00:00.000Z' })
const agree = (said: Said): string => JSON.stringify({ reply: said.id, ok: true })
const question = {
  question: 'How many?',
  sql: null,
  conversationId: null,
  follows: null,
  connection: 'sample',
  writer: null,
}
const summary = (id: string) => ({
  id,
  conversationId: 'c',
  question: 'How many?',
  connection: 'sample',
  writer: 'offline',
  state: 'done' as const,
  lastSeq: 2,
  createdAt: '2026-01-01T00:00:00.000Z',
})

test('a question is there at once, before the server has said anything', async () => {
  const workspace = await open(() => {})
  const { conversationId, turnId } = workspace.ask(question)
  const state = workspace.store.getState()
  expect(state.conversations[conversationId]).toEqual([turnId])
  expect(state.turns[turnId]).toMatchObject({ question: 'How many?', status: 'running', lastSeq: 0 })
})

test('a question that is refused fails with the reason', async () => {
  const workspace = await open((said, socket) =>
    socket.send(JSON.stringify({ reply: said.id, problem: problemText('bad_question') })),
  )
  const { turnId } = workspace.ask(question)
  await until(workspace, ({ turns }) => turns[turnId]?.status === 'failed')
  expect(workspace.store.getState().turns[turnId]?.problem?.code).toBe('bad_question')
})

test('an event that was missed is asked for again', async () => {
  const resumed: unknown[] = []
  const workspace = await open((said, socket) => {
    socket.send(agree(said))
    if (said.ask !== undefined) socket.send(event(said.ask.turnId, 2, { kind: 'turn.done' }))
    if (said.resume === undefined) return
    resumed.push(said.resume.afterSeq)
    socket.send(event(said.resume.turnId, 1, { kind: 'answer.delta', text: 'Seven.' }))
    socket.send(event(said.resume.turnId, 2, { kind: 'turn.done' }))
  })
  const { turnId } = workspace.ask(question)
  await until(workspace, ({ turns }) => turns[turnId]?.status === 'done')
  expect(workspace.store.getState().turns[turnId]?.answer).toEqual([{ text: 'Seven.' }])
  expect(resumed).toEqual([0])
})

test('of a long conversation the latest turns are fetched, and others once they are wanted, a few at a time', async () => {
  const asked: string[] = []
  const held: (() => void)[] = []
  const workspace = await open((said, socket) => {
    socket.send(agree(said))
    if (said.resume === undefined) return
    const { turnId } = said.resume
    asked.push(turnId)
    held.push(() => socket.send(event(turnId, 1, { kind: 'turn.done' })))
  })
  await until(workspace, ({ link }) => link === 'open')
  const ids = Array.from({ length: 16 }, (_turn, at) => `11111111-1111-4111-8111-${String(at).padStart(12, '0')}`)
  const release = async (count: number): Promise<readonly string[]> => {
    await expect.poll(() => held.length).toBe(count)
    const fetched = asked.splice(0)
    for (const each of held.splice(0)) each()
    await until(workspace, ({ turns }) => fetched.every((id) => turns[id]?.status === 'done'))
    return fetched
  }
  const of = (...places: readonly number[]): readonly string[] => places.map((at) => ids[at] ?? '')
  workspace.restore('c', [{ ...summary(ids[0] ?? ''), state: 'waiting' }, ...ids.slice(1).map(summary)])
  expect(await release(4)).toEqual(of(15, 14, 13, 0))
  for (const id of ids.toReversed()) workspace.want(id)
  expect(await release(8)).toEqual(of(12, 11, 10, 9, 8, 7, 6, 5))
  // What came near the screen last is fetched first.
  expect(await release(4)).toEqual(of(1, 2, 3, 4))
  expect(workspace.store.getState().conversations['c']).toEqual(ids)
})

test('choices are there again at the next visit; what something else wrote there is no choice', () => {
  const storage = makeStorage()
  const silent = { send: () => Promise.resolve(), resume: () => {}, hurry: () => {}, close: () => {} }
  const visit = () => makeWorkspace(() => silent, storage, noPreferences)
  visit().choose({ connection: 'Prod' })
  visit().choose({ writer: 'offline' })
  expect(visit().store.getState().choices).toEqual({ connection: 'Prod', writer: 'offline' })
  storage.setItem('floe.preferences', '{"connection": 7}')
  expect(visit().store.getState().choices).toEqual({ connection: null, writer: null })
})

test('a question waits for the preferences that are on their way, and tells of those that others changed', async () => {
  const told: unknown[] = []
  const onTheirWay = Promise.withResolvers<void>()
  const asked: string[] = []
  const peer = await startPeer({
    onCommand: (said: Said, socket) => {
      asked.push(said.command)
      socket.send(JSON.stringify({ reply: null, preferences: { output: 'text' } }))
      socket.send(agree(said))
    },
  })
  const workspace = makeWorkspace((owner) => openChannelTo(peer.origin, owner), makeStorage(), {
    receive: (state) => told.push(state),
    settled: () => onTheirWay.promise,
  })
  stops.push(peer.stop, () => workspace.close())
  await until(workspace, ({ link }) => link === 'open')
  const { turnId } = workspace.ask(question)
  const cancelled = workspace.send({ command: 'cancel', cancel: { turnId } })
  workspace.hurry()
  expect(asked).toEqual([])
  onTheirWay.resolve()
  await cancelled
  expect(asked.filter((command) => command !== 'ping')).toEqual(['ask', 'cancel'])
  expect(told).toContainEqual({ output: 'text' })
})

describe('a question asked without a connection', () => {
  /** A page whose line opens when a test says so; `sent` are the commands that went over it. */
  function visit(storage = makeStorage()) {
    const sent: string[] = []
    const made: { owner?: ChannelOwner } = {}
    const channel: TurnChannel = {
      send: (command) => {
        sent.push(command.command)
        return new Promise(() => undefined)
      },
      resume: () => undefined,
      hurry: () => undefined,
      close: () => undefined,
    }
    const workspace = makeWorkspace(
      (owner) => {
        made.owner = owner
        return channel
      },
      storage,
      noPreferences,
    )
    const goOnline = async (): Promise<void> => {
      made.owner?.onLink('open')
      await Promise.resolve()
    }
    return { workspace, sent, storage, goOnline, positions: () => made.owner?.positions() }
  }

  test('says that it is not sent, is not followed, and is sent once the line is there', async () => {
    const { workspace, sent, goOnline, positions } = visit()
    const { turnId } = workspace.ask(question)
    expect(workspace.store.getState().turns[turnId]?.delivery).toBe('unsent')
    expect([sent, positions()]).toEqual([[], []])
    await goOnline()
    expect(workspace.store.getState().turns[turnId]?.delivery).toBe('unconfirmed')
    expect(sent).toEqual(['ask'])
  })

  test('survives a reload and is sent under the same id', async () => {
    const { workspace, storage } = visit()
    const { turnId, conversationId } = workspace.ask(question)
    const later = visit(storage)
    expect(later.workspace.isOnlyHere(conversationId)).toBe(true)
    later.workspace.recallUnsent()
    expect(later.workspace.store.getState().conversations[conversationId]).toEqual([turnId])
    await later.goOnline()
    expect(later.sent).toEqual(['ask'])
  })

  test.each([
    ['taken back', (workspace: Workspace, turnId: string) => workspace.takeBack(turnId)],
    [
      'stopped',
      (workspace: Workspace, turnId: string) => void workspace.send({ command: 'cancel', cancel: { turnId } }),
    ],
  ])('is gone once it is %s, here and after a reload', async (_, end) => {
    const { workspace, storage, sent, goOnline } = visit()
    const { turnId, conversationId } = workspace.ask(question)
    end(workspace, turnId)
    expect(workspace.store.getState().conversations[conversationId]).toEqual([])
    await goOnline()
    const later = visit(storage)
    later.workspace.recallUnsent()
    await later.goOnline()
    expect([sent, later.sent]).toEqual([[], []])
  })

  test('that another tab took back is not sent from this one', async () => {
    const first = visit()
    const { turnId } = first.workspace.ask(question)
    const second = visit(first.storage)
    second.workspace.recallUnsent()
    first.workspace.takeBack(turnId)
    await second.goOnline()
    expect(second.sent).toEqual([])
    expect(second.workspace.store.getState().turns[turnId]).toBeUndefined()
  })
})

test('what the server accepted is not kept any more', async () => {
  const storage = makeStorage()
  const workspace = await open((said, socket) => socket.send(agree(said)), storage)
  const { turnId } = workspace.ask(question)
  await until(workspace, ({ turns }) => turns[turnId]?.delivery === 'accepted')
  expect(storage.getItem('floe.unsent')).toBe('[]')
})

test('a turn asked elsewhere takes its place among those that are known', async () => {
  const workspace = await open((said, socket) => socket.send(agree(said)))
  const { conversationId, turnId } = workspace.ask(question)
  await until(workspace, ({ turns }) => turns[turnId]?.delivery === 'accepted')
  const other = '11111111-1111-4111-8111-111111111111'
  workspace.restore(conversationId, [summary(other), summary(turnId)])
  expect(workspace.store.getState().conversations[conversationId]).toEqual([other, turnId])
})

test('decisions count as pending until the server has confirmed them', async () => {
  const workspace = await open((said, socket) => {
    if (said.command === 'approve') socket.send(agree(said))
  })
  const approved = workspace.send({ command: 'approve', approve: { turnId: 't', digest: 'd' } })
  expect(workspace.store.getState().pending).toBe(1)
  await approved
  expect(workspace.store.getState().pending).toBe(0)
})

test('news of a conversation reach who shows it; after a break every conversation may have changed', async () => {
  const told: (string | null)[] = []
  let sockets = 0
  const workspace = await open(
    (_said, socket) => socket.terminate(),
    makeStorage(),
    (socket) => {
      sockets += 1
      if (sockets === 1) socket.send(JSON.stringify({ reply: null, conversation: 'c' }))
    },
  )
  workspace.changes.subscribe((conversationId) => told.push(conversationId))
  await until(workspace, ({ link }) => link === 'open')
  await expect.poll(() => told).toEqual(['c'])
  workspace.hurry()
  await expect.poll(() => told).toEqual(['c', null])
})
