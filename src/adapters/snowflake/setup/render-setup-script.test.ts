import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderSetupScript } from './render-setup-script.ts'
import { defaultSetup, type SetupChoices } from './setup-choices.ts'

const choices = (more: Partial<SetupChoices> = {}): SetupChoices => ({
  ...defaultSetup,
  databases: [{ name: 'SALES', isShare: false }],
  ...more,
})

/**
 * A script with every quoted name, literal and comment taken out, by Snowflake's lexical rules: `""` in names, `''` and the backslash in texts,
 * `--` and `//` to the end of the line, block comments and `$$`.
 */
function skeleton(script: string): string {
  return script.replaceAll(
    /"(?:[^"]|"")*"|'(?:[^'\\]|''|\\[\s\S])*'|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\$\$[\s\S]*?\$\$/g,
    (found) => (found.startsWith('"') ? 'N' : found.startsWith("'") ? 'T' : ''),
  )
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    '"; DROP DATABASE SALES; --',
    String.raw`x\'; DROP ROLE R; --`,
    "x'; GRANT ROLE ACCOUNTADMIN TO USER EVE; --",
    'x\n; DROP USER A; /*',
    '*/ $$ ; DROP TABLE T; $$',
    String.raw`\"`,
    '//',
  ),
)

describe('the setup script (documented syntax; nothing here runs it)', () => {
  test('whatever stands in a name or a text, the statements stay the same', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 9, maxLength: 9 }), fc.boolean(), (texts, isOauth) => {
        const make = (at: (index: number) => string): string =>
          renderSetupScript({
            ...defaultSetup,
            role: at(0),
            warehouse: at(1),
            user: at(2),
            databases: [
              { name: at(3), isShare: false },
              { name: at(4), isShare: true },
            ],
            policies: { database: at(5), schema: at(6) },
            egress: ['203.0.113.7'],
            signIn: isOauth
              ? {
                  kind: 'oauth',
                  integration: at(7),
                  redirectUri: `https://floe.example/${at(8)}`,
                  users: [at(2), at(8)],
                }
              : { kind: 'access_token' },
          })
        expect(skeleton(make((index) => texts[index] ?? ''))).toBe(skeleton(make(() => 'PLAIN')))
      }),
    )
  })

  test('the skeleton sees an injection where names are not quoted', () => {
    expect(skeleton('CREATE ROLE "a"";b"; -- "x"\n')).toBe('CREATE ROLE N; \n')
    expect(skeleton(String.raw`SELECT 'a\'; DROP x' , 'it''s'`)).toBe('SELECT T , T')
  })

  test('grants reading and nothing else', () => {
    const script = renderSetupScript(choices({ egress: ['203.0.113.0/28'] }))
    const granted = [...script.matchAll(/^GRANT (.+?) (?:ON|TO USER) /gm)].map((found) => found[1])
    expect(new Set(granted)).toEqual(new Set(['USAGE', 'SELECT', 'ROLE "FLOE_READER"']))
    expect(script).not.toMatch(/\b(ALL PRIVILEGES|OWNERSHIP|OPERATE|MODIFY)\b/)
  })

  test.each([
    ['key_pair', { kind: 'key_pair', publicKey: 'MIIBIjAN' }, /TYPE = SERVICE_AGENT .* RSA_PUBLIC_KEY = 'MIIBIjAN';/],
    [
      'access_token',
      { kind: 'access_token' },
      /ADD PROGRAMMATIC ACCESS TOKEN IF NOT EXISTS FLOE_TOKEN ROLE_RESTRICTION = 'FLOE_READER'/,
    ],
    [
      'oauth',
      { kind: 'oauth', integration: 'FLOE', redirectUri: 'https://floe.example/oauth/callback', users: ['ANN'] },
      /OAUTH_REDIRECT_URI = 'https:\/\/floe\.example\/oauth\/callback' .* IS_AGENTIC = TRUE;/,
    ],
  ] as const)('%s: an agent signs in, under the ceiling', (_kind, signIn, pattern) => {
    const script = renderSetupScript(choices({ signIn }))
    expect(script).toMatch(pattern)
    expect(script).toContain("AGENT_RESTRICTED_SESSION_SCOPE = 'SNOWFLAKE$DATA_READ'")
    expect(script).toContain(
      `ALTER USER "${signIn.kind === 'oauth' ? 'ANN' : 'FLOE'}" SET SESSION POLICY "FLOE_POLICIES"."PUBLIC"."FLOE_SESSIONS"`,
    )
  })

  test('addresses make a network rule; without any the network stays as it is', () => {
    expect(renderSetupScript(choices({ egress: ['203.0.113.7'] }))).toContain(
      `CREATE NETWORK POLICY IF NOT EXISTS "FLOE_NETWORK" ALLOWED_NETWORK_RULE_LIST = ('"FLOE_POLICIES"."PUBLIC"."FLOE_ADDRESSES"');`,
    )
    expect(renderSetupScript(choices())).not.toContain('NETWORK')
  })

  test('a share takes its own grant', () => {
    const script = renderSetupScript(choices({ databases: [{ name: 'SNOWFLAKE_SAMPLE_DATA', isShare: true }] }))
    expect(script).toContain('GRANT IMPORTED PRIVILEGES ON DATABASE "SNOWFLAKE_SAMPLE_DATA" TO ROLE "FLOE_READER";')
  })

  test.each([
    ['an address', { egress: ["1.2.3.4'); DROP"] }],
    ['an address out of range', { egress: ['1.2.3.256'] }],
    ['credits', { monthlyCredits: 0.5 }],
    ['seconds', { statementTimeoutSeconds: Number.NaN }],
    ['a public key', { signIn: { kind: 'key_pair', publicKey: "x' y" } }],
    ['a way back', { signIn: { kind: 'oauth', integration: 'F', redirectUri: 'ftp://x', users: [] } }],
  ] as const)('refuses %s that makes no script', (_what, wrong) => {
    expect(() => renderSetupScript(choices(wrong))).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'bad_request' }) as unknown }),
    )
  })
})
