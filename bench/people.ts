import { randomUUID } from 'node:crypto'
import { postgresMissing, startPostgresServer } from '../test/support/postgres-server.ts'
import { startOrganisation, type Organisation } from '../test/support/organisation.ts'
import type { BrowserClient } from '../test/support/browser-client.ts'
import { makeClient } from '../src/adapters/postgres/drizzle.ts'
import { ms, percentile, timed, type Figure } from './measure.ts'

const sessionCount = 500
const turnCount = 10_000
const rounds = 40
/** Turns of the one long conversation. */
const longCount = 200

/** What it costs to know who asks, and to read what a person with a long history has, on a PostgreSQL server. */
export async function benchPeople(): Promise<readonly Figure[]> {
  const missing = postgresMissing()
  if (missing !== null) return [{ what: 'people', measured: missing, goal: '', met: null }]
  const postgres = await startPostgresServer()
  try {
    const organisation = await startOrganisation({ DATABASE_URL: postgres.url, ALLOWED_EMAIL_DOMAINS: 'example.com' })
    try {
      const admin = await organisation.signedIn('ada')
      return [await measureSessions(organisation), ...(await measurePages(organisation, admin, postgres.url))]
    } finally {
      await organisation.close()
    }
  } finally {
    await postgres.remove()
  }
}

async function measureSessions({ floe }: Organisation): Promise<Figure> {
  const { sessions, directory } = floe.services.people
  const [person] = await directory.list({ ...floe.callerAt('cli'), rights: ['manage_people'] })
  if (person === undefined) throw new Error('nobody has signed in')
  const row = { ...person, email: person.email, hasSignedIn: true, groups: [] }
  const tokens: string[] = []
  while (tokens.length < sessionCount) tokens.push((await sessions.open(row, 'bench')).token)
  const times: number[] = []
  for (let round = 0; round < 10; round += 1)
    for (const value of tokens)
      times.push(await timed(() => sessions.identify({ kind: 'session', value }, 'page').then(expectKnown)))
  const p95 = percentile(times, 0.95)
  const measured = `p50 ${ms(percentile(times, 0.5))}, p95 ${ms(p95)}`
  return { what: `a session of ${sessionCount}, validated`, measured, goal: 'p95 ≤ 2 ms', met: p95 <= 2 }
}

function expectKnown(caller: unknown): void {
  if (caller === null) throw new Error('a session is not known')
}

/** Every address that reads, asked by an admin with that many turns in 500 conversations. */
async function measurePages(
  organisation: Organisation,
  admin: BrowserClient,
  databaseUrl: string,
): Promise<readonly Figure[]> {
  const me = (await admin.json('GET', '/api/v1/me')).body as { id: string }
  const ids = await fill(databaseUrl, me.id)
  const { paths } = (await (await fetch(`${organisation.server.url}/api/v1/openapi.json`)).json()) as {
    paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }
  const readable = Object.entries(paths)
    // Files of everything are no pages.
    .filter(([path, item]) => 'get' in item && path !== '/socket' && !path.endsWith('/export'))
    .map(([path]) => ({ path, address: addressOf(path, ids) }))
    .concat(
      historyAddresses.map(([path, query]) => ({ path: `${path}, ${query}`, address: `/api/v1${path}?${query}` })),
    )
    .concat([{ path: `/conversations of ${longCount} turns`, address: `/api/v1/conversations/${ids['longId'] ?? ''}` }])
  const figures: Figure[] = []
  for (const { path, address } of readable) {
    if (address === null) continue
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1)
      times.push(
        await timed(async () => {
          const answer = await admin.request(address)
          await answer.arrayBuffer()
          if (answer.status !== 200) throw new Error(`${address} answered ${answer.status}`)
        }),
      )
    const p95 = percentile(times.slice(1), 0.95)
    figures.push({ what: `GET ${path}`, measured: `p95 ${ms(p95)}`, goal: '≤ 50 ms', met: p95 <= 50 })
  }
  return figures
}

/** Searches of the history: a word that every turn has, one that few have, two, the beginning of one, and filters. */
const historyAddresses = [
  ['/history', 'q=question'],
  ['/history', 'q=nineteen'],
  ['/history', 'q=question+nineteen'],
  ['/history', 'q=quest'],
  ['/history', 'q=nowhere'],
  ['/history', 'favorite=true'],
  ['/history', 'favorite=false&limit=100'],
  ['/history', 'archived=any&state=done&connection=sample'],
  ['/history/conversations', 'limit=100'],
] as const

/** Null for an address of something that is not filled in. */
function addressOf(path: string, ids: Readonly<Record<string, string>>): string | null {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  if (names.some((name) => ids[name] === undefined)) return null
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? '')
  return `/api/v1${filled}${path === '/starters' ? '?connection=sample' : ''}`
}

async function fill(databaseUrl: string, ownerId: string): Promise<Readonly<Record<string, string>>> {
  const client = makeClient({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(
      `insert into conversations (id, owner_id, title, created_at, updated_at)
       select gen_random_uuid(), $1, 'Conversation ' || n, now() - n * interval '1 hour', now() - n * interval '1 hour'
       from generate_series(1, $2::int / 20) as n`,
      [ownerId, turnCount],
    )
    await client.query(
      `insert into turns (id, owner_id, conversation_id, question, connection, writer, ask, state, last_seq, bytes, instance_id, claim,
         created_at, updated_at)
       select gen_random_uuid(), $1, conversations.id, 'Question ' || n || case n when 19 then ' nineteen' else '' end, 'sample', 'offline', '{}', 'done', 3, 2000, $2, $2, now(), now()
       from conversations, generate_series(1, 20) as n where owner_id = $1`,
      [ownerId, randomUUID()],
    )
    await client.query(
      `insert into turn_events (turn_id, owner_id, seq, event)
       select id, owner_id, seq, case seq
         when 3 then json_build_object('kind', 'turn.done', 'turnId', id, 'seq', seq, 'at', '2026-01-01T00:00:00.000Z')::text
         else json_build_object('kind', 'answer.delta', 'turnId', id, 'seq', seq, 'at', '2026-01-01T00:00:00.000Z', 'text', repeat('x', 900))::text
       end from turns, generate_series(1, 3) as seq where owner_id = $1`,
      [ownerId],
    )
    await client.query(
      `insert into favorites (id, owner_id, position, title, sql, connection, writer, tags, tables, parameters, turn_id, created_at, updated_at)
       select gen_random_uuid(), $1, row_number() over (), 'Favorite', 'select 1', 'sample', 'offline', '[]', '[]', '[]', id, now(), now()
       from (select id from turns where owner_id = $1 order by ordinal limit 200) as kept`,
      [ownerId],
    )
    const { rows: long } = await client.query<{ id: string }>(
      `insert into conversations (id, owner_id, title, created_at, updated_at) values (gen_random_uuid(), $1, 'Long', now(), now()) returning id`,
      [ownerId],
    )
    const longId = long[0]?.id ?? ''
    await client.query(
      `insert into turns (id, owner_id, conversation_id, question, connection, writer, ask, state, last_seq, bytes, instance_id, claim,
         created_at, updated_at)
       select gen_random_uuid(), $1, $3, 'Long ' || n, 'sample', 'offline', '{}', 'done', 3, 2000, $2, $2, now(), now()
       from generate_series(1, $4::int) as n`,
      [ownerId, randomUUID(), longId, longCount],
    )
    // As the server makes them of every question.
    await client.query(
      `update turns set words = format('''@%s'':1', owner_id)::tsvector || setweight(to_tsvector('simple', question), 'A') where owner_id = $1`,
      [ownerId],
    )
    await client.query('vacuum analyze')
    const { rows } = await client.query<{ turnId: string; conversationId: string }>(
      'select id as "turnId", conversation_id as "conversationId" from turns where owner_id = $1 order by ordinal limit 1',
      [ownerId],
    )
    return { ...rows[0], longId }
  } finally {
    await client.end()
  }
}
