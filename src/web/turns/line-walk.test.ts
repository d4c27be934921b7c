import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { WebSocket as PlainSocket } from 'ws'
import { batchOf, query, rowStream, scriptTurns } from '../../core/ask/scripted-ports.test-support.ts'
import { makeApiClient } from '../transport/api-client.ts'
import type { ChannelOwner } from '../transport/channel.ts'
import { openChannel } from '../transport/open-channel.ts'
import { StreamChannel } from '../transport/stream-channel.ts'
import { stepsHeadline } from './describe-turn.ts'
import { awayInWords, undeliveredInWords } from './line.ts'
import { isOver, type TurnView } from './turn-view.ts'
import { makeWorkspace, type Workspace } from './workspace.ts'
import { scriptServices } from '../../../test/support/scripted-services.ts'
import { startServer } from '../../../test/support/started-server.ts'
import { startTcpFaultProxy, type TcpFaultProxy } from '../../../test/support/tcp-fault-proxy.ts'

/** Where in a turn the line breaks, once. What ends in `sent` breaks it just before the page says that. */
const stages = [
  'idle',
  'ask sent',
  'understand',
  'find-tables',
  'write-query',
  'check-query',
  'proposal',
  'edit sent',
  'edit checked',
  'approve sent',
  'run-query',
  'rows',
  'sum-up',
  'cancel sent',
] as const
type Stage = (typeof stages)[number]
type Break = 'cut' | 'swallowed'
type Transport = 'socket' | 'streams'

/** What is seconds for a person: a silent line is tested and given up. */
const patience = { idleMs: 150, commandMs: 100, replyMs: 400 }

/** A browser names its page with each socket, which Node's own sockets do not. */
class BrowserSocket extends PlainSocket {
  constructor(url: string) {
    super(url, { origin: new URL(url).origin.replace(/^ws/, 'http') })
    this.on('error', () => undefined)
  }
}
vi.stubGlobal('WebSocket', BrowserSocket)

const freePort = async (): Promise<number> => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}

/** What the page says of a turn at one moment, and how it stood at the server then. */
interface Saying {
  readonly words: string
  readonly isAway: boolean
  readonly serverHas: boolean
  readonly serverState: string | null
}

/** A page on a server over a line that breaks at one stage of a turn. */
async function walk(stage: Stage | null, kind: Break, transport: Transport) {
  const sayings: Saying[] = []
  let line: TcpFaultProxy | null = null
  let workspace: Workspace | null = null
  let compiled = 0
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return
        leave?.()
        resolve()
      }
      const leave = workspace?.store.subscribe(look)
      look()
    })
  const link = () => workspace?.store.getState().link
  /** Breaks the line; it is mended once the page has noticed. Resolves then, while the page has yet to come back. */
  const breakLine = async (): Promise<void> => {
    await line?.set({ kind: kind === 'cut' ? 'reset' : 'black-hole' })
    await until(() => link() === 'reconnecting')
    await line?.set({ kind: 'none' })
  }
  const at = async (reached: Stage): Promise<void> => {
    if (reached === stage) await breakLine()
  }
  /** Says something on a line that breaks just before. */
  const onBreaking = async (reached: Stage, say: () => Promise<void>): Promise<void> => {
    if (reached !== stage) return await say()
    await line?.set({ kind: kind === 'cut' ? 'reset' : 'black-hole' })
    const said = say()
    await until(() => link() === 'reconnecting')
    await line?.set({ kind: 'none' })
    await said
  }

  const endless = stage === 'cancel sent'
  const made = scriptTurns({
    open: () => at('understand'),
    findTables: () => at('find-tables'),
    writes: [
      async () => {
        await at('write-query')
        return query('SELECT 1')
      },
    ],
    compile: async () => {
      compiled += 1
      if (compiled <= 2) await at(compiled === 1 ? 'check-query' : 'edit checked')
      return { columns: [], estimate: { rows: 7, bytes: null } }
    },
    run: async (_sql, { signal }) => {
      await at('run-query')
      if (endless)
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        })
      const stream = rowStream([])
      return {
        ...stream,
        batches: (async function* () {
          yield batchOf([[1], [2]])
          await at('rows')
          yield batchOf([[3]])
        })(),
      }
    },
    suggestFollowUps: () => at('sum-up'),
    followUps: ['And by month?'],
  })
  const port = await freePort()
  line = await startTcpFaultProxy(port)
  const origin = `http://127.0.0.1:${line.port}`
  const services = scriptServices({ turns: made.turns, history: made.history })
  const server = await startServer(services, { publicUrl: origin }, port)
  const api = makeApiClient(origin)
  const open = (owner: ChannelOwner) =>
    transport === 'socket'
      ? openChannel({ origin, api, owner, patience })
      : new StreamChannel({ origin, api, owner, patience })
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (k: string, v: string) => void kept.set(k, v),
  }
  const page = makeWorkspace(open, storage, { receive: () => undefined, settled: () => null })
  workspace = page
  const stop = async (): Promise<void> => {
    page.close()
    await line?.close()
    await server.stop(0)
  }
  const listen = (turnId: string): void => {
    const note = (): void => {
      const { turns, link, awaySinceMs, pending } = page.store.getState()
      const view = turns[turnId]
      if (view === undefined) return
      const isAway = link === 'reconnecting'
      const shown = Object.values(turns)
      const words = [
        ...(isAway
          ? [awayInWords({ isAway, awaySinceMs, keepMs: 300_000 }, { turns: shown, pending, nowMs: Date.now() })]
          : []),
        undeliveredInWords(view, link === 'open') ?? stepsHeadline(view, isAway),
      ].join(' | ')
      const serverState = made.turns.stateHere(turnId)
      sayings.push({ words, isAway, serverHas: made.turns.isRunHere(turnId), serverState })
    }
    page.store.subscribe(note)
  }
  const view = (turnId: string): TurnView => {
    const found = page.store.getState().turns[turnId]
    if (found === undefined) throw new Error('The page has lost the turn.')
    return found
  }
  return { page, until, at, onBreaking, listen, view, link, sayings, events: made.seen, stop }
}

/** Asks, edits, approves and waits for the end, as a person does on the page. */
async function live(stage: Stage | null, kind: Break, transport: Transport) {
  const made = await walk(stage, kind, transport)
  try {
    return await liveOn(made, stage)
  } finally {
    await made.stop()
  }
}

async function liveOn(
  { page, until, at, onBreaking, listen, view, link, sayings, events }: Awaited<ReturnType<typeof walk>>,
  stage: Stage | null,
) {
  await until(() => link() === 'open')
  await at('idle')
  await until(() => link() === 'open')
  let turnId = ''
  await onBreaking('ask sent', async () => {
    turnId = page.ask({
      question: 'How many?',
      sql: null,
      conversationId: null,
      follows: null,
      connection: 'sample',
      writer: null,
    }).turnId
    listen(turnId)
    await until(() => view(turnId).delivery === 'accepted')
  })
  const digest = (): string => view(turnId).proposal?.digest ?? ''
  await until(() => view(turnId).status === 'waiting' || isOver(view(turnId)))
  await at('proposal')
  await onBreaking('edit sent', () => page.send({ command: 'edit', edit: { turnId, sql: 'SELECT 2' } }))
  await until(() => view(turnId).proposal?.edited === true)
  await onBreaking('approve sent', () => page.send({ command: 'approve', approve: { turnId, digest: digest() } }))
  if (stage === 'cancel sent') {
    await until(() => view(turnId).status === 'executing')
    await onBreaking('cancel sent', () => page.send({ command: 'cancel', cancel: { turnId } }))
  }
  await until(() => isOver(view(turnId)))
  await until(() => link() === 'open')
  return { view: view(turnId), sayings, ran: events.ran.length, written: events.written.length }
}

/** A view without what differs from run to run. */
function lasting({
  turnId,
  conversationId,
  startedAtMs,
  endedAtMs,
  executingSinceMs,
  waitedMs,
  steps,
  ...rest
}: TurnView) {
  expect([turnId, conversationId, startedAtMs, endedAtMs, executingSinceMs, waitedMs]).not.toContain(undefined)
  const { result } = rest
  const rows = result?.batches.flat()
  return { ...rest, steps: steps.map(({ name, state }) => `${name} ${state}`), result: result?.end ?? null, rows }
}

describe.each(['socket', 'streams'] as const)('over %s', (transport) => {
  test.concurrent.each(
    stages.flatMap((stage) => (['cut', 'swallowed'] as const).map((kind) => [stage, kind] as const)),
  )(
    'at %s, %s: the page ends as it would have, nothing is done twice, and it said nothing that is not so',
    async (stage, kind) => {
      const begunMs = Date.now()
      const broken = await live(stage, kind, transport)
      expect(Date.now() - begunMs).toBeLessThan(20_000)
      const end = stage === 'cancel sent' ? { status: 'cancelled', cancelReason: 'person' } : { status: 'done' }
      expect(broken.view).toMatchObject({ ...end, delivery: 'accepted', problem: null })
      expect([broken.ran, broken.written]).toEqual([1, 1])
      if (stage !== 'cancel sent') expect(lasting(broken.view)).toEqual(lasting((await whole(transport)).view))
      expect(broken.sayings.some(({ isAway }) => isAway) || stage === 'idle').toBe(true)
      for (const { words, isAway, serverHas, serverState } of broken.sayings) {
        if (words.includes('Not sent yet')) expect([words, serverHas]).toEqual([words, false])
        if (words.includes('goes on')) expect([words, serverState]).not.toEqual([words, null])
        // Of what goes on the page knows nothing while it is away.
        if (isAway) expect(words).not.toMatch(/…(?! )(?!$)|Understanding your question…|Running the query…/)
      }
    },
    25_000,
  )
})

const wholes = new Map<Transport, ReturnType<typeof live>>()
/** The same without a break. */
function whole(transport: Transport): ReturnType<typeof live> {
  const made = wholes.get(transport) ?? live(null, 'cut', transport)
  wholes.set(transport, made)
  return made
}
