import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { SocketReply } from '../../src/contract/socket.ts'
import { isFinalKind, type TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../../test/support/browser-client.ts'
import { timed } from '../measure.ts'
import type { Record } from './record.ts'

/** How long a person waits for an answer before it counts as lost. */
const lostMs = 60_000
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36'

const questions = [
  { question: 'How many orders are there per order status?' },
  { question: 'Total account balance of customers by nation' },
  { question: 'How many customers are there?' },
  { question: 'How many orders were placed per year?' },
  { question: 'top 10 suppliers by account balance' },
  { sql: 'SELECT N_NAME, N_REGIONKEY FROM NATION ORDER BY N_NAME' },
  { sql: 'SELECT O_ORDERKEY, O_CUSTKEY, O_TOTALPRICE, O_ORDERDATE FROM ORDERS ORDER BY O_ORDERKEY', maxRows: 1_000 },
] as const

/** Of a hundred things that a person does, how many are of each kind. */
const shares = [
  ['asks', 50],
  ['approves', 12],
  ['asks over HTTP', 10],
  ['looks back', 10],
  ['scrolls', 5],
  ['stops', 5],
  ['reconnects', 5],
  ['exports', 3],
] as const
type Activity = (typeof shares)[number][0]

/** Somebody with the page open: one socket, and one thing after another. */
export interface Person {
  /** Does the next thing and records it; a failure is recorded, never thrown. */
  act(): Promise<void>
  leave(): void
}

/** A signed-in person who draws what to do next from `random` (0 to 1). */
export function makePerson(browser: BrowserClient, record: Record, random: () => number): Person {
  let socket: WebSocket | null = null
  /** The last finished turn that has rows. */
  let lastTurnId: string | null = null
  let asked = 0

  const open = async (): Promise<WebSocket> => {
    if (socket?.readyState === WebSocket.OPEN) return socket
    socket = new WebSocket(`${browser.origin.replace('http', 'ws')}/api/v1/socket`, {
      headers: {
        origin: browser.origin,
        'sec-fetch-site': 'same-origin',
        'user-agent': userAgent,
        cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
    await once(socket, 'open')
    return socket
  }

  const nextAsk = (more: object = {}) => {
    asked += 1
    const what = questions[Math.floor(random() * questions.length)] ?? questions[0]
    return { turnId: randomUUID(), connection: 'sample', model: 'offline', ...what, ...more }
  }

  const activities: Readonly<{ [name in Activity]: (turnId: string | null) => Promise<void> }> = {
    asks: async () => {
      const heard = await readOverSocket(await open(), nextAsk({ autoRun: true }))
      record.took('question, the server’s own part', heard.ownMs)
      record.took('question, to its first event', heard.firstMs)
      lastTurnId = heard.turnId
    },
    approves: async () => {
      const heard = await readOverSocket(await open(), nextAsk())
      record.took('question with approval, the server’s own part', heard.ownMs)
      lastTurnId = heard.turnId
    },
    stops: async () => {
      const heard = await readOverSocket(await open(), nextAsk(), { onProposal: 'cancel' })
      record.took('question stopped, the server’s own part', heard.ownMs)
    },
    reconnects: async () => {
      const ask = nextAsk({ autoRun: true })
      const first = await open()
      const until = await readOverSocket(first, ask, { leaveAfter: 3 })
      first.terminate()
      const heard = await readOverSocket(await open(), ask, { resumeAfter: until.lastSeq })
      record.took('question after a reconnection, the server’s own part', heard.ownMs)
    },
    'asks over HTTP': async () => {
      const ask = nextAsk({ autoRun: true })
      let text = ''
      const ms = await timed(async () => {
        text = await (await requested('/api/v1/turns', ask)).text()
      })
      const events = text
        .split('\n')
        .flatMap((line) => (line.startsWith('data:') ? [JSON.parse(line.slice(5)) as TurnEvent] : []))
      if (events.at(-1)?.kind !== 'turn.done') throw new Error(reasonOf(events.at(-1)))
      record.took('question over HTTP, the server’s own part', ms - warehouseMs(events))
    },
    scrolls: async (turnId) => {
      for (const window of ['from=0&count=100', 'from=10&count=100&sort=0.descending', 'from=0&count=200'])
        record.took(
          'window of rows',
          await timed(async () => await (await requested(`/api/v1/turns/${turnId}/rows?${window}`)).text()),
        )
    },
    exports: async (turnId) => {
      const path = `/api/v1/turns/${turnId}/export?format=csv&view=all`
      record.took('export as CSV', await timed(async () => void (await (await requested(path)).text())))
    },
    'looks back': async () => {
      record.took('history', await timed(async () => void (await (await requested('/api/v1/history?limit=20')).text())))
    },
  }

  const requested = async (path: string, body?: object): Promise<Response> => {
    const answer = await browser.request(path, {
      headers: { origin: browser.origin, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(lostMs),
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (answer.ok) return answer
    const { code = `status ${answer.status}` } = (await answer.json()) as { code?: string }
    throw new Error(code)
  }

  return {
    act: async () => {
      const drawn = asked === 0 ? 'asks' : draw(random)
      const activity = (drawn === 'scrolls' || drawn === 'exports') && lastTurnId === null ? 'asks' : drawn
      try {
        await activities[activity](lastTurnId)
        record.done()
      } catch (error) {
        record.failed(activity, error instanceof Error ? error.message : String(error))
      }
    },
    leave: () => socket?.terminate(),
  }
}

function draw(random: () => number): Activity {
  let left = random() * 100
  for (const [activity, share] of shares) {
    left -= share
    if (left < 0) return activity
  }
  return 'asks'
}

interface Reading {
  readonly onProposal?: 'approve' | 'cancel'
  /** Leaves after so many events. */
  readonly leaveAfter?: number
  /** Reads on after the event of this number instead of asking. */
  readonly resumeAfter?: number
}

interface Heard {
  readonly turnId: string
  readonly lastSeq: number
  readonly firstMs: number
  /** From asking to the last event, without the warehouse's part. */
  readonly ownMs: number
}

/** Asks over a socket and reads to the end of the turn. Throws the code of a problem, and for events that are missing or come twice. */
async function readOverSocket(
  socket: WebSocket,
  ask: { readonly turnId: string },
  { onProposal = 'approve', leaveAfter = Infinity, resumeAfter }: Reading = {},
): Promise<Heard> {
  const events: TurnEvent[] = []
  const sentAt = performance.now()
  let firstMs = Number.NaN
  let lastSeq = resumeAfter ?? 0
  const say = (command: object): void => socket.send(JSON.stringify({ id: ask.turnId, ...command }))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const lost = setTimeout(() => reject(new Error('no answer')), lostMs)
  const closed = (code: number): void => reject(new Error(`the socket closed with ${code}`))
  const read = (data: Buffer): void => {
    const frame = JSON.parse(data.toString()) as TurnEvent | SocketReply
    if ('reply' in frame) {
      if (frame.reply === ask.turnId && 'problem' in frame) reject(new Error(frame.problem.code))
      return
    }
    if (frame.turnId !== ask.turnId) return
    if (Number.isNaN(firstMs)) firstMs = performance.now() - sentAt
    if (frame.seq !== lastSeq + 1) reject(new Error(`event ${frame.seq} after ${lastSeq}`))
    lastSeq = frame.seq
    events.push(frame)
    if (frame.kind === 'query.proposed' && !('autoRun' in ask))
      say(
        onProposal === 'approve'
          ? { command: 'approve', approve: { turnId: ask.turnId, digest: frame.digest } }
          : { command: 'cancel', cancel: { turnId: ask.turnId } },
      )
    if (isFinalKind(frame.kind) || events.length >= leaveAfter) resolve()
  }
  socket.on('message', read).once('close', closed)
  try {
    if (resumeAfter === undefined) say({ command: 'ask', ask })
    else say({ command: 'resume', resume: { turnId: ask.turnId, afterSeq: resumeAfter } })
    await promise
  } finally {
    clearTimeout(lost)
    socket.off('message', read).off('close', closed)
  }
  const last = events.at(-1)
  const expected = onProposal === 'cancel' ? 'turn.cancelled' : 'turn.done'
  if (events.length < leaveAfter && last?.kind !== expected) throw new Error(reasonOf(last))
  return { turnId: ask.turnId, lastSeq, firstMs, ownMs: performance.now() - sentAt - warehouseMs(events) }
}

const reasonOf = (event: TurnEvent | undefined): string =>
  event?.kind === 'turn.failed' ? event.problem.code : `ended with ${event?.kind ?? 'nothing'}`

/** How long the query ran in the warehouse, by the events' own clock. */
function warehouseMs(events: readonly TurnEvent[]): number {
  const at = (state: string): number =>
    Date.parse(
      events.findLast((event) => event.kind === 'step' && event.name === 'run-query' && event.state === state)?.at ??
        '',
    )
  const took = at('done') - at('running')
  return Number.isNaN(took) ? 0 : took
}
