import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Group } from '../../src/contract/groups.ts'
import { BrowserClient } from '../support/browser-client.ts'
import { person } from '../support/openid-issuer.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'

let organisation: Organisation
let admin: BrowserClient

beforeAll(async () => {
  organisation = await startOrganisation({
    ADMIN_EMAILS: 'admin@example.com',
    ALLOWED_EMAIL_DOMAINS: 'example.com',
    OIDC_GROUPS_CLAIM: 'groups',
  })
  admin = await organisation.signedIn('admin')
}, 120_000)
afterAll(() => organisation.close())

/** A browser in which this person has signed in with these groups in the identity token. */
async function signedIn(name: string, groups: unknown): Promise<BrowserClient> {
  organisation.issuer.says = person(name, { groups })
  const browser = new BrowserClient(organisation.server.url)
  expect((await browser.signIn()).status).toBe(303)
  return browser
}
const idOf = async (browser: BrowserClient): Promise<string> =>
  ((await browser.json('GET', '/api/v1/me')).body as { id: string }).id
const make = async (name: string): Promise<Group> => {
  const { status, body } = await admin.json('POST', '/api/v1/groups', { name })
  expect(status).toBe(201)
  return body as Group
}
const groupsNow = async (): Promise<readonly Group[]> => (await admin.json('GET', '/api/v1/groups')).body as Group[]
const membersOf = async (id: string) =>
  (await groupsNow()).find((group) => group.id === id)?.members.map(({ name, source }) => `${name}: ${source}`)
/** The groups that a request of this browser is made with. */
const groupsOf = async (browser: BrowserClient): Promise<readonly string[] | undefined> => {
  const value = browser.cookies.get('floe-session') ?? ''
  return (await organisation.floe.identify('page', { kind: 'session', value }))?.groups
}
const auditOf = async (action: string): Promise<readonly unknown[]> => {
  const { body } = await admin.json('GET', `/api/v1/audit?limit=200&q=${action}`)
  return (body as { entries: { action: string; facts: unknown }[] }).entries
    .filter((entry) => entry.action === action)
    .map(({ facts }) => facts)
}

describe('groups', () => {
  test('are made, renamed and deleted by admins; two cannot have one name', async () => {
    const { id } = await make('Finance')
    expect(await admin.json('POST', '/api/v1/groups', { name: 'FINANCE' })).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    })
    const other = await make('Operations')
    expect(await admin.json('PATCH', `/api/v1/groups/${other.id}`, { name: 'finance' })).toMatchObject({ status: 400 })
    expect(await admin.json('PATCH', `/api/v1/groups/${id}`, { name: 'Finance and tax' })).toMatchObject({
      status: 200,
      body: { id, name: 'Finance and tax', members: [] },
    })
    expect((await groupsNow()).map(({ name }) => name)).toEqual(['Finance and tax', 'Operations'])
    expect((await admin.json('DELETE', `/api/v1/groups/${other.id}`)).status).toBe(200)
    expect((await admin.json('DELETE', `/api/v1/groups/${other.id}`)).status).toBe(404)
    expect(await auditOf('group.renamed')).toMatchObject([{ before: 'Finance', name: 'Finance and tax' }])
    expect(await auditOf('group.removed')).toMatchObject([{ name: 'Operations' }])
  })

  test('a membership holds from the next request on, in a session and with a token, and ends so', async () => {
    const { id } = await make('Analysts')
    const cora = await signedIn('cora', undefined)
    const personId = await idOf(cora)
    const made = await cora.json('POST', '/api/v1/me/tokens', { name: 't', scopes: [], days: 1 })
    const { token } = made.body as { token: string }
    const byToken = async () => (await organisation.floe.identify('api', { kind: 'token', value: token }))?.groups
    expect([await groupsOf(cora), await byToken()]).toEqual([[], []])
    const joined = await admin.json('PUT', `/api/v1/groups/${id}/members/${personId}`)
    expect(joined).toMatchObject({ status: 200, body: { members: [{ personId, source: 'manual' }] } })
    expect([await groupsOf(cora), await byToken()]).toEqual([[id], [id]])
    expect((await admin.json('DELETE', `/api/v1/groups/${id}/members/${personId}`)).status).toBe(200)
    expect([await groupsOf(cora), await byToken()]).toEqual([[], []])
    expect((await admin.json('DELETE', `/api/v1/groups/${id}/members/${personId}`)).status).toBe(404)
    expect(await auditOf('group.joined')).toContainEqual({ group: id, name: 'Analysts', person: personId })
    expect(await auditOf('group.left')).toContainEqual({ group: id, name: 'Analysts', person: personId })
  })

  test('follow the claim of the issuer at every sign-in; what an admin set by hand stays', async () => {
    const [sales, board, manual] = [await make('Sales'), await make('Board'), await make('By hand')]
    const dan = await signedIn('dan', ['SALES', 'Board', 'No such group', 7, 'bad\u0000name'])
    const personId = await idOf(dan)
    expect((await groupsOf(dan))?.toSorted()).toEqual([sales.id, board.id].toSorted())
    expect(await membersOf(sales.id)).toEqual(['Dan Example: claim'])
    for (const { id } of [manual, board])
      expect((await admin.json('PUT', `/api/v1/groups/${id}/members/${personId}`)).status).toBe(200)
    expect(await membersOf(board.id)).toEqual(['Dan Example: manual'])

    await signedIn('dan', 'Sales')
    expect((await groupsOf(dan))?.toSorted()).toEqual([sales.id, board.id, manual.id].toSorted())
    await signedIn('dan', { not: 'a list' })
    expect((await groupsOf(dan))?.toSorted()).toEqual([board.id, manual.id].toSorted())
    expect(await auditOf('group.joined')).toContainEqual({ name: 'Board', person: personId, by: 'sign-in' })
    expect(await auditOf('group.left')).toEqual([
      { name: 'Sales', person: personId, by: 'sign-in' },
      expect.objectContaining({ name: 'Analysts' }),
    ])
    expect((await groupsNow()).map(({ name }) => name)).not.toContain('No such group')
  })

  test('a claim of another name is no claim, and a person who leaves is in no group any more', async () => {
    const { id } = await make('Leavers')
    organisation.issuer.says = person('eve', { roles: ['Leavers'] })
    const eve = new BrowserClient(organisation.server.url)
    await eve.signIn()
    expect(await groupsOf(eve)).toEqual([])
    await signedIn('eve', ['Leavers'])
    expect(await membersOf(id)).toEqual(['Eve Example: claim'])
    expect((await eve.json('DELETE', '/api/v1/me', { confirm: 'eve@example.com' })).status).toBe(200)
    expect(await membersOf(id)).toEqual([])
  })
})
