import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/contract/audit.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { openSocket } from '../support/started-server.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let admin: BrowserClient
let member: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({ ADMIN_EMAILS: 'ada@example.com', ALLOWED_EMAIL_DOMAINS: 'example.com' })
  admin = await organisation.signedIn('ada')
  member = await organisation.signedIn('ben')
}, 120_000)
afterAll(() => organisation.close())

/** Runs SQL as the member and returns the text of all events. */
async function run(turnId: string, sql: string): Promise<string> {
  const answer = await member.request('/api/v1/turns', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: organisation.server.url },
    body: JSON.stringify({ turnId, sql, autoRun: true }),
  })
  return await answer.text()
}

const exported = async (query: string): Promise<string> =>
  await (await admin.request(`/api/v1/audit/export?${query}`)).text()

const entriesAbout = async (words: string): Promise<readonly AuditEntry[]> =>
  (await exported(`format=ndjson&q=${words}`))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEntry)
    // Each download is an entry that names the words, too.
    .filter(({ facts }) => facts['words'] !== words)

describe('what is written down of a query', () => {
  test('how it ran: who let it, how many rows and bytes came', async () => {
    const turn = randomUUID()
    expect(await run(turn, 'SELECT 1 AS N UNION ALL SELECT 2')).toContain('turn.done')
    const [ran, asked, ...others] = await entriesAbout(turn)
    expect(others).toEqual([])
    expect(asked).toMatchObject({ action: 'question.asked', facts: { connection: 'sample', autoRun: true } })
    expect(ran).toMatchObject({
      action: 'query.run',
      person: { email: 'ben@example.com' },
      door: 'page',
      facts: { turn, connection: 'sample', by: 'auto', outcome: 'done', rows: 2, bytes: expect.any(Number) as number },
    })
  })

  test('that its result was exported: as which file, with how many rows and bytes', async () => {
    const turn = randomUUID()
    await run(turn, 'SELECT 1 AS N UNION ALL SELECT 2')
    const answer = await member.request(`/api/v1/turns/${turn}/export?format=csv`, {})
    expect(await answer.text()).toBe('N\n1\n2\n')
    const [exported, again] = await entriesAbout(turn)
    expect(exported).toMatchObject({
      action: 'result.exported',
      person: { email: 'ben@example.com' },
      facts: { turn, connection: 'sample', format: 'csv', view: 'all', outcome: 'done', rows: 2, bytes: 6 },
    })
    expect(again).toMatchObject({ action: 'query.run', facts: { turn, format: 'csv', rows: 2 } })
  })

  test('that it failed in the warehouse', async () => {
    const turn = randomUUID()
    expect(await run(turn, "SELECT CAST(N AS INTEGER) FROM (SELECT 'x' AS N UNION ALL SELECT 'y')")).toContain(
      'turn.failed',
    )
    expect((await entriesAbout(turn))[0]).toMatchObject({ action: 'query.run', facts: { outcome: 'failed' } })
  })

  test('that it was refused, without its text', async () => {
    const turn = randomUUID()
    expect(await run(turn, 'DROP TABLE SECRET_PLANS')).toContain('turn.failed')
    const entries = await entriesAbout(turn)
    expect(entries.map(({ action }) => action)).toEqual(['query.refused', 'question.asked'])
    expect(entries[0]).toMatchObject({ facts: { code: 'sql_refused' } })
    expect(await exported('format=csv')).not.toContain('SECRET_PLANS')
  })

  test('that a page asked it over its socket, or a program with a token', async () => {
    const [ofPage, ofProgram] = [randomUUID(), randomUUID()]
    const { server } = organisation
    const cookie = [...member.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const page = await openSocket(server.socketUrl, { origin: server.url, headers: { cookie } })
    page.say({ command: 'ask', id: '1', ask: { turnId: ofPage, sql: 'SELECT 1 AS N', autoRun: true } })
    await page.until((frames) => frames.some(({ kind }) => kind === 'turn.done'))
    page.socket.terminate()
    const made = (await member.json('POST', '/api/v1/me/tokens', { name: 'p', scopes: ['ask'], days: 1 })).body
    const asked = await fetch(`${server.url}/api/v1/turns`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${(made as { token: string }).token}` },
      body: JSON.stringify({ turnId: ofProgram, sql: 'SELECT 1 AS N', autoRun: true }),
    })
    expect(await asked.text()).toContain('turn.done')
    const doors = async (turn: string) => new Set((await entriesAbout(turn)).map(({ door }) => door))
    expect([await doors(ofPage), await doors(ofProgram)]).toEqual([new Set(['page']), new Set(['api'])])
  })

  test('that an edit was refused', async () => {
    const turn = randomUUID()
    const headers = { 'content-type': 'application/json', origin: organisation.server.url }
    const body = JSON.stringify({ turnId: turn, sql: 'SELECT 1 AS N' })
    const stream = await member.request('/api/v1/turns', { method: 'POST', headers, body })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ''
    while (!seen.includes('query.proposed')) seen += (await reader?.read())?.value ?? ''
    const edit = await member.json('POST', `/api/v1/turns/${turn}/edit`, { sql: 'DELETE FROM ORDERS' })
    expect(edit.status).toBe(422)
    await member.json('POST', `/api/v1/turns/${turn}/cancel`, {})
    await reader?.cancel()
    expect((await entriesAbout(turn)).map(({ action }) => action)).toEqual(['query.refused', 'question.asked'])
  })
})

describe('the audit as a file', () => {
  test('holds every entry, more than one reading takes, in both formats', async () => {
    const caller = { userId: randomUUID(), door: 'cli' } as const
    for (let count = 0; count < 1_100; count += 1)
      await organisation.floe.services.people.audit.note(caller, 'token.ended', { token: `bulk-${count}` })
    const lines = await entriesAbout('bulk-')
    const tokens = lines.map(({ facts }) => facts['token'])
    expect(tokens).toEqual(Array.from({ length: 1_100 }, (_, index) => `bulk-${1_099 - index}`))
    const csv = await exported('q=bulk-')
    expect(csv.split('\r\n')).toHaveLength(1_100 + 4)
  })

  test('is a file that no spreadsheet runs', async () => {
    await admin.json('POST', '/api/v1/me/tokens', { name: '=1+1', scopes: [], days: 1 })
    await member.json('PATCH', '/api/v1/me', { name: '=HYPERLINK("https://evil.example")' })
    await member.json('POST', '/api/v1/me/tokens', { name: 'formula', scopes: [], days: 1 })
    const answer = await admin.request('/api/v1/audit/export?format=csv&q=formula')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="floe-audit-[\d-]{10}\.csv"$/)
    const [head, _own, line] = (await answer.text()).split('\r\n')
    expect(head).toBe('at,person_id,person,email,door,action,facts')
    expect(line).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
  })

  test('is itself written down, and only admins get it', async () => {
    await exported('format=ndjson&q=nothing')
    expect((await entriesAbout('audit.exported'))[0]).toMatchObject({
      person: { email: 'ada@example.com' },
      facts: { words: 'nothing', format: 'ndjson' },
    })
    expect((await member.json('GET', '/api/v1/audit/export')).status).toBe(403)
    expect((await admin.json('GET', '/api/v1/audit/export?format=exe')).status).toBe(400)
  })
})
