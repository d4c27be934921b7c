import { afterEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { openChannelTo, problemText, startPeer } from '../transport/channel.test-server.ts'
import type { BrowserStorage } from './browser-storage.ts'
import { makeWorkspace, type Workspace, type WorkspaceState } from './workspace.ts'

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

async function open(onCommand: (said: Said, socket: WebSocket) => void): Promise<Workspace> {
  const peer = await startPeer({ onCommand: (said, socket) => onCommand(said, socket) })
  const workspace = makeWorkspace((owner) => openChannelTo(peer.origin, owner), makeStorage(), noPreferences)
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

test('a long conversation is fetched a few turns at a time, the latest first', async () => {
  const asked: string[] = []
  const held: (() => void)[] = []
  const workspace = await open((said, socket) => {
    socket.send(agree(said))
    if (said.resume === undefined) return
    const { turnId } = said.resume
    asked.push(turnId)
    held.push(() => socket.send(event(turnId, 1, { kind: 'turn.done' })))
    if (held.length === 8) for (const release of held.splice(0)) release()
  })
  await until(workspace, ({ link }) => link === 'open')
  const ids = Array.from({ length: 16 }, (_turn, at) => `11111111-1111-4111-8111-${String(at).padStart(12, '0')}`)
  workspace.restore('c', ids.map(summary))
  await until(workspace, ({ turns }) => ids.every((id) => turns[id]?.status === 'done'))
  expect(asked).toEqual(ids.toReversed())
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
