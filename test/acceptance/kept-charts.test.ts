import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Conversation } from '../../src/contract/api.ts'
import type { ChartSettings } from '../../src/contract/chart-settings.ts'
import type { SharedConversation } from '../../src/contract/shares.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let ada: BrowserClient
let bob: BrowserClient
const conversationId: string = randomUUID()
const turnId: string = randomUUID()

beforeAll(async () => {
  organisation = await startOrganisation({ ALLOWED_EMAIL_DOMAINS: 'example.com' })
  ada = await organisation.signedIn('ada')
  bob = await organisation.signedIn('bob')
  const response = await ada.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, conversationId, sql: 'SELECT R_NAME, R_REGIONKEY FROM REGION', autoRun: true }),
  })
  expect(await response.text()).toContain('turn.done')
}, 120_000)
afterAll(() => organisation.close())

const settings: ChartSettings = {
  kind: 'horizontal-bar',
  x: 0,
  y: [1],
  series: null,
  stacking: 'none',
  order: 'value',
  most: 3,
  joinsOthers: false,
  colours: [2],
  numbers: 'compact',
  digits: 1,
  showsValues: true,
  marksUnfinished: true,
  panels: false,
}
const put = async (given: unknown, id = turnId, by = ada): Promise<number> =>
  (await by.json('PUT', `/api/v1/turns/${id}/chart`, { settings: given })).status
const kept = async (id = conversationId) =>
  ((await ada.json('GET', `/api/v1/conversations/${id}`)).body as Conversation).turns[0]?.chart
const shared = async (withRows: boolean) => {
  const made = await ada.json('POST', '/api/v1/shares', { conversationId, audience: { kind: 'everyone' }, withRows })
  const { id } = made.body as { readonly id: string }
  return ((await bob.json('GET', `/api/v1/shares/${id}`)).body as SharedConversation).turns[0]?.turn
}

test('how an answer is drawn is kept with it, for a reload, a fork and those who see its rows, until it is reset', async () => {
  expect(await kept()).toBeUndefined()
  expect(await put(settings)).toBe(200)
  expect(await kept()).toEqual(settings)
  expect((await shared(true))?.chart).toEqual(settings)
  expect(await shared(false)).not.toHaveProperty('chart')
  const forked = await ada.json('POST', `/api/v1/conversations/${conversationId}/fork`, { turnId })
  expect(await kept((forked.body as { readonly conversationId: string }).conversationId)).toEqual(settings)
  expect(await put(null)).toBe(200)
  expect(await kept()).toBeUndefined()
})

test.each<readonly [string, unknown]>([
  ['a column that the answer lacks', { ...settings, y: [2] }],
  ['a column for the series that the answer lacks', { ...settings, series: 9 }],
  ['a column twice', { ...settings, y: [1, 1] }],
  ['no measure', { ...settings, y: [] }],
  ['a kind that does not exist', { ...settings, kind: 'function(){}' }],
  ['a colour outside the palette', { ...settings, colours: [8] }],
  ['something else', 'settings'],
])('%s is refused', async (_what, given) => {
  expect(await put(given)).toBe(400)
  expect(await kept()).toBeUndefined()
})

test('nobody sets it for somebody else, nor for a question that is not there', async () => {
  expect(await put(settings, turnId, bob)).toBe(404)
  expect(await put(settings, randomUUID())).toBe(404)
  expect(await kept()).toBeUndefined()
})
