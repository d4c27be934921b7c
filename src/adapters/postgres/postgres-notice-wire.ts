import type { Client } from 'pg'
import type { NoticeWire } from '../../core/ports/notices.ts'
import type { Database } from './database.ts'

interface WireNeeds {
  readonly database: Database
  /** Told once of each loss of the connection. */
  readonly onFault: (error: unknown) => void
}

const channel = 'floe_notices'
/** Pauses between attempts to listen again; the last one repeats. */
const pausesMs = [100, 500, 1_000, 2_000, 5_000]
/** A connection that carries nothing does not notice that its other end is gone. */
const probeEveryMs = 10_000

/** Carries notices with NOTIFY. Listening keeps one connection of its own, because a connection of the pool would go back to it. */
export function makePostgresNoticeWire({ database, onFault }: WireNeeds): NoticeWire {
  let client: Client | null = null
  let timer: NodeJS.Timeout | null = null
  let failures = 0
  let isClosed = false

  const listenAgain = (onText: (text: string) => void, error: unknown): void => {
    client = null
    if (isClosed) return
    if (failures === 0) onFault(error)
    timer = setTimeout(() => void keep(onText), pausesMs[Math.min(failures, pausesMs.length - 1)])
    failures += 1
  }
  const keep = async (onText: (text: string) => void): Promise<void> => {
    try {
      const opened = await open(database, onText)
      client = opened.client
      failures = 0
      if (isClosed) await opened.client.end()
      listenAgain(onText, await opened.lost)
    } catch (error) {
      listenAgain(onText, error)
    }
  }
  return {
    send: async (text) => {
      const { sql } = await import('./drizzle.ts')
      await database.run((on) => on.execute(sql`select pg_notify(${channel}, ${text})`))
    },
    listen: (onText) => void keep(onText),
    isListening: () => client !== null,
    close: async () => {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
      await client?.end()
    },
  }
}

/** A connection that listens, and a promise that resolves with the reason once it is lost. */
async function open(
  database: Database,
  onText: (text: string) => void,
): Promise<{ readonly client: Client; readonly lost: Promise<unknown> }> {
  const { promise: lost, resolve: lose } = Promise.withResolvers<unknown>()
  const client = await database.connect('floe notices', lose)
  client.on('notification', ({ payload = '' }) => onText(payload))
  await client.query(`listen ${channel}`)
  const probe = setInterval(() => {
    client.query('select 1').catch((error: unknown) => {
      lose(error)
      client.end().catch(() => undefined)
    })
  }, probeEveryMs)
  void lost.then(() => clearInterval(probe))
  return { client, lost }
}
