import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import type { FilledAsk } from '../../src/core/ask/turns.ts'
import type { TurnFact } from '../../src/contract/turn-event.ts'
import type { Services } from '../../src/core/services.ts'
import { problem } from '../../src/core/problem.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { encodeFacts, playEvents, scriptServices, someTurnId, type Script } from './scripted-services.ts'
import { makeOperatorCaller, type Caller } from '../../src/core/caller.ts'
import { someone } from './callers.ts'
import { someKind } from './some-kind.ts'

export interface RunOptions {
  readonly services?: Services
  readonly stdin?: string
  readonly columns?: number
  readonly isTerminal?: boolean
  readonly serve?: (signal: AbortSignal) => Promise<void>
  readonly openServices?: () => Promise<Services>
  readonly stdout?: Writable
  readonly caller?: Caller
}

/** Runs the command line in this process. */
export function start(argv: readonly string[], options: RunOptions = {}) {
  const out: string[] = []
  const err: string[] = []
  const defects: unknown[] = []
  const into = (texts: string[]) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts.push(chunk.toString())
        done()
      },
    })
  const stdin = new PassThrough()
  if (options.stdin !== undefined) stdin.end(options.stdin)
  const stdout = options.stdout ?? into(out)
  if (options.columns !== undefined) Object.assign(stdout, { columns: options.columns })
  const signals = new EventEmitter()
  let closes = 0
  const services = options.services ?? scriptServices()
  const counted: Services = {
    ...services,
    close: () => {
      closes += 1
      return services.close()
    },
  }
  const done = runCli(
    argv,
    { stdin, stdout, stderr: into(err), isTerminal: options.isTerminal ?? false, signals },
    {
      openServices: options.openServices ?? (() => Promise.resolve(counted)),
      serve: options.serve ?? (() => Promise.resolve()),
      logDefect: (error) => defects.push(error),
      caller: options.caller ?? someone,
      operator: makeOperatorCaller(),
      version: '1.2.3',
      kinds: [someKind],
    },
  )
  return {
    stdin,
    signals,
    stderr: () => err.join(''),
    stdout: () => out.join(''),
    done,
    ended: done.then((code) => ({ code, out: out.join(''), err: err.join(''), defects, closes })),
  }
}
/** Runs the command line to its end. */
export const run = (argv: readonly string[], options: RunOptions = {}) => start(argv, options).ended

/** The end of a turn on a problem. */
export const failing = (code: Parameters<typeof problem>[0]): TurnFact => ({
  kind: 'turn.failed',
  problem: problem(code, 'It went wrong.', 'Do this.').problem,
})

/** Services with one turn of these facts, and what was commanded. */
export function scriptTurn(facts: readonly TurnFact[], more: Script = {}) {
  const asked: FilledAsk[] = []
  const commands: unknown[] = []
  const note = (name: string) => (_caller: Caller, command: object) => {
    commands.push([name, command])
    return Promise.resolve()
  }
  const services = scriptServices({
    ...more,
    turns: {
      ask: (_caller, ask) => {
        asked.push(ask)
        return Promise.resolve({ turnId: someTurnId })
      },
      events: () => playEvents(encodeFacts(facts)),
      approve: note('approve'),
      edit: note('edit'),
      cancel: note('cancel'),
      ...more.turns,
    },
  })
  return { services, asked, commands }
}
