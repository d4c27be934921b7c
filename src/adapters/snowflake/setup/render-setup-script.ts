import { quotedName, quotedText } from '../../../core/catalog/sql-quoting.ts'
import type { KindCommandLine } from '../../../core/ports/connection-kind.ts'
import { problem } from '../../../core/problem.ts'
import { checkChoices, defaultSetup, type SetupChoices, type SetupSignIn } from './setup-choices.ts'
import {
  asScript,
  createIntegration,
  createPolicyPlace,
  createRole,
  createToken,
  createUser,
  createWarehouse,
  grantDatabase,
  grantEditionKinds,
  restrictNetwork,
  restrictSessions,
  type Statements,
  undoSetup,
  unlessMissing,
} from './setup-statements.ts'

interface Section {
  /** Lines of fixed text: nothing chosen may stand in a comment. */
  readonly title: string
  readonly statements: Statements
}

/**
 * The SQL that an administrator runs once, as a whole, so that Floe can read and do nothing else. Running it again changes nothing. What an
 * edition may lack comes after the rest and fails without stopping it; what shows a secret is the last statement, because "run all" shows the
 * last result. Names and texts are quoted, whatever stands in them. Throws `bad_request` for choices that make no script.
 */
export function renderSetupScript(choices: SetupChoices): string {
  checkChoices(choices)
  const sections = sectionsOf(choices).filter(({ statements }) => statements.length > 0)
  return [
    '-- Lets Floe read these databases, and nothing else. Run all of it as ACCOUNTADMIN; running it again changes nothing.',
    asScript(['USE ROLE ACCOUNTADMIN']),
    ...sections.map(({ title, statements }) => `\n${comment(title)}\n${asScript(statements)}`),
    '',
  ].join('\n')
}

const comment = (text: string): string =>
  text
    .split('\n')
    .map((line) => `-- ${line}`)
    .join('\n')

function sectionsOf(choices: SetupChoices): readonly Section[] {
  const { signIn, role, databases } = choices
  const isService = signIn.kind !== 'oauth'
  return [
    { title: 'A role that reads.', statements: createRole(choices) },
    {
      title: 'A small warehouse that sleeps after a minute and stops at its monthly quota.',
      statements: createWarehouse(choices),
    },
    {
      title: 'What Floe may read, now and later.',
      statements: databases.flatMap((database) => grantDatabase(role, database)),
    },
    {
      title: 'The user Floe signs in as: an agent, so that the restricted session scope below applies.',
      statements: createUser(choices),
    },
    { title: 'People sign in with their own users.', statements: createIntegration(choices) },
    { title: 'A place for the policies.', statements: createPolicyPlace(choices) },
    {
      title: 'Only the addresses that Floe connects from.',
      statements: isService ? restrictNetwork(choices) : [],
    },
    ...editionSections(choices),
    ...lastSections(choices),
  ]
}

/** What not every edition has. */
function editionSections({ signIn, role, user, databases, policies }: SetupChoices): readonly Section[] {
  const isService = signIn.kind !== 'oauth'
  const scopes = isService
    ? [restrictSessions(policies, [user], true)]
    : signIn.users.map((person) => restrictSessions(policies, [person], false))
  return [
    {
      title:
        'From here on, what not every edition of Snowflake has; what yours lacks is left out, and the rest still runs.',
      statements: grantEditionKinds(role, databases),
    },
    {
      title: isService
        ? "Restricted session scope (Enterprise): Floe's own sessions read, whatever its role may, and have no other role."
        : [
            'Restricted session scope (Enterprise): a session in which an agent acts for these people only reads; their own work stays as it is.',
            "A session policy of their own is kept: add AGENT_RESTRICTED_SESSION_SCOPE to it. This one takes the place of the account's for them.",
          ].join('\n'),
      statements: scopes.map(unlessMissing),
    },
  ]
}

/** The way back, and last the statement whose answer is needed. */
function lastSections(choices: SetupChoices): readonly Section[] {
  const { signIn, user, role } = choices
  const grants = {
    title: 'To look at the result: nothing but USAGE and SELECT should be listed.',
    statements: [`SHOW GRANTS TO ROLE ${quotedName(role)}`],
  }
  const undo = [
    'The way back, if you ever want it (a session policy is taken from a person only where it is FLOE_AGENTS):',
    ...undoSetup(choices).map((one) => `  ${onOneLine(one)};`),
  ].join('\n')
  if (signIn.kind === 'oauth')
    return [
      grants,
      {
        title: `${undo}\nLast: client id and secret for the connection. Copy them now.`,
        statements: [`SELECT SYSTEM$SHOW_OAUTH_CLIENT_SECRETS(${quotedText(signIn.integration)})`],
      },
    ]
  if (signIn.kind === 'key_pair') return [{ ...grants, title: `${undo}\n${grants.title}` }]
  const token = (action: string) =>
    `  ${onOneLine(`ALTER USER ${quotedName(user)} ${action} PROGRAMMATIC ACCESS TOKEN FLOE_TOKEN`)};`
  return [
    grants,
    {
      title: [
        undo,
        'Another token in place of this one, or none at all:',
        token('ROTATE'),
        token('REMOVE'),
        'Last: the token for the connection. Copy token_secret now: Snowflake shows it this once, and a second run shows nothing.',
      ].join('\n'),
      statements: createToken(choices),
    },
  ]
}

/** A statement inside a comment: what would end the line becomes a blank. */
const onOneLine = (statement: string): string => statement.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')

/** The options of `floe connection setup-sql`. */
export const setupOptions: KindCommandLine['setup'] = [
  {
    name: 'database',
    option: '--database <name>',
    description: 'a database to read; may be given more than once',
    repeats: true,
  },
  { name: 'share', option: '--share <name>', description: 'a database that another account shares', repeats: true },
  {
    name: 'role',
    option: '--role <name>',
    description: 'the role that reads',
    defaultValue: defaultSetup.role,
  },
  {
    name: 'warehouse',
    option: '--warehouse <name>',
    description: 'the warehouse that runs queries',
    defaultValue: defaultSetup.warehouse,
  },
  { name: 'user', option: '--user <name>', description: 'the user Floe signs in as', defaultValue: defaultSetup.user },
  {
    name: 'egress',
    option: '--egress <address>',
    description: 'an address or range Floe connects from; may be given more than once',
    repeats: true,
  },
  {
    name: 'publicKey',
    option: '--public-key <base64>',
    description: 'sign in by key pair: its public half, as connection add prints it',
  },
  {
    name: 'oauthRedirect',
    option: '--oauth-redirect <url>',
    description: 'people sign in themselves: PUBLIC_URL with /oauth/callback',
  },
  {
    name: 'person',
    option: '--person <user>',
    description: 'a user who may connect so; may be given more than once',
    repeats: true,
  },
  {
    name: 'credits',
    option: '--credits <n>',
    description: 'credits a month after which the warehouse stops',
    defaultValue: String(defaultSetup.monthlyCredits),
  },
]

const integration = 'FLOE'

/** The script from the options. Names fold to capitals as in SQL, unless they stand in double quotes. Throws `bad_request`. */
export function setupScript(given: Readonly<Record<string, string | readonly string[]>>): string {
  const one = (name: string): string | undefined => {
    const value = given[name]
    return typeof value === 'string' ? value : undefined
  }
  const all = (name: string): readonly string[] => [given[name] ?? []].flat()
  const databases = (name: string, isShare: boolean) => all(name).map((text) => ({ name: readName(text), isShare }))
  return renderSetupScript({
    ...defaultSetup,
    role: readName(one('role') ?? defaultSetup.role),
    warehouse: readName(one('warehouse') ?? defaultSetup.warehouse),
    user: readName(one('user') ?? defaultSetup.user),
    egress: all('egress'),
    monthlyCredits: Number(one('credits') ?? defaultSetup.monthlyCredits),
    signIn: signInOf(one('publicKey'), one('oauthRedirect'), all('person').map(readName)),
    databases: [...databases('database', false), ...databases('share', true)],
  })
}

function signInOf(
  publicKey: string | undefined,
  redirectUri: string | undefined,
  users: readonly string[],
): SetupSignIn {
  if (redirectUri !== undefined) return { kind: 'oauth', integration, redirectUri, users }
  return publicKey === undefined ? { kind: 'access_token' } : { kind: 'key_pair', publicKey }
}

/** A name as SQL reads it: folded to capitals unless it stands in double quotes. */
function readName(text: string): string {
  if (text.trim() === '') throw problem('bad_request', 'A name must not be empty.', 'Give it as SQL writes it.')
  const quoted = /^"((?:[^"]|"")+)"$/.exec(text)?.[1]
  if (quoted !== undefined) return quoted.replaceAll('""', '"')
  return /^[A-Za-z_][\w$]*$/.test(text) ? text.toUpperCase() : text
}
