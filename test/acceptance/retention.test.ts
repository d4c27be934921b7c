import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StorageUse } from '../../src/contract/storage.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let member: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({
    ALLOWED_EMAIL_DOMAINS: 'example.com',
    KEEP_MEGABYTES_PER_PERSON: '1',
    KEEP_CONVERSATIONS_DAYS: '10',
  })
  member = await organisation.signedIn('ada')
}, 120_000)
afterAll(() => organisation.close())

/** Asks for a result of about 700 kB. */
async function askForMuch(): Promise<{ readonly turnId: string; readonly conversationId: string }> {
  const [turnId, conversationId] = [randomUUID(), randomUUID()]
  const sql = "SELECT L_ORDERKEY, REPEAT('x', 700) AS FILLING FROM LINEITEM LIMIT 1000"
  const asked = await member.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, conversationId, sql, autoRun: true }),
  })
  expect(await asked.text()).toContain('turn.done')
  return { turnId, conversationId }
}

const readUse = async (): Promise<StorageUse> => (await member.json('GET', '/api/v1/me/storage')).body as StorageUse
const eventsOf = async (turnId: string): Promise<readonly { kind: string; rows?: unknown[]; removed?: true }[]> =>
  ((await member.json('GET', `/api/v1/turns/${turnId}`)).body as { events: { kind: string }[] }).events

test('a person is told what their answers take, and the oldest rows make room for new ones', async () => {
  const { retention } = organisation.floe
  const first = await askForMuch()
  const kept = await askForMuch()
  expect((await member.json('PATCH', `/api/v1/conversations/${kept.conversationId}`, { isKept: true })).status).toBe(
    200,
  )
  const full = await readUse()
  expect(full).toMatchObject({ limitBytes: 1_000_000, conversationDays: 10 })
  expect(full.bytes).toBeGreaterThan(1_400_000)
  expect(full.kept).toMatchObject([{ id: kept.conversationId, leavesAt: null }])
  // Conversations leave after ten days, and are told of two weeks before: both are, but for the kept one.
  expect(full.leaving).toMatchObject([{ id: first.conversationId }])
  const { leavesAt, updatedAt } = full.leaving[0] ?? {}
  expect(Date.parse(leavesAt ?? '') - Date.parse(updatedAt ?? '')).toBe(10 * 24 * 3_600_000)

  await retention.apply()
  expect((await readUse()).bytes).toBeLessThan(900_000)
  const trimmed = await eventsOf(first.turnId)
  expect(trimmed.filter(({ kind }) => kind === 'result.rows').every(({ removed }) => removed === true)).toBe(true)
  expect(trimmed.filter(({ kind }) => kind === 'query.proposed')).toHaveLength(1)
  expect(trimmed.at(-1)?.kind).toBe('turn.done')
  expect((await eventsOf(kept.turnId)).some(({ rows = [] }) => rows.length > 0)).toBe(true)

  const { body } = await member.json('GET', '/api/v1/audit?q=retention.applied')
  expect(body).toMatchObject({
    entries: [{ person: null, action: 'retention.applied', facts: { conversations: 0, results: 1, entries: 0 } }],
  })
  await retention.apply()
  expect(
    ((await member.json('GET', '/api/v1/audit?q=retention.applied')).body as { entries: unknown[] }).entries,
  ).toHaveLength(1)
})
