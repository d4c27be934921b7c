import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { type DoubleAccount, makeDoubleAccount } from './double-account.ts'
import { doublePython, pythonCache } from './installed-double.ts'

/** A running double. One serves many tests: each takes an account of its own. */
export interface SnowflakeDouble {
  /** Where drivers connect to: `http://127.0.0.1:<port>`. */
  readonly accessUrl: string
  /** Makes an account that shares nothing with others; its name is made up unless given. */
  readonly newAccount: (name?: string) => Promise<DoubleAccount>
  /** Ends the process at once, as a machine that dies. */
  readonly kill: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts the double's process and waits until it listens. Ask `snowflakeDoubleMissing()` first. */
export async function startSnowflakeDouble(
  options: {
    /** How far the service's clock is ahead of this machine's (0): its Date headers, and how it judges a key pair's token. */
    readonly clockAheadSeconds?: number
  } = {},
): Promise<SnowflakeDouble> {
  const child = spawn(doublePython, ['-m', 'double'], {
    cwd: import.meta.dirname,
    env: {
      PATH: '/usr/bin:/bin',
      PYTHONPYCACHEPREFIX: pythonCache,
      TZ: 'UTC',
      DOUBLE_CLOCK_AHEAD_SECONDS: String(options.clockAheadSeconds ?? 0),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-10_000)
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done === true) throw new Error(`The Snowflake double did not start: ${errors}`)
  const { port } = JSON.parse(first.value) as { readonly port: number }
  const accessUrl = `http://127.0.0.1:${port}`
  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  return {
    accessUrl,
    newAccount: (name = `TEST_${randomUUID().slice(0, 8).toUpperCase()}`) => makeDoubleAccount(accessUrl, name),
    kill,
    close: async () => {
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await gone
      clearTimeout(timer)
    },
  }
}
