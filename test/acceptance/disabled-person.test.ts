import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnState } from '../../src/contract/api.ts'
import type { PersonSummary } from '../../src/contract/people.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { askAs } from '../support/copies.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

/** Runs until it is stopped, on any machine. */
const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY JOIN LINEITEM d ON c.L_TAX < d.L_TAX'

let organisation: Organisation
let admin: BrowserClient
beforeAll(async () => {
  organisation = await startOrganisation({ ALLOWED_EMAIL_DOMAINS: 'example.com', ADMIN_EMAILS: 'ada@example.com' })
  admin = await organisation.signedIn('ada')
}, 120_000)
afterAll(async () => {
  await organisation.close()
})

const post = (browser: BrowserClient, path: string, body: unknown = {}) => browser.json('POST', `/api/v1${path}`, body)

/** A person whose query runs, and who wants it to go on for an hour without a page. */
async function running(name: string) {
  const browser = await organisation.signedIn(name)
  const { id } = (await browser.json('GET', '/api/v1/me')).body as PersonSummary
  const kept = await browser.json('PATCH', '/api/v1/me/preferences', { keepRunningMinutes: 60 })
  expect(kept).toMatchObject({ status: 200 })
  const turn = await askAs(browser, { sql: endless })
  const digest = await turn.proposed
  expect(await post(browser, `/turns/${turn.turnId}/approve`, { digest })).toMatchObject({ status: 200 })
  await expect
    .poll(() => turn.heard.some((event) => event.kind === 'step' && event.name === 'run-query'), { timeout: 20_000 })
    .toBe(true)
  return { browser, id, turnId: turn.turnId, over: turn.over }
}

/** How the query of a turn ended, as it is audited; null while it runs. */
const outcomeOf = async (turnId: string): Promise<unknown> => {
  const { body } = await admin.json('GET', '/api/v1/audit?q=query.run')
  const { entries } = body as { entries: { facts: Record<string, unknown> }[] }
  return entries.find(({ facts }) => facts['turn'] === turnId)?.facts['outcome'] ?? null
}
const turnIn = async (browser: BrowserClient, turnId: string) =>
  (await browser.json('GET', `/api/v1/turns/${turnId}`)).body as {
    turn: { state: TurnState }
    events: readonly TurnEvent[]
  }

/** Less than the half minute that every query goes on without a page. */
const promptly = { timeout: 20_000 }

describe('the running query of a person', () => {
  test('who is disabled is stopped at once, however long they want queries to go on', async () => {
    const { id, turnId } = await running('ben')
    const at = `/api/v1/people/${id}`
    expect(await admin.json('PATCH', at, { isDisabled: true })).toMatchObject({ status: 200 })
    await expect.poll(() => outcomeOf(turnId), promptly).toBe('stopped')
    expect(await admin.json('PATCH', at, { isDisabled: false })).toMatchObject({ status: 200 })
    const { turn, events } = await turnIn(await organisation.signedIn('ben'), turnId)
    expect([turn.state, events.at(-1)]).toMatchObject(['cancelled', { kind: 'turn.cancelled', reason: 'no_access' }])
  })

  test('who is removed is stopped at once', async () => {
    const { id, turnId } = await running('cora')
    const { services, operator } = organisation.floe
    await services.people.directory.remove(operator, id)
    await expect.poll(() => outcomeOf(turnId), promptly).toBe('stopped')
  })

  test('who signs out in one browser goes on', async () => {
    const { browser, over, turnId } = await running('dora')
    expect(
      (await browser.request('/auth/sign-out', { method: 'POST', headers: { origin: browser.origin } })).status,
    ).toBe(204)
    // The page's stream is cut by then.
    await over.catch(() => undefined)
    const again = await organisation.signedIn('dora')
    expect((await turnIn(again, turnId)).turn.state).toBe('running')
    expect(await post(again, `/turns/${turnId}/cancel`)).toMatchObject({ status: 200 })
    expect(await outcomeOf(turnId)).toBe('stopped')
  })
})
