import { randomUUID } from 'node:crypto'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Conversation } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let ann: BrowserClient
let ben: BrowserClient
let cid: BrowserClient

const formula = '=HYPERLINK("http://evil.example","how many nations")'
const secret = 'an-access-token-that-never-leaves'

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'ben@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  ann = await organisation.signedIn('ann')
  ben = await organisation.signedIn('ben')
  cid = await organisation.signedIn('cid')
  await ask(ann, { question: formula })
  await ask(ann, { sql: 'SELECT N_NAME FROM NATION ORDER BY N_NAME', autoRun: true })
  await ask(ben, { sql: "SELECT 'of ben alone' AS B", autoRun: true })
  await ann.json('PATCH', '/api/v1/me/preferences', { output: 'table' })
  await ben.json('PATCH', '/api/v1/me/preferences', { rowLimit: 4_711 })
  await ann.json('POST', '/api/v1/connections', {
    name: 'Prod',
    kind: 'snowflake',
    account: 'myorg-myaccount',
    signIn: { method: 'access_token', token: secret },
  })
}, 120_000)
afterAll(() => organisation.close())

async function ask(browser: BrowserClient, body: Record<string, unknown>): Promise<void> {
  const asked = await browser.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId: randomUUID(), ...body }),
  })
  await asked.text()
}

const download = (browser: BrowserClient): Promise<Response> => browser.request('/api/v1/me/export')

async function filesOf(browser: BrowserClient): Promise<Readonly<Record<string, string>>> {
  const response = await download(browser)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip'])
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="floe-\d{4}-\d\d-\d\d\.zip"$/)
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()))
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]))
}

const json = (files: Readonly<Record<string, string>>, name: string) =>
  JSON.parse(files[name] ?? '') as readonly Record<string, unknown>[]
const lines = (text: string | undefined): readonly string[] => (text ?? '').split('\n').filter((line) => line !== '')

describe('the export of a person', () => {
  test('holds everything of theirs, as the interface shows it', async () => {
    const files = await filesOf(ann)
    const keys = ['model_keys', 'model_settings', 'usage']
    const tables = [
      'profile',
      'preferences',
      'sessions',
      'tokens',
      'apps',
      'connections',
      'shares',
      'feedback',
      ...keys,
      'folders',
    ]
    const names = [...tables, 'favorites', 'conversations', 'turns', 'audit'].flatMap((name) => [
      `${name}.csv`,
      `${name}.json`,
    ])
    expect(Object.keys(files).toSorted()).toEqual(
      ['README.txt', 'events.jsonl', 'favorite-results.jsonl', ...names].toSorted(),
    )
    for (const name of names.filter((each) => each.endsWith('.json')))
      expect([name, lines(files[name.replace('.json', '.csv')])[0]?.includes('<')]).toEqual([name, false])

    expect(json(files, 'profile.json')).toMatchObject([
      { name: 'Ann Example', email: 'ann@example.com', role: 'member', identities: [{ subject: 'subject-of-ann' }] },
    ])
    expect(json(files, 'preferences.json')).toEqual([(await ann.json('GET', '/api/v1/me/preferences')).body])
    const [session] = (await ann.json('GET', '/api/v1/me/sessions')).body as Record<string, unknown>[]
    expect(json(files, 'sessions.json')).toMatchObject([{ id: session?.['id'], device: session?.['device'] }])
    expect(json(files, 'connections.json')).toMatchObject([
      { name: 'Prod', kind: 'snowflake', settings: { account: 'myorg-myaccount' } },
    ])

    const listed = (await ann.json('GET', '/api/v1/conversations')).body as { id: string }[]
    const conversations = await Promise.all(
      listed.map(async ({ id }) => (await ann.json('GET', `/api/v1/conversations/${id}`)).body as Conversation),
    )
    const turns = conversations.flatMap((conversation) => conversation.turns)
    expect(json(files, 'conversations.json').map(({ id }) => id)).toEqual(listed.map(({ id }) => id).toSorted())
    const exported = json(files, 'turns.json')
    expect(exported.map(({ id }) => String(id)).toSorted()).toEqual(turns.map(({ id }) => id).toSorted())
    expect(exported.find(({ sql }) => sql !== null)).toMatchObject({
      sql: 'SELECT N_NAME FROM NATION ORDER BY N_NAME',
      state: 'done',
      problem: null,
    })
    const events = lines(files['events.jsonl']).map((line) => JSON.parse(line) as TurnEvent)
    for (const { id } of turns) {
      const { body } = await ann.json('GET', `/api/v1/turns/${id}`)
      expect(events.filter(({ turnId }) => turnId === id)).toEqual((body as { events: TurnEvent[] }).events)
    }
    expect(json(files, 'audit.json').map(({ action }) => action)).toEqual(
      expect.arrayContaining(['sign_in', 'question.asked', 'preferences.changed', 'connection.added', 'data.exported']),
    )
  })

  test('holds no secret, and in CSV nothing that a spreadsheet would run', async () => {
    const files = await filesOf(ann)
    const all = Object.values(files).join('\n')
    expect(all).not.toContain(secret)
    for (const cookie of ann.cookies.values()) expect(all).not.toContain(cookie)
    expect(json(files, 'turns.json').map(({ question }) => question)).toContain(formula)
    expect(files['turns.csv']).toContain(`"'=HYPERLINK(""http://evil.example"",""how many nations"")"`)
    expect(files['conversations.csv']).toContain(`"'=HYPERLINK(`)
  })

  test('holds nothing of anybody else, for an admin neither', async () => {
    const [own, others] = [await filesOf(ann), await filesOf(ben)]
    const ownAll = Object.values(own).join('\n')
    for (const foreign of ['ben@example.com', 'of ben alone', '4711', 'subject-of-ben'])
      expect(ownAll).not.toContain(foreign)
    const othersAll = Object.values(others).join('\n')
    expect(othersAll).toContain('of ben alone')
    for (const foreign of ['ann@example.com', 'N_NAME', 'Prod', 'evil.example'])
      expect(othersAll).not.toContain(foreign)
  })

  test('of somebody who has done nothing is whole and empty', async () => {
    const files = await filesOf(cid)
    for (const name of ['tokens', 'apps', 'connections', 'shares', 'conversations', 'turns'])
      expect([name, json(files, `${name}.json`), lines(files[`${name}.csv`])]).toEqual([name, [], [expect.any(String)]])
    expect(files['events.jsonl']).toBe('')
    expect(json(files, 'preferences.json')).toMatchObject([{ output: null }])
    expect(files['README.txt']).toMatch(/^Everything that Floe keeps of you/)
  })

  test('tells what was noted about questions, and which conversations are in the archive', async () => {
    const [{ id } = { id: '' }] = (await ben.json('GET', '/api/v1/conversations')).body as { id: string }[]
    const { turns } = (await ben.json('GET', `/api/v1/conversations/${id}`)).body as Conversation
    const turnId = turns[0]?.id ?? ''
    expect((await ben.json('PATCH', `/api/v1/turns/${turnId}`, { note: 'checked with Finance' })).status).toBe(200)
    expect(json(await filesOf(ben), 'conversations.json')).toMatchObject([{ id, archivedAt: null }])
    expect((await ben.json('PATCH', `/api/v1/conversations/${id}`, { archived: true })).status).toBe(200)
    const files = await filesOf(ben)
    expect(json(files, 'turns.json')).toMatchObject([{ id: turnId, note: 'checked with Finance' }])
    expect(json(files, 'conversations.json')).toMatchObject([{ id, archivedAt: expect.stringMatching(/^\d{4}-.*Z$/) }])
  })

  test('is read no further once its client has left', async () => {
    await ask(ann, { sql: 'SELECT * FROM LINEITEM', autoRun: true, maxRows: 6_000 })
    const leaving = new AbortController()
    const response = await ann.request('/api/v1/me/export', { signal: leaving.signal })
    // One at a time, as long as it lasts.
    expect(await ann.json('GET', '/api/v1/me/export')).toMatchObject({ body: { code: 'too_busy' } })
    const reader = response.body?.getReader()
    await reader?.read()
    leaving.abort()
    await expect
      .poll(async () => {
        const again = await download(ann)
        await again.arrayBuffer()
        return again.status
      })
      .toBe(200)
  })
})
