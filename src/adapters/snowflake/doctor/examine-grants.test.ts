import { expect, test, describe } from 'vitest'
import { problem } from '../../../core/problem.ts'
import { rows, type Script } from '../scripted-link.test-support.ts'
import { examine, healthy, instead } from './patient.test-support.ts'

describe('[watched-role] can this role write? (scripted link)', () => {
  const columns = 'created_on privilege granted_on name granted_to grantee_name'
  const held = (role: string, ...grants: readonly (readonly [string, string, string])[]): Script[number] => [
    new RegExp(`^SHOW GRANTS TO (DATABASE )?ROLE ${role}$`),
    rows(columns, ...grants.map(([privilege, on, name]) => ['x', privilege, on, name, 'ROLE', role])),
  ]

  test.each([
    [
      'its own privileges',
      [
        held(
          '"FLOE_READER"',
          ['INSERT', 'TABLE', 'SALES.PUBLIC."Or""ders"'],
          ['CREATE TABLE', 'SCHEMA', 'SALES.PUBLIC'],
        ),
      ],
      /INSERT on table SALES\.PUBLIC\."Or""ders", CREATE TABLE on schema SALES\.PUBLIC\./,
      'REVOKE INSERT ON TABLE "SALES"."PUBLIC"."Or""ders" FROM ROLE "FLOE_READER";\nREVOKE CREATE TABLE ON SCHEMA "SALES"."PUBLIC" FROM ROLE "FLOE_READER";',
    ],
    [
      'roles it inherits, and theirs',
      [
        held('"FLOE_READER"', ['USAGE', 'ROLE', 'MIDDLE'], ['USAGE', 'ROLE', 'FLOE_READER']),
        held('"MIDDLE"', ['USAGE', 'DATABASE_ROLE', 'SALES.LOADERS']),
        held('"SALES"\\."LOADERS"', ['TRUNCATE', 'TABLE', 'SALES.PUBLIC.ORDERS']),
      ],
      /TRUNCATE on table SALES\.PUBLIC\.ORDERS through SALES\.LOADERS/,
      'REVOKE TRUNCATE ON TABLE "SALES"."PUBLIC"."ORDERS" FROM DATABASE ROLE "SALES"."LOADERS";',
    ],
    [
      'what everyone may do',
      [held('"PUBLIC"', ['OWNERSHIP', 'TABLE', 'SALES.PUBLIC.SCRATCH'])],
      /OWNERSHIP on table SALES\.PUBLIC\.SCRATCH through PUBLIC/,
      'GRANT OWNERSHIP ON TABLE "SALES"."PUBLIC"."SCRATCH" TO ROLE "SYSADMIN" COPY CURRENT GRANTS;',
    ],
    [
      'privileges nobody has heard of',
      [held('"FLOE_READER"', ['TELEPORT', 'TABLE', 'SALES.PUBLIC.ORDERS'])],
      /TELEPORT/,
      'REVOKE TELEPORT ON TABLE "SALES"."PUBLIC"."ORDERS" FROM ROLE "FLOE_READER";',
    ],
    [
      'procedures it may call',
      [held('"FLOE_READER"', ['USAGE', 'PROCEDURE', 'SALES.PUBLIC."P(X NUMBER):NUMBER"'])],
      /USAGE on procedure/,
      'CREATE ROLE IF NOT EXISTS "FLOE_READER";\nGRANT ROLE "FLOE_READER" TO USER "FLOE";',
    ],
  ] as const)('%s', async (_what, grants, detail, sql) => {
    const { steps, report } = await examine([...grants, ...healthy])
    expect(steps['can-write']).toMatchObject({ state: 'warning', sql })
    expect(steps['can-write']?.detail).toMatch(detail)
    expect(report.warning).toMatch(/Role FLOE_READER can do more than read/)
  })

  test('an administrator', async () => {
    const { report } = await examine(
      instead(/^SELECT CURRENT_USER/, rows('a b c d', ['EVE', 'ACCOUNTADMIN', '', 'FLOE_WH'])),
    )
    expect(report.warning).toBe('This connection uses ACCOUNTADMIN, which may change almost anything in the account.')
  })

  test('a role that may not be looked at is not taken for harmless', async () => {
    const refused = problem('warehouse_failed', 'No.', 'Ask.')
    const { steps, report } = await examine([
      held('"FLOE_READER"', ['USAGE', 'ROLE', 'HIDDEN']),
      [/"HIDDEN"/, refused],
      ...healthy,
    ])
    expect(steps['can-write']).toMatchObject({ state: 'warning', sql: 'SHOW GRANTS TO ROLE "HIDDEN";' })
    expect(report.warning).toBe('Whether role FLOE_READER can only read could not be told.')
  })

  test('a question about it that fails is not taken for harmless', async () => {
    const lost = problem('warehouse_unreachable', 'The connection broke.', 'Try again.')
    const { steps, report } = await examine(instead(/^SHOW GRANTS/, lost))
    expect(steps['can-write']).toMatchObject({ state: 'failed', detail: 'The connection broke.' })
    expect(report.warning).toBe('Whether the role of this connection can only read could not be told.')
  })

  test('what everyone has in a new account is no warning', async () => {
    const everyone = held(
      '"PUBLIC"',
      ['USAGE', 'DATABASE_ROLE', 'SNOWFLAKE.CORTEX_USER'],
      ['USAGE', 'PROCEDURE', 'SNOWFLAKE.ML."P():VARCHAR"'],
      ['USE AI FUNCTIONS', 'ACCOUNT', 'MYACCOUNT'],
    )
    expect((await examine([everyone, ...healthy])).report.warning).toBeNull()
  })
})
