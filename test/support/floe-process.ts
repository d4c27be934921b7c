import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { TurnEvent } from '../../src/contract/turn-event.ts'

const main = join(resolve(import.meta.dirname, '..', '..'), 'src', 'main.ts')

/** The environment of a Floe process: nothing of ours but the path, and a small sample. */
export const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LOG_LEVEL: 'warn',
  SAMPLE_SCALE: '0.01',
  ...coverageEnvironment(),
  ...env,
})

/** A coverage run measures the processes under test as well. */
function coverageEnvironment(): NodeJS.ProcessEnv {
  const { NODE_V8_COVERAGE, NODE_OPTIONS } = process.env
  return NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE, NODE_OPTIONS }
}

/** What a command printed and how it ended. */
export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command line as a process of its own. */
export async function runFloe(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<Outcome> {
  const child = spawn(process.execPath, [main, ...argv], { env: environment(env), stdio: 'pipe' })
  const [out, err] = [collect(child.stdout), collect(child.stderr)]
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out: out(), err: err() }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}

/** A served Floe as a process of its own, on a free port. */
export interface ServedFloe {
  readonly url: string
  readonly process: ChildProcess
  /** What it printed so far. */
  said(): string
  /** What it wrote to its log so far. */
  log(): string
  /** Kills it at once, as a power cut would. */
  kill(): Promise<void>
  /** Asks it to stop and returns its exit code. */
  stop(): Promise<number | null>
}

/**
 * Starts a server, of the sources unless another program is named, and resolves when it has printed its address; rejects with its log when it ends
 * before. `stderr` is an open file for its log, in place of what `log` returns.
 */
export async function serveFloe(
  env: Readonly<Record<string, string>>,
  program = main,
  stderr: 'pipe' | number = 'pipe',
): Promise<ServedFloe> {
  const child = spawn(process.execPath, [program, 'serve'], {
    env: environment({ PORT: '0', ...env }),
    stdio: ['pipe', 'pipe', stderr],
  }) as ChildProcessByStdio<Writable, Readable, Readable | null>
  const log = child.stderr === null ? () => '' : collect(child.stderr)
  const said = collect(child.stdout)
  const url = await new Promise<string>((done, fail) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const address = /http:\/\/\S+/.exec(text)?.[0]
      if (address !== undefined) done(address)
    })
    child.once('exit', (code) => fail(new Error(`The server ended with ${code}: ${log()}`)))
  })
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const exited = once(child, 'exit') as Promise<[number | null]>
    child.kill(signal)
    return (await exited)[0]
  }
  return { url, process: child, said, log, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') }
}

/** The events of a server-sent stream as they arrive; leaving the loop closes the stream. */
export async function* readEvents(answer: Response): AsyncGenerator<TurnEvent, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of answer.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data:')) yield TurnEvent.parse(JSON.parse(line.slice(5)))
  }
}

/** Starts a turn over HTTP. */
export const postTurn = (url: string, body: Readonly<Record<string, unknown>>): Promise<Response> =>
  fetch(`${url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
