import { describe, expect, test } from 'vitest'
import { makeScriptedLink, rows, type Script } from '../scripted-link.test-support.ts'
import { checkSession } from './check-session.ts'
import { methods } from '../credentials/sign-in-methods.test-support.ts'
import { healthy, keyPair, never } from './patient.test-support.ts'

describe('the check at each sign-in (scripted link)', () => {
  const check = (script: Script) =>
    checkSession({ link: makeScriptedLink(script), signIn: keyPair, methods, userId: 'u', signal: never })

  test('is silent where all is as it should be', async () => {
    expect(await check(healthy)).toBeNull()
  })

  test('names other roles and a missing ceiling', async () => {
    const session = rows('a b c d', ['FLOE', 'R', '{"roles":"","value":"ALL"}', 'W'])
    expect(
      await check([[/^SELECT CURRENT_USER/, session], [/SYS_CONTEXT/, rows('a b', ['FALSE', null])], ...healthy]),
    ).toBe('Other roles are active beside R: ALL. The read-only ceiling is not active in Snowflake.')
  })
})
