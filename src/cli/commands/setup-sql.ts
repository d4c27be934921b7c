import { InvalidArgumentError, type Command } from 'commander'
import { renderSetupScript } from '../../core/setup/render-setup-script.ts'
import { defaultSetup, type SetupChoices, type SetupSignIn } from '../../core/setup/setup-choices.ts'
import type { CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'

interface SetupOptions {
  readonly database: readonly string[]
  readonly share: readonly string[]
  readonly role: string
  readonly warehouse: string
  readonly user: string
  readonly egress: readonly string[]
  readonly publicKey?: string
  readonly oauthRedirect?: string
  readonly person: readonly string[]
  readonly credits: number
}

const integration = 'FLOE'

/** `floe connection setup-sql`: the SQL to hand to an administrator of the account. Nothing is opened and nobody is asked. */
export const addSetupSql = (group: Command, { output }: CliContext, finish: (exitCode: number) => void): Command =>
  group
    .command('setup-sql')
    .description(
      'prints the SQL an administrator of the account runs once: a role that reads, a warehouse, a user, the ceiling',
    )
    .option('--database <name>', 'a database to read; may be given more than once', collect, [])
    .option('--share <name>', 'a database that another account shares', collect, [])
    .option('--role <name>', 'the role that reads', readName, defaultSetup.role)
    .option('--warehouse <name>', 'the warehouse that runs queries', readName, defaultSetup.warehouse)
    .option('--user <name>', 'the user Floe signs in as', readName, defaultSetup.user)
    .option(
      '--egress <address>',
      'an address or range Floe connects from; may be given more than once',
      collectText,
      [],
    )
    .option('--public-key <base64>', 'sign in by key pair: its public half, as connection add prints it')
    .option('--oauth-redirect <url>', 'people sign in themselves: PUBLIC_URL with /oauth/callback')
    .option('--person <user>', 'a user who may connect so; may be given more than once', collect, [])
    .option('--credits <n>', 'credits a month after which the warehouse stops', Number, defaultSetup.monthlyCredits)
    .addHelpText('after', '\nNames fold to capitals as in SQL; put double quotes around one to keep it as it is.')
    .action(async (options: SetupOptions) => {
      await output.write(escapeLines(renderSetupScript(choicesOf(options))))
      finish(exitCodes.done)
    })

function choicesOf({ role, warehouse, user, egress, database, share, credits, ...rest }: SetupOptions): SetupChoices {
  return {
    ...defaultSetup,
    role,
    warehouse,
    user,
    egress,
    monthlyCredits: credits,
    signIn: signInOf(rest),
    databases: [
      ...database.map((name) => ({ name, isShare: false })),
      ...share.map((name) => ({ name, isShare: true })),
    ],
  }
}

function signInOf({
  publicKey,
  oauthRedirect,
  person,
}: Pick<SetupOptions, 'publicKey' | 'oauthRedirect' | 'person'>): SetupSignIn {
  if (oauthRedirect !== undefined) return { kind: 'oauth', integration, redirectUri: oauthRedirect, users: person }
  return publicKey === undefined ? { kind: 'access_token' } : { kind: 'key_pair', publicKey }
}

/** A name as SQL reads it: folded to capitals unless it stands in double quotes. */
function readName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.')
  const quoted = /^"((?:[^"]|"")+)"$/.exec(text)
  if (quoted !== null) return (quoted[1] ?? '').replaceAll('""', '"')
  return /^[A-Za-z_][\w$]*$/.test(text) ? text.toUpperCase() : text
}

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, readName(text)]
const collectText = (text: string, before: readonly string[]): readonly string[] => [...before, text]
