import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversation } from '../../src/contract/api.ts'
import type { HistoryEntry, HistoryPage } from '../../src/contract/history.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let ada: BrowserClient
let bob: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({ ALLOWED_EMAIL_DOMAINS: 'example.com' })
  ada = await organisation.signedIn('ada')
  bob = await organisation.signedIn('bob')
}, 120_000)
afterAll(() => organisation.close())

interface Asked {
  readonly turnId: string
  readonly conversationId: string
  readonly answer: string
}

async function ask(body: object, conversationId: string = randomUUID()): Promise<Asked> {
  const turnId = randomUUID()
  const response = await ada.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, conversationId, autoRun: true, ...body }),
  })
  return { turnId, conversationId, answer: await response.text() }
}
const search = async (query: string, by = ada): Promise<readonly HistoryEntry[]> =>
  ((await by.json('GET', `/api/v1/history?${query}`)).body as HistoryPage).entries
const status = async (method: string, path: string, body?: unknown, by = ada): Promise<number> =>
  (await by.json(method, path, body)).status

test('what was asked is found again with how it ended, and belongs to nobody else', async () => {
  const { turnId, conversationId, answer } = await ask({ question: 'How many customers are there?' })
  expect(answer).toContain('turn.done')
  await ask({ sql: 'SELECT R_NAME FROM REGION ORDER BY 1' })
  await ask({ sql: 'DELETE FROM REGION' })
  expect(await search('q=custom')).toMatchObject([
    {
      id: turnId,
      conversationId,
      title: 'How many customers are there?',
      connection: 'sample',
      state: 'done',
      rowCount: 1,
      foundIn: ['question', 'sql'],
    },
  ])
  expect(await search('q=r_name')).toMatchObject([
    { question: null, title: 'SELECT R_NAME FROM REGION ORDER BY 1', rowCount: 5, foundIn: ['sql'] },
  ])
  expect(await search('state=failed')).toMatchObject([{ problemCode: 'sql_refused', rowCount: null }])
  expect(await search('connection=elsewhere')).toEqual([])
  expect(await search('q=custom', bob)).toEqual([])
  const today = new Date().toISOString().slice(0, 10)
  expect(await search(`from=${today}&to=${today}`)).toHaveLength(3)
  expect(await search('to=2020-01-01')).toEqual([])
})

/** Where lists go on, as nobody but this server writes it: each a place that is none. */
const cursors = [
  'nonsense',
  `0.${'0'.repeat(36)}`,
  `0.${'-'.repeat(36)}`,
  `0~${'0'.repeat(36)}`,
  '1e999~00000000-0000-4000-8000-000000000000',
  `0.${'9'.repeat(19)}`,
  '9'.repeat(19),
  '\u0000',
  "0.0' OR 1=1",
]
const lists = ['/history', '/history/conversations', '/favorites', '/audit', '/feedback']

test.each(lists)('GET %s goes on from no place that is none', async (path) => {
  for (const cursor of cursors) {
    const { status } = await ada.json('GET', `/api/v1${path}?cursor=${encodeURIComponent(cursor)}`)
    expect([cursor, status]).toEqual([cursor, expect.toSatisfy((code: number) => [400, 403].includes(code))])
  }
})

test('a title and a note are found, and an archived conversation is out of the way until it is asked in', async () => {
  const { turnId, conversationId } = await ask({ question: 'How many suppliers are there?' })
  const at = `/api/v1/conversations/${conversationId}`
  expect(await status('PATCH', at, { title: 'Quarterly review' })).toBe(200)
  expect(await status('PATCH', `/api/v1/turns/${turnId}`, { note: 'checked with Finance' })).toBe(200)
  expect(await search('q=quarter')).toMatchObject([{ id: turnId, title: 'Quarterly review', foundIn: ['title'] }])
  expect(await search('q=finance')).toMatchObject([{ id: turnId, note: 'checked with Finance', foundIn: ['note'] }])
  expect(((await ada.json('GET', at)).body as Conversation).conversation.title).toBe('Quarterly review')

  expect(await status('PATCH', at, { archived: true })).toBe(200)
  expect(await search('q=quarter')).toEqual([])
  expect(await search('q=quarter&archived=true')).toHaveLength(1)
  expect(await status('GET', at)).toBe(200)
  await ask({ question: 'And customers?' }, conversationId)
  expect(await search('q=quarter')).toHaveLength(2)
  for (const wrong of [{}, { title: ' ' }, { title: 'x'.repeat(201) }, { title: 'two\nlines' }])
    expect([wrong, await status('PATCH', at, wrong)]).toEqual([wrong, 400])
})

test('what was starred is found as a favorite until the star is taken away', async () => {
  const { turnId, conversationId } = await ask({ question: 'How many nations are there?' })
  await ask({ question: 'How many regions are there?' }, conversationId)
  const starred = async (): Promise<unknown> => {
    const { body } = await ada.json('GET', '/api/v1/history/conversations')
    const { conversations } = body as {
      conversations: readonly { readonly id: string; readonly isFavorite: boolean }[]
    }
    return conversations.find(({ id }) => id === conversationId)?.isFavorite
  }
  expect([await search('favorite=true'), await starred()]).toEqual([[], false])
  const { body } = await ada.json('POST', '/api/v1/favorites', { turnId })
  expect(await search('favorite=true')).toMatchObject([{ id: turnId, isFavorite: true }])
  expect((await search('favorite=false')).map(({ id }) => id)).not.toContain(turnId)
  expect(await search('favorite=true', bob)).toEqual([])
  expect(await starred()).toBe(true)
  expect(await status('DELETE', `/api/v1/favorites/${(body as { id: string }).id}`)).toBe(200)
  expect([await search('favorite=true'), await starred()]).toEqual([[], false])
})

test('a deleted conversation is gone for every door at once, also for those it was shared with, and comes back whole', async () => {
  const { turnId, conversationId } = await ask({ question: 'How many parts are there?' })
  const at = `/api/v1/conversations/${conversationId}`
  const made = await ada.json('POST', '/api/v1/shares', { conversationId, audience: { kind: 'everyone' } })
  const share = `/api/v1/shares/${(made.body as { id: string }).id}`
  expect(await status('GET', share, undefined, bob)).toBe(200)
  await ada.json('PATCH', at, { isKept: true })

  expect(await status('DELETE', at)).toBe(200)
  for (const [method, path, by, body] of [
    ['GET', at, ada],
    ['GET', `/api/v1/turns/${turnId}`, ada],
    ['GET', `/api/v1/turns/${turnId}/events`, ada],
    ['PATCH', at, ada, { title: 'still there?' }],
    ['DELETE', at, ada],
    ['POST', `${at}/fork`, ada, { turnId }],
    ['GET', share, bob],
    ['GET', share, ada],
  ] as const)
    expect([method, path, await status(method, path, body, by)]).toEqual([method, path, 404])
  expect((await ada.json('GET', '/api/v1/shares')).body).toEqual([])
  expect((await ada.json('GET', '/api/v1/me/storage')).body).toMatchObject({ kept: [] })
  expect((await ask({ question: 'And now?' }, conversationId)).answer).toContain('This conversation was removed.')
  expect(await search('q=parts&archived=any')).toEqual([])

  expect(await status('POST', `${at}/restore`, undefined, bob)).toBe(404)
  expect(await status('POST', `${at}/restore`)).toBe(200)
  expect(await status('GET', share, undefined, bob)).toBe(200)
  expect(await search('q=parts')).toMatchObject([{ id: turnId }])
  // It was removed by its person, not by age: keeping it does not keep it from that.
  expect(await status('DELETE', at)).toBe(200)
  await organisation.floe.retention.apply()
  expect(await status('POST', `${at}/restore`)).toBe(200)
})

test('deleting stops the query that waits there', async () => {
  const turnId = randomUUID()
  const conversationId = randomUUID()
  const asking = ada.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, conversationId, question: 'How many orders are there?' }),
  })
  await expect.poll(async () => (await search('state=waiting')).map(({ id }) => id)).toEqual([turnId])
  expect(await status('DELETE', `/api/v1/conversations/${conversationId}`)).toBe(200)
  expect(await (await asking).text()).toContain('turn.cancelled')
})

test('a fork has the answers up to a turn without running anything, and goes on from there', async () => {
  const first = await ask({ question: 'Number of customers by nation' })
  const second = await ask({ question: 'only the top 3' }, first.conversationId)
  await ask({ question: 'How many regions are there?' }, first.conversationId)
  const at = `/api/v1/conversations/${first.conversationId}`
  const forked = await ada.json('POST', `${at}/fork`, { turnId: second.turnId })
  expect(forked.status).toBe(201)
  const { conversationId } = forked.body as { conversationId: string }
  const { turns } = (await ada.json('GET', `/api/v1/conversations/${conversationId}`)).body as Conversation
  expect(turns.map(({ question }) => question)).toEqual(['Number of customers by nation', 'only the top 3'])
  expect(turns[1]?.follows).toBe(turns[0]?.id)
  const eventsOf = async (id: string) =>
    ((await ada.json('GET', `/api/v1/turns/${id}`)).body as { events: TurnEvent[] }).events
  const copied = await eventsOf(turns[1]?.id ?? '')
  expect(copied.every((event) => event.turnId === turns[1]?.id)).toBe(true)
  expect(copied.find(({ kind }) => kind === 'result.rows')).toMatchObject({
    rows: [expect.anything(), expect.anything(), expect.anything()],
  })
  // A question there follows the copy.
  const { answer } = await ask({ question: 'by region instead' }, conversationId)
  expect(answer).toContain('R_NAME')
  expect(await status('DELETE', at)).toBe(200)
  expect(await eventsOf(turns[0]?.id ?? '')).not.toHaveLength(0)
  expect(await status('POST', `${at}/fork`, { turnId: second.turnId }, bob)).toBe(404)
})
