import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { type Command, Option } from 'commander'
import type { CommandLineField } from '../core/ports/connection-kind.ts'
import { problem } from '../core/problem.ts'
import { type CliContext, type CliIo, type KindForCli, Stopped } from './cli-io.ts'
import { exitCodes } from './exit-codes.ts'
import { makePrompt } from './make-prompt.ts'

/** Options as Commander hands them over. Secrets are files, never arguments. */
export type GivenOptions = Readonly<Record<string, unknown>>

/** Values for the fields of settings or of a sign-in. */
type Values = Record<string, unknown>

/** `--kind`, hidden while there is one kind only. */
export function kindOption(kinds: readonly KindForCli[]): Option {
  const names = kinds.map(({ kind }) => kind)
  const option = new Option('--kind <kind>', 'the kind of connection').choices(names).default(names[0])
  return names.length > 1 ? option : option.hideHelp()
}

/** The kind of a name that Commander or the store has checked. */
export function kindNamed(kinds: readonly KindForCli[], name: unknown): KindForCli {
  const kind = kinds.find((one) => one.kind === name)
  if (kind === undefined) throw problem('bad_request', 'There is no such kind of connection.', 'See the help.')
  return kind
}

/** Adds the options that the kinds take for settings and sign-ins, each once, whatever number of sign-ins takes it. */
export function addKindOptions(command: Command, kinds: readonly KindForCli[]): Command {
  const described = new Map<string, { readonly field: CommandLineField; readonly takers: string[] }>()
  for (const { commandLine } of kinds) {
    for (const field of commandLine.settings) described.set(field.option, { field, takers: [] })
    for (const [name, { fields }] of Object.entries(commandLine.methods))
      for (const field of fields) {
        const known = described.get(field.option) ?? { field, takers: [] }
        known.takers.push(name)
        described.set(field.option, known)
      }
  }
  const methods = kinds.flatMap(({ commandLine }) => Object.keys(commandLine.methods))
  command.addOption(new Option('--method <method>', 'how to sign in').choices(methods))
  for (const { field, takers } of described.values()) {
    const note = takers.length === 0 ? '' : ` (${takers.join(', ')})`
    const option = new Option(field.option, `${field.description}${note}`)
    command.addOption(field.choices === undefined ? option : option.choices(field.choices))
    if (field.instead !== undefined) command.option(field.instead.option, field.instead.description)
  }
  return command
}

const nameOf = (option: string): string => new Option(option).attributeName()

/**
 * Reads a new connection's settings and sign-in, without its name, from the options, and asks a person at the terminal for what they leave
 * out. Throws `bad_request` for a secret that is missing.
 */
export async function readNewSettings(kind: KindForCli, given: GivenOptions, context: CliContext): Promise<Values> {
  const { settings, methods } = kind.commandLine
  const prompt = makePrompt(context.io, context.signal)
  const ask = async (fields: readonly CommandLineField[], asked: boolean): Promise<Values> => {
    const values: Values = {}
    for (const field of fields) {
      const known = given[nameOf(field.option)]
      const wants = known === undefined && asked && context.io.isTerminal && field.question !== undefined
      const value = wants ? ((await prompt.ask(`${field.question}: `))?.trim() ?? '') : known
      if (value !== undefined && value !== '') values[field.field] = value
    }
    return values
  }
  try {
    const isAfter = ({ afterSignIn }: CommandLineField): boolean => afterSignIn === true
    const first = await ask(
      settings.filter((field) => !isAfter(field)),
      true,
    )
    const { method, fields } = await readMethod(methods, given, context, async () =>
      prompt.ask(`Sign in by (${Object.keys(methods).join(', ')}): `),
    )
    const plain = await ask(
      fields.filter(({ secret }) => secret === undefined),
      true,
    )
    const rest = await ask(settings.filter(isAfter), true)
    // Secrets are asked for last: from here on the terminal shows nothing of what is typed.
    prompt.close()
    const signIn = { method, ...plain, ...(await readSecrets(fields, given, context)) }
    return { kind: kind.kind, ...first, ...rest, signIn }
  } finally {
    prompt.close()
  }
}

/** Reads a change from the options alone: empty text takes a setting away, `--method` replaces the sign-in. Throws `bad_request`. */
export async function readChangedSettings(kind: KindForCli, given: GivenOptions, context: CliContext): Promise<Values> {
  const { settings, methods } = kind.commandLine
  const read = (fields: readonly CommandLineField[]): Values =>
    Object.fromEntries(
      fields.flatMap(({ field, option }) => {
        const value = given[nameOf(option)]
        return value === undefined ? [] : [[field, value === '' ? null : value]]
      }),
    )
  if (given['method'] === undefined) return read(settings)
  const { method, fields } = await readMethod(methods, given, context, () => Promise.resolve(null))
  const plain = read(fields.filter(({ secret }) => secret === undefined))
  return { ...read(settings), signIn: { method, ...plain, ...(await readSecrets(fields, given, context)) } }
}

async function readMethod(
  methods: KindForCli['commandLine']['methods'],
  given: GivenOptions,
  { io }: CliContext,
  ask: () => Promise<string | null>,
): Promise<{ readonly method: string | undefined; readonly fields: readonly CommandLineField[] }> {
  if (Object.keys(methods).length === 0) return { method: undefined, fields: [] }
  const told = given['method']
  const name = typeof told === 'string' || !io.isTerminal ? told : (await ask())?.trim()
  if (typeof name !== 'string') return { method: undefined, fields: [] }
  const found = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (found !== undefined) return found
  throw problem('bad_request', 'This is no way to sign in.', `Choose one of ${Object.keys(methods).join(', ')}.`)
}

async function readSecrets(
  fields: readonly CommandLineField[],
  given: GivenOptions,
  context: CliContext,
): Promise<Values> {
  const values: Values = {}
  for (const field of fields) {
    const isLeftOut = field.instead !== undefined && given[nameOf(field.instead.option)] !== undefined
    if (field.secret === undefined || isLeftOut || field.isNeeded?.(values) === false) continue
    const secret = await readSecret(field, given, context)
    if (secret !== '') values[field.field] = secret
  }
  return values
}

async function readSecret(field: CommandLineField, given: GivenOptions, { io, signal }: CliContext): Promise<string> {
  const file = given[nameOf(field.option)]
  const clean = (text: string): string => (field.isOneLine === true ? text.replace(/\r?\n$/, '') : text)
  if (typeof file === 'string') return clean(await readSecretFile(file, io))
  if (io.isTerminal && field.question !== undefined) return clean(await askSecret(`${field.question}: `, io, signal))
  if (field.secret === 'optional') return ''
  const flag = field.option.split(' ')[0] ?? field.option
  const instead = field.instead === undefined ? '' : ` ${field.instead.option} ${field.instead.description}.`
  throw problem(
    'bad_request',
    'A secret is missing.',
    `Name its file with ${flag}, or - to read it from stdin.${instead}`,
  )
}

/** Whether a secret was left to Floe to make, so that an administrator has to act before the connection works. */
export const leavesSecretToFloe = ({ commandLine }: KindForCli, given: GivenOptions): boolean =>
  Object.values(commandLine.methods).some(({ fields }) =>
    fields.some(({ instead }) => instead !== undefined && given[nameOf(instead.option)] !== undefined),
  )

/** More than any key or token holds. */
const longestSecret = 100_000

/**
 * Reads a secret from a file, or from stdin for `-`. Secrets are never arguments, which others on the machine can see. Throws `bad_request`.
 */
async function readSecretFile(path: string, { stdin }: Pick<CliIo, 'stdin'>): Promise<string> {
  const secret = path === '-' ? await readAll(stdin) : await readTextFile(path)
  if (secret.length <= longestSecret) return secret
  throw problem('bad_request', `${path} is too large to be a secret.`, 'Name the file that holds the secret alone.')
}

async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw problem('bad_request', `${path} cannot be read (${code}).`, 'Check the path and its permissions.')
  }
}

/** Asks the person at the terminal for a secret; what is typed is not shown. */
function askSecret(question: string, { stdin, stderr }: CliIo, signal: AbortSignal): Promise<string> {
  stderr.write(question)
  return new Promise((resolve, reject) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    // As a terminal it takes the keys itself, so that nothing echoes them; Ctrl-C then arrives here.
    const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0, signal })
    let answer: string | null = null
    const end = (reason: Error | null): void => {
      reader.close()
      stderr.write('\n')
      if (reason !== null) reject(reason)
      else resolve(answer ?? '')
    }
    reader.once('line', (line) => {
      answer = line
      end(null)
    })
    reader.once('SIGINT', () => end(new Stopped(exitCodes.interrupted)))
    reader.once('close', () => {
      if (answer === null) reject(signal.aborted ? (signal.reason as Error) : new Stopped(exitCodes.interrupted))
    })
  })
}
