import { describe, expect, test } from 'vitest'
import type { SnowflakeSettings } from '../../contract/snowflake/connection.ts'
import type { CatalogScope } from '../../core/ports/catalog-store.ts'
import type { Discoveries } from './discovery/discovery.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'
import { makeHandClock, makeScriptedLink, rows, type Script } from './scripted-link.test-support.ts'
import { makeSnowflakeSession } from './snowflake-session.ts'

const never = new AbortController().signal
const settings = {
  account: 'acme',
  accessUrl: 'https://acme.snowflakecomputing.com',
  role: 'READER',
  warehouse: 'WH',
  database: 'SALES',
  schema: null,
  probing: 'off',
  signIn: { method: 'access_token', user: 'SVC' },
} as unknown as SnowflakeSettings

/** A session over a scripted link; `opened` is what the catalog of a scope was opened with. */
function make(script: Script, more: Partial<SnowflakeSettings> = {}) {
  const link = makeScriptedLink(script)
  const opened: Parameters<Discoveries['open']>[0][] = []
  const session = makeSnowflakeSession({
    onlyRole: null,
    settings: { ...settings, ...more },
    userId: 'ada',
    access: link as unknown as SnowflakeAccess,
    discoveries: {
      open: (options: Parameters<Discoveries['open']>[0]) => {
        opened.push(options)
        return {}
      },
    } as unknown as Discoveries,
    methods: {} as never,
    clock: makeHandClock(),
    egress: [],
    fetch: () => Promise.reject(new Error('nothing is fetched')),
  })
  return { link, opened, session }
}

const proof = (...cells: readonly (string | null)[]): Script => [
  [/^SELECT CURRENT_ORGANIZATION_NAME/, rows('a b c d e', cells)],
]

describe('a session of Snowflake (scripted link)', () => {
  test.each<readonly [readonly (string | null)[], CatalogScope]>([
    [['ACME', 'PROD', 'XY12345', 'AWS_EU_WEST_1', 'READER'], { source: 'ACME-PROD', view: 'READER' }],
    [[null, null, 'XY12345', 'AWS_EU_WEST_1', 'READER'], { source: 'XY12345.AWS_EU_WEST_1', view: 'READER' }],
    [['', 'PROD', 'XY12345', 'AWS_EU_WEST_1', 'ADMIN'], { source: 'XY12345.AWS_EU_WEST_1', view: 'ADMIN' }],
  ])('proves by %j whose view it has', async (cells, scope) => {
    expect(await make(proof(...cells)).session.proveScope(never)).toEqual(scope)
  })

  test.each([null, ''])('has no view without a role: %j', async (role) => {
    const { session } = make(proof('ACME', 'PROD', 'XY12345', 'AWS_EU_WEST_1', role))
    await expect(session.proveScope(never)).rejects.toMatchObject({ problem: { code: 'connection_broken' } })
  })

  test.each([
    ['off', 'off'],
    ['on', 'compare'],
  ] as const)('lets values be asked about as its owner consents: %s is %s', (probing, allowed) => {
    expect(make([], { probing }).session.probing).toBe(allowed)
  })

  test('reads its catalog as one role, and sends nothing once it has another', async () => {
    const { session, opened, link } = make([[/^SHOW/, rows('name', ['T'])]])
    const scope = { source: 'ACME-PROD', view: 'READER' }
    let confirm = () => Promise.resolve()
    session.openCatalog(scope, () => confirm())
    const options = { tag: { purpose: 'discovery', userId: 'ada', turnId: null }, timeoutMs: 1, signal: never }
    expect(opened).toMatchObject([{ scope, userId: 'ada', warehouse: 'WH', defaultDatabase: 'SALES' }])
    await opened[0]?.link.query('SHOW TABLES', options)
    confirm = () => Promise.reject(new Error('another role'))
    await expect(opened[0]?.link.query('SHOW TABLES', options)).rejects.toThrow('another role')
    expect(link.sent).toEqual(['SHOW TABLES'])
  })
})
