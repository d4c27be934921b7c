import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FeedbackPage, type TurnFeedback } from '../../src/contract/feedback.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let admin: BrowserClient | undefined
let ann: BrowserClient | undefined
let ben: BrowserClient | undefined
const conversationId = randomUUID()
const sql = 'SELECT N_NAME FROM NATION ORDER BY 1'

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'admin@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  admin = await organisation.signedIn('admin')
  ann = await organisation.signedIn('ann')
  ben = await organisation.signedIn('ben')
}, 120_000)
afterAll(() => organisation.close())

const of = (browser: BrowserClient | undefined): BrowserClient => {
  if (browser === undefined) throw new Error('nobody is signed in')
  return browser
}
async function answer(): Promise<string> {
  const turnId = randomUUID()
  const response = await of(ann).request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, conversationId, sql, autoRun: true }),
  })
  expect(await response.text()).toContain('turn.done')
  return turnId
}
const pathOf = (turnId: string): string => `/api/v1/turns/${turnId}/feedback`
const given = async (browser: BrowserClient | undefined): Promise<readonly TurnFeedback[]> =>
  (await of(browser).json('GET', `/api/v1/conversations/${conversationId}/feedback`)).body as TurnFeedback[]

test('people say what they think of an answer, change it and take it back; admins read it without rows', async () => {
  const [first, second] = [await answer(), await answer()]
  const said = { verdict: 'down', reasons: ['wrong_data', 'other'], comment: '  Only Europe, please.\nThanks. ' }
  const put = await of(ann).json('PUT', pathOf(first), said)
  expect(put).toMatchObject({ status: 200, body: { ...said, turnId: first, comment: 'Only Europe, please.\nThanks.' } })
  expect(await of(ann).json('PUT', pathOf(second), { verdict: 'up' })).toMatchObject({
    body: { verdict: 'up', reasons: [], comment: '' },
  })
  expect((await given(ann)).map(({ turnId, verdict }) => [turnId, verdict])).toEqual([
    [first, 'down'],
    [second, 'up'],
  ])

  expect(await given(ben)).toEqual([])
  expect((await of(ben).json('PUT', pathOf(first), { verdict: 'up' })).status).toBe(404)
  expect((await of(ben).json('DELETE', pathOf(first))).status).toBe(404)
  expect((await of(ann).json('GET', '/api/v1/feedback')).status).toBe(403)
  for (const wrong of [
    { verdict: 'maybe' },
    { verdict: 'down', reasons: ['other', 'other'] },
    { verdict: 'down', comment: 'x'.repeat(1_001) },
  ])
    expect((await of(ann).json('PUT', pathOf(first), wrong)).status).toBe(400)

  const read = await of(admin).json('GET', '/api/v1/feedback?limit=1')
  const page = FeedbackPage.parse(read.body)
  expect(page).toMatchObject({
    entries: [{ turnId: second, person: { email: 'ann@example.com' }, sql, question: null }],
  })
  const next = FeedbackPage.parse((await of(admin).json('GET', `/api/v1/feedback?cursor=${page.next ?? ''}`)).body)
  expect(next).toMatchObject({ entries: [{ turnId: first, ...(put.body as object) }], next: null })
  expect(JSON.stringify([read.body, next])).not.toContain('ALGERIA')

  expect((await of(ann).json('DELETE', pathOf(first))).status).toBe(200)
  expect((await of(ann).json('DELETE', pathOf(first))).status).toBe(404)
  expect((await given(ann)).map(({ turnId }) => turnId)).toEqual([second])
  const { entries } = (await of(admin).json('GET', '/api/v1/audit?q=feedback')).body as {
    entries: { action: string; facts: object }[]
  }
  // What was refused on these routes is there too.
  const done = entries.filter(({ action }) => action.startsWith('feedback.'))
  expect(done.map(({ action, facts }) => [action, facts])).toEqual([
    ['feedback.withdrawn', { turn: first }],
    ['feedback.given', { turn: second, verdict: 'up', reasons: '' }],
    ['feedback.given', { turn: first, verdict: 'down', reasons: 'wrong_data, other' }],
  ])
})

test('what was said comes along in the person’s data, and goes with their account', async () => {
  const turnId = await answer()
  await of(ann).json('PUT', pathOf(turnId), { verdict: 'down', reasons: ['too_slow'], comment: 'slow as ice' })
  const archive = await (await of(ann).request('/api/v1/me/export')).arrayBuffer()
  expect(new TextDecoder('latin1').decode(archive)).toContain('feedback.csv')
  expect((await of(ann).json('DELETE', '/api/v1/me', { confirm: 'ann@example.com' })).status).toBe(200)
  expect((await of(admin).json('GET', '/api/v1/feedback')).body).toEqual({ entries: [], next: null })
})
