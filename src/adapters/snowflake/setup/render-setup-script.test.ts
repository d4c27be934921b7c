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

/** A script as a client sends it, statement by statement, without comments. */
const statementsOf = (script: string): readonly string[] =>
  (
    script
      .replaceAll(/^--.*$/gm, '')
      .match(/(?:"(?:[^"]|"")*"|'(?:[^'\\]|''|\\[\s\S])*'|\$\$[\s\S]*?\$\$|[^;"'])+;/g) ?? []
  ).map((one) => one.slice(0, -1).trim())

const oauth = {
  kind: 'oauth',
  integration: 'FLOE',
  redirectUri: 'https://floe.example/oauth/callback',
  users: ['ANN'],
} as const

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
    const granted = [...script.matchAll(/^\s*GRANT (.+?) (?:ON|TO USER) /gm)].map((found) => found[1])
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
  ] as const)('%s: an agent signs in, under a restricted session scope', (_kind, signIn, pattern) => {
    const script = renderSetupScript(choices({ signIn }))
    expect(script).toMatch(pattern)
    expect(script).toContain("AGENT_RESTRICTED_SESSION_SCOPE = 'SNOWFLAKE$DATA_READ'")
    expect(script).toContain(
      signIn.kind === 'oauth'
        ? 'ALTER USER "ANN" SET SESSION POLICY "FLOE_POLICIES"."PUBLIC"."FLOE_AGENTS";'
        : 'ALTER USER "FLOE" SET SESSION POLICY "FLOE_POLICIES"."PUBLIC"."FLOE_SESSIONS" FORCE;',
    )
  })

  test('people keep their sessions outside Floe: their policy holds the agent scope alone', () => {
    const [policy, ...others] = statementsOf(renderSetupScript(choices({ signIn: oauth })))
      .flatMap((one) => one.split('\n'))
      .filter((line) => line.includes('CREATE SESSION POLICY'))
    expect(others).toEqual([])
    expect(policy?.trim()).toBe(
      `CREATE SESSION POLICY IF NOT EXISTS "FLOE_POLICIES"."PUBLIC"."FLOE_AGENTS" AGENT_RESTRICTED_SESSION_SCOPE = 'SNOWFLAKE$DATA_READ';`,
    )
    const service = renderSetupScript(choices())
    expect(service).toContain(`SESSION_IDLE_TIMEOUT_MINS = 60 BLOCKED_SECONDARY_ROLES = ('ALL')`)
  })

  test('reads Iceberg tables, what is there and what will be', () => {
    const script = renderSetupScript(choices())
    for (const which of ['ALL', 'FUTURE'])
      expect(script).toContain(`GRANT SELECT ON ${which} ICEBERG TABLES IN DATABASE "SALES" TO ROLE "FLOE_READER";`)
  })

  test.each([
    [
      'access_token',
      { kind: 'access_token' },
      /ADD PROGRAMMATIC ACCESS TOKEN IF NOT EXISTS FLOE_TOKEN/,
      /Copy token_secret now/,
    ],
    ['oauth', oauth, /^SELECT SYSTEM\$SHOW_OAUTH_CLIENT_SECRETS\('FLOE'\)$/, /Copy them now/],
  ] as const)(
    '%s: "run all" ends on what has to be copied, with the way back before it',
    (_kind, signIn, last, words) => {
      const script = renderSetupScript(choices({ signIn }))
      expect(statementsOf(script).at(-1)).toMatch(last)
      const comments = script.split('\n').filter((line) => line.startsWith('--'))
      expect(comments.at(-1)).toMatch(words)
      expect(comments.join('\n')).toMatch(/The way back[\s\S]*DROP ROLE IF EXISTS "FLOE_READER";/)
      if (signIn.kind === 'access_token')
        expect(comments.join('\n')).toMatch(/ROTATE PROGRAMMATIC[\s\S]*REMOVE PROGRAMMATIC/)
    },
  )

  test.each([
    ['Standard', /MATERIALIZED VIEWS|SESSION POLICY/],
    ['one without semantic views', /SEMANTIC VIEWS/],
    ['one that knows no restricted scopes', /RESTRICTED_SESSION_SCOPE/],
  ])('"run all" comes to its end on %s', (_edition, missing) => {
    for (const signIn of [oauth, { kind: 'access_token' }, { kind: 'key_pair', publicKey: 'MII' }] as const) {
      const statements = statementsOf(renderSetupScript(choices({ signIn })))
      const refused = statements.filter((one) => !one.startsWith('EXECUTE IMMEDIATE') && missing.test(one))
      expect(refused).toEqual([])
      for (const block of statements.filter((one) => one.startsWith('EXECUTE IMMEDIATE')))
        expect(block).toMatch(
          /^EXECUTE IMMEDIATE \$\$\nBEGIN\n(?: {2}.+;\n)+EXCEPTION\n {2}WHEN OTHER THEN\n {4}RETURN .*;\nEND\n\$\$$/,
        )
      // What may be missing stands behind everything else that makes something.
      const firstBlock = statements.findIndex((one) => one.startsWith('EXECUTE IMMEDIATE'))
      expect(statements.slice(firstBlock).filter((one) => /^(CREATE|GRANT)\b/.test(one))).toEqual([])
    }
  })

  test('running it again changes nothing: whatever is made is made if it is not there', () => {
    for (const signIn of [oauth, { kind: 'access_token' }] as const)
      for (const statement of statementsOf(renderSetupScript(choices({ signIn, egress: ['203.0.113.7'] }))))
        for (const [made] of statement.matchAll(/^\s*(?:CREATE|ALTER USER "FLOE" ADD)\b.*/gm))
          expect(made).toMatch(/CREATE OR ALTER NETWORK RULE|IF NOT EXISTS/)
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
