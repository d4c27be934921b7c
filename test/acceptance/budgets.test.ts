import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Budget, Usage } from '../../src/contract/budgets.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let admin: BrowserClient
let ben: BrowserClient
let cora: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'admin@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  admin = await organisation.signedIn('admin')
  ben = await organisation.signedIn('ben')
  cora = await organisation.signedIn('cora')
}, 120_000)
afterAll(() => organisation.close())

/** The code and the message with which a question ends; null where it was answered. */
async function ask(browser: BrowserClient): Promise<readonly [string, string] | null> {
  const response = await browser.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ connection: 'sample', sql: 'SELECT COUNT(*) AS N FROM ORDERS', autoRun: true }),
  })
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '))
  const events = lines.map((line) => TurnEvent.parse(JSON.parse(line.slice('data: '.length))))
  const failed = events.find((event) => event.kind === 'turn.failed')
  if (failed?.kind === 'turn.failed') return [failed.problem.code, failed.problem.message]
  expect(events.at(-1)?.kind).toBe('turn.done')
  return null
}
const set = async (subject: object, bytesPerDay: number): Promise<Budget> => {
  const { status, body } = await admin.json('PUT', '/api/v1/budgets', { subject, bytesPerDay, tokensPerDay: null })
  expect(status).toBe(200)
  return body as Budget
}
const usageOf = async (browser: BrowserClient): Promise<Usage> =>
  (await browser.json('GET', '/api/v1/usage')).body as Usage

describe('budgets', () => {
  test('each person has what everybody has, sees it, and is refused beyond it', async () => {
    const everyone = await set({ kind: 'everyone' }, 1)
    expect(await ask(ben)).toBeNull()
    const used = await usageOf(ben)
    expect(used).toMatchObject({ queries: 1, budgets: [{ kind: 'everyone', group: null, bytesPerDay: 1 }] })
    expect([used.bytes > 0, used.resetsAt.slice(10)]).toEqual([true, 'T00:00:00.000Z'])
    expect(await ask(ben)).toEqual([
      'budget_used',
      expect.stringMatching(/^You have used \d+ bytes of 1 bytes today; it starts again at 00:00 UTC\.$/),
    ])
    expect(await ask(cora)).toBeNull()
    expect((await usageOf(cora)).queries).toBe(1)
    const { body } = await admin.json('GET', '/api/v1/audit?q=budget_used')
    expect((body as { entries: unknown[] }).entries).toMatchObject([
      { action: 'query.refused', person: { email: 'ben@example.com' }, facts: { code: 'budget_used' } },
    ])
    expect((await admin.json('DELETE', `/api/v1/budgets/${everyone.id}`)).status).toBe(200)
    expect((await admin.json('DELETE', `/api/v1/budgets/${everyone.id}`)).status).toBe(404)
    expect(await ask(ben)).toBeNull()
  })

  test('a group has its budget together, and setting one again replaces it', async () => {
    const group = (await admin.json('POST', '/api/v1/groups', { name: 'Analysts' })).body as { id: string }
    for (const browser of [ben, cora]) {
      const { id } = (await browser.json('GET', '/api/v1/me')).body as { id: string }
      await admin.json('PUT', `/api/v1/groups/${group.id}/members/${id}`)
    }
    const { bytesToday } = await set({ kind: 'group', groupId: group.id }, 1_000_000)
    expect(bytesToday).toBe((await usageOf(ben)).bytes + (await usageOf(cora)).bytes)
    expect(await ask(cora)).toBeNull()
    await set({ kind: 'group', groupId: group.id }, 1)
    for (const browser of [ben, cora])
      expect(await ask(browser)).toEqual(['budget_used', expect.stringContaining('The group Analysts has used')])
    expect(await ask(admin)).toBeNull()
    expect((await admin.json('GET', '/api/v1/budgets')).body).toMatchObject([
      { subject: { kind: 'group', groupId: group.id }, name: 'Analysts', bytesPerDay: 1 },
    ])
    expect(
      await admin.json('PUT', '/api/v1/budgets', {
        subject: { kind: 'everyone' },
        bytesPerDay: null,
        tokensPerDay: null,
      }),
    ).toMatchObject({
      status: 400,
    })
    expect(
      await admin.json('PUT', '/api/v1/budgets', {
        subject: { kind: 'person', personId: group.id },
        bytesPerDay: 1,
        tokensPerDay: null,
      }),
    ).toMatchObject({ status: 404 })
  })

  test('a proposal that no budget has room for any more is refused to whoever approves it', async () => {
    await ask(admin)
    const turnId = crypto.randomUUID()
    const asked = admin.request('/api/v1/turns', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: organisation.server.url },
      body: JSON.stringify({ turnId, sql: 'SELECT 1 AS N' }),
    })
    const stored = async () => (await admin.json('GET', `/api/v1/turns/${turnId}`)).body as { events?: TurnEvent[] }
    const proposal = async () => (await stored()).events?.find((event) => event.kind === 'query.proposed')
    await expect.poll(proposal, { timeout: 20_000 }).toBeDefined()
    const proposed = await proposal()
    const everyone = await set({ kind: 'everyone' }, 1)
    const digest = proposed?.kind === 'query.proposed' ? proposed.digest : ''
    const approved = await admin.request(`/api/v1/turns/${turnId}/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: admin.origin },
      body: JSON.stringify({ digest }),
    })
    expect([approved.status, await approved.json()]).toEqual([429, expect.objectContaining({ code: 'budget_used' })])
    const midnight = new Date().setUTCHours(24, 0, 0, 0)
    const early = (midnight - Date.now()) / 1_000 - Number(approved.headers.get('retry-after'))
    expect(Math.abs(early)).toBeLessThan(60)
    const heard = await (await asked).text()
    expect(heard).toContain('turn.failed')
    expect(heard).not.toContain('result.columns')
    await admin.json('DELETE', `/api/v1/budgets/${everyone.id}`)
  })
})
