import { NewConnection } from '../contract/connection.ts'
import { problem } from '../core/problem.ts'
import type { CliContext } from './cli-io.ts'
import { makePrompt, type Prompt } from './make-prompt.ts'
import { methodNames, type NewConnectionOptions } from './new-connection-options.ts'
import { askSecret, readSecretFile } from './read-secret.ts'

/**
 * Puts a new connection together from the options, and asks a person at the terminal for what they leave out. Throws `bad_request` naming what is
 * missing or wrong.
 */
export async function readNewConnection(
  name: string,
  options: NewConnectionOptions,
  context: CliContext,
): Promise<NewConnection> {
  const prompt = makePrompt(context.io, context.signal)
  try {
    const known = await askForTheRest(options, context, prompt)
    // Secrets are asked for last: from here on the terminal shows nothing of what is typed.
    prompt.close()
    const { account, role, warehouse, database, schema } = known
    const signIn = { ...plainParts(known), ...(await secretParts(known, context)) }
    return parse({ name, account, role, warehouse, database, schema, signIn })
  } finally {
    prompt.close()
  }
}

async function askForTheRest(
  given: NewConnectionOptions,
  { io }: CliContext,
  prompt: Prompt,
): Promise<NewConnectionOptions> {
  if (!io.isTerminal) return given
  const ask = async (known: string | undefined, question: string): Promise<string | undefined> => {
    const answer = known ?? (await prompt.ask(`${question}: `))?.trim()
    return answer === '' ? undefined : answer
  }
  const account = await ask(given.account, 'Account (an address, or org-account)')
  const method = given.method ?? readMethod(await ask(undefined, `Sign in by (${Object.keys(methodNames).join(', ')})`))
  const needsUser = method === 'key-pair' || method === 'access-token'
  const user = needsUser ? await ask(given.user, 'User') : given.user
  const needsClient = method === 'snowflake-oauth' || method === 'external-oauth'
  const clientId = needsClient ? await ask(given.clientId, 'OAuth client id') : given.clientId
  const role = await ask(given.role, 'Role (empty for the default)')
  const warehouse = await ask(given.warehouse, 'Warehouse (empty for the default)')
  const rest = Object.entries({ account, method, user, clientId, role, warehouse }).filter(
    ([, value]) => value !== undefined,
  )
  return { ...given, ...Object.fromEntries(rest) }
}

function readMethod(answer: string | undefined): keyof typeof methodNames {
  const method = Object.keys(methodNames).find((name) => name === answer)
  if (method !== undefined) return method as keyof typeof methodNames
  throw problem('bad_request', 'This is no way to sign in.', `Choose one of ${Object.keys(methodNames).join(', ')}.`)
}

const plainParts = (given: NewConnectionOptions) => ({
  method: given.method === undefined ? undefined : methodNames[given.method],
  user: given.user,
  clientId: given.clientId,
  issuer: given.issuer,
  authorizationUrl: given.authorizationUrl,
  tokenUrl: given.tokenUrl,
  scope: given.scope,
  provider: given.provider,
})

async function secretParts(given: NewConnectionOptions, context: CliContext) {
  switch (given.method) {
    case 'key-pair':
      return await readKey(given, context)
    case 'access-token':
      return { token: await readSecret(given.tokenFile, '--token-file', 'Programmatic access token: ', context) }
    case 'snowflake-oauth':
    case 'external-oauth':
      return await readClientSecret(given, context)
    case 'workload-identity':
    case undefined:
      return {}
  }
}

async function readKey({ keyFile, generateKey, passphraseFile }: NewConnectionOptions, context: CliContext) {
  if (generateKey === true) return {}
  if (keyFile === undefined)
    throw problem('bad_request', 'There is no key.', 'Name its file with --key-file, or have one made: --generate-key.')
  const privateKey = await readSecretFile(keyFile, context.io)
  if (!privateKey.includes('ENCRYPTED')) return { privateKey }
  const passphrase = await readSecret(passphraseFile, '--passphrase-file', 'Passphrase of the key: ', context)
  return { privateKey, passphrase: passphrase.replace(/\r?\n$/, '') }
}

async function readClientSecret({ clientSecretFile }: NewConnectionOptions, context: CliContext) {
  if (clientSecretFile === undefined && !context.io.isTerminal) return {}
  const question = 'OAuth client secret (empty for a public client): '
  const clientSecret = (await readSecret(clientSecretFile, '--client-secret-file', question, context)).trim()
  return clientSecret === '' ? {} : { clientSecret }
}

async function readSecret(
  file: string | undefined,
  option: string,
  question: string,
  { io, signal }: CliContext,
): Promise<string> {
  if (file !== undefined) return await readSecretFile(file, io)
  if (io.isTerminal) return await askSecret(question, io, signal)
  throw problem('bad_request', 'A secret is missing.', `Name its file with ${option}, or - to read it from stdin.`)
}

function parse(given: Record<string, unknown>): NewConnection {
  const parsed = NewConnection.safeParse(given)
  if (parsed.success) return parsed.data
  throw problem(
    'bad_request',
    'The connection is not complete.',
    'Mend what the details name; see floe connection add --help.',
    {
      details: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    },
  )
}
