import { describe, expect, test } from 'vitest'
import { problem } from '../../../core/problem.ts'
import { rows, type Script } from '../scripted-link.test-support.ts'
import { examine, healthy } from './patient.test-support.ts'

const refused = problem('sql_invalid', 'Snowflake refused the statement.', 'Look at the details.', {
  details: ['003001: Insufficient privileges to operate on account. Restricted session scope: SNOWFLAKE$DATA_READ'],
})
const told = (name: string, definition = '') => rows('a b', ['TRUE', JSON.stringify([{ name, definition }])])
const scripted = (answers: Script): Script => [...answers, ...healthy]
const allowing =
  /CREATE OR ALTER RESTRICTED SESSION SCOPE .*\n.*\n.*\n.*data read, object discovery, compute usage[\s\S]*ALTER SESSION POLICY/

describe('a restricted session scope without object discovery (scripted link)', () => {
  test('that refuses SHOW is what is found, with the statement that allows it', async () => {
    const script = scripted([
      [/^SHOW TERSE DATABASES/, refused],
      [/^SHOW WAREHOUSES/, refused],
    ])
    const { steps } = await examine(script)
    for (const name of ['databases', 'warehouse']) {
      expect(steps[name]?.detail).toContain('The restricted session scope SNOWFLAKE$DATA_READ does not let Floe list')
      expect(steps[name]?.sql).toMatch(allowing)
    }
    expect(steps['read-only-ceiling']?.state).toBe('ok')
  })

  test('is named where SHOW lists nothing, beside what may be missing else', async () => {
    const { steps } = await examine(scripted([[/^SHOW TERSE DATABASES/, rows('name')]]))
    expect(steps['databases']).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(
        /sees no database\. Or the restricted session scope SNOWFLAKE\$DATA_READ hides it/,
      ) as string,
      sql: expect.stringMatching(allowing) as string,
    })
  })

  test.each([
    ['allows discovery', told('A.B.C', 'privileges: [data read, object discovery]')],
    ['is not active', rows('a b', ['FALSE', null])],
  ])('is not blamed where the scope %s', async (_what, context) => {
    const { steps } = await examine(
      scripted([
        [/^SHOW TERSE DATABASES/, rows('name')],
        [/^SELECT SYS_CONTEXT/, context],
      ]),
    )
    expect(steps['databases']?.detail).toMatch(/sees no database\.$/)
    expect(steps['databases']?.sql).not.toContain('RESTRICTED SESSION SCOPE')
  })
})
