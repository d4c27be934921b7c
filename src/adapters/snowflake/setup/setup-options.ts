import type { KindCommandLine } from '../../../core/ports/connection-kind.ts'
import { problem } from '../../../core/problem.ts'
import { renderSetupScript } from './render-setup-script.ts'
import { defaultSetup, type SetupSignIn } from './setup-choices.ts'

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
