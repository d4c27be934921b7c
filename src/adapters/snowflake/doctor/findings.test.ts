import { describe, expect, test } from 'vitest'
import { problem } from '../../../core/problem.ts'
import { rows } from '../scripted-link.test-support.ts'
import { examine, instead } from './patient.test-support.ts'

describe('what the doctor finds and how it is mended (scripted link)', () => {
  test.each([
    [
      'secondary roles',
      /^SELECT CURRENT_USER/,
      rows('a b c d', ['FLOE', 'FLOE_READER', '{"roles":"LOADER,ACCOUNTADMIN","value":"ALL"}', 'FLOE_WH']),
      { role: ['warning', /LOADER, ACCOUNTADMIN/, 'ALTER USER "FLOE" SET DEFAULT_SECONDARY_ROLES = ();'] },
      /active beside FLOE_READER: LOADER/,
    ],
    [
      'no warehouse at all',
      /^SHOW WAREHOUSES|^SELECT CURRENT_USER/,
      rows('name b c d', ['FLOE', 'FLOE_READER', null, null]),
      {
        warehouse: [
          'failed',
          /may not use the warehouse FLOE_WH/,
          'GRANT USAGE ON WAREHOUSE "FLOE_WH" TO ROLE "FLOE_READER";',
        ],
      },
      null,
    ],
    [
      'a warehouse that stays suspended',
      /^SHOW WAREHOUSES/,
      rows('name state size auto_suspend auto_resume', ['FLOE_WH', 'SUSPENDED', 'X-Small', '60', 'false']),
      { warehouse: ['failed', /does not start by itself/, 'ALTER WAREHOUSE "FLOE_WH" SET AUTO_RESUME = TRUE;'] },
      null,
    ],
    [
      'a warehouse that never sleeps',
      /^SHOW WAREHOUSES/,
      rows('name state size auto_suspend auto_resume', ['FLOE_WH', 'STARTED', 'Large', null, 'true']),
      { warehouse: ['warning', /never goes to sleep/, 'ALTER WAREHOUSE "FLOE_WH" SET AUTO_SUSPEND = 60;'] },
      null,
    ],
    [
      'no database',
      /^SHOW TERSE DATABASES/,
      rows('name', ['SNOWFLAKE']),
      { databases: ['failed', /sees no database/, /^GRANT USAGE ON DATABASE "YOUR_DATABASE" TO ROLE "FLOE_READER";/] },
      null,
    ],
    [
      'a database without tables',
      /^SHOW TERSE OBJECTS/,
      rows('name'),
      {
        databases: [
          'failed',
          /no table in SALES/,
          /GRANT SELECT ON FUTURE TABLES IN DATABASE "SALES" TO ROLE "FLOE_READER";/,
        ],
      },
      null,
    ],
    [
      'no agent, so no ceiling',
      /^SELECT SYS_CONTEXT/,
      rows('a b', ['FALSE', null]),
      {
        'read-only-ceiling': [
          'warning',
          /not take this session for an agent's/,
          /^ALTER USER "FLOE" SET TYPE = SERVICE_AGENT;/,
        ],
      },
      /ceiling is not active/,
    ],
    [
      'an agent without a session policy',
      /^SELECT SYS_CONTEXT/,
      rows('a b', ['TRUE', '[]']),
      {
        'read-only-ceiling': [
          'warning',
          /no session policy/,
          /AGENT_RESTRICTED_SESSION_SCOPE = 'SNOWFLAKE\$DATA_READ';\nALTER USER "FLOE" SET SESSION POLICY/,
        ],
      },
      /ceiling is not active/,
    ],
    [
      'a scope that allows writing',
      /^SELECT SYS_CONTEXT/,
      rows('a b', ['TRUE', '[{"name":"X.Y.OWN","definition":"privileges:\\n - privileges: [data read, data write]"}]']),
      { 'read-only-ceiling': ['warning', /X\.Y\.OWN limits this session, but not to reading/, /SNOWFLAKE\$DATA_READ/] },
      /ceiling is not active/,
    ],
    [
      'a company’s own scope that only reads',
      /^SELECT SYS_CONTEXT/,
      rows('a b', [
        'TRUE',
        '[{"name":"X.Y.OWN","definition":"privileges:\\n - privileges: [data read]\\n   account: [all]"}]',
      ]),
      { 'read-only-ceiling': ['ok', /X\.Y\.OWN/, null] },
      null,
    ],
    [
      'an account without such scopes',
      /^SELECT SYS_CONTEXT/,
      problem('sql_invalid', 'Unknown function SYS_CONTEXT.', 'Change it.'),
      { 'read-only-ceiling': ['warning', /does not know restricted session scopes/, null] },
      /ceiling is not active/,
    ],
    [
      'two days for a query',
      /^SHOW PARAMETERS/,
      rows('key value', ['STATEMENT_TIMEOUT_IN_SECONDS', '172800']),
      {
        'statement-timeout': [
          'warning',
          /may run for hours/,
          'ALTER WAREHOUSE "FLOE_WH" SET STATEMENT_TIMEOUT_IN_SECONDS = 300;',
        ],
      },
      null,
    ],
    [
      'a question that fails',
      /^SHOW PARAMETERS/,
      problem('query_timeout', 'Too slow.', 'Wait.'),
      { 'statement-timeout': ['failed', /Too slow/, null] },
      null,
    ],
  ] as const)('%s', async (_what, pattern, told, expected, warning) => {
    const { steps, report } = await examine(instead(pattern, told))
    for (const [name, [state, detail, sql]] of Object.entries(expected)) {
      expect(steps[name]?.state).toBe(state)
      expect(steps[name]?.detail).toMatch(detail)
      if (sql instanceof RegExp) expect(steps[name]?.sql).toMatch(sql)
      else expect(steps[name]?.sql).toBe(sql)
      if (state !== 'ok') expect(steps[name]?.action).not.toBeNull()
    }
    if (warning === null) expect(report.warning).toBeNull()
    else expect(report.warning).toMatch(warning)
  })
})
