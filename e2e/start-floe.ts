import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { postgresMissing, startPostgresServer } from '../test/support/postgres-server.ts'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'dist', 'main.js')

/** A Floe of its own: on a free port, with data of its own. */
export interface StartedFloe {
  readonly url: string
  readonly pid: number
  readonly dataDir: string
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Where a Floe under test stores: the PostgreSQL that comes with it, or a server of its own. */
export type StorePlace = 'embedded' | 'postgres'

/** Gives the environment of a Floe that stores at this place, and takes the place away afterwards. Machines without a server use the embedded one. */
export async function withStore(
  place: StorePlace,
  use: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  if (place === 'embedded' || postgresMissing() !== null) return await use({})
  const server = await startPostgresServer()
  try {
    await use({ DATABASE_URL: server.url })
  } finally {
    await server.remove()
  }
}

/** Starts the built program, or the sources where nothing is built, and waits until it says where it is. */
export async function startFloe(
  given: {
    readonly port?: number
    readonly dataDir?: string
    readonly env?: Readonly<Record<string, string>>
  } = {},
): Promise<StartedFloe> {
  const dataDir = given.dataDir ?? mkdtempSync(join(tmpdir(), 'floe-browser-'))
  const main = existsSync(built) ? built : join(root, 'src', 'main.ts')
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: root,
    // A smaller sample is made faster and answers the same questions.
    env: {
      ...process.env,
      PORT: String(given.port ?? 0),
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      SAMPLE_SCALE: '0.01',
      ...given.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  const url = await new Promise<string>((found, failed) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (match !== null) found(match[0])
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', (code) => failed(new Error(`Floe ended with ${code} before it listened:\n${said}`)))
  })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await gone
  }
  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM')
      if (given.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
