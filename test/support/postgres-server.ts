import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const home = '/usr/lib/postgresql'
const user = 'floe'
/** In the URL it has to be escaped, so that a test sees whether either form leaks. */
export const serverPassword = 'p@ss/wörd'

const versions = (): readonly string[] =>
  existsSync(home)
    ? readdirSync(home)
        .filter((version) => existsSync(join(home, version, 'bin', 'postgres')))
        .toSorted((a, b) => Number(b) - Number(a))
    : []

/** Why no PostgreSQL server can be started here; null when one can. With REQUIRE_ALL=1 its absence is an error. */
export function postgresMissing(): string | null {
  if (versions().length > 0) return null
  const reason = `PostgreSQL is not installed: no ${home}/*/bin`
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(reason)
  return reason
}

/** A throw-away PostgreSQL server on 127.0.0.1. */
export interface PostgresServer {
  readonly url: string
  /** Ends it at once, as a crash would. */
  readonly kill: () => Promise<void>
  /** Starts it again after `kill`, on the same port and data. */
  readonly start: () => Promise<void>
  /** Stops its processes without ending them; connections stay open and nothing answers. */
  readonly pause: () => void
  readonly resume: () => void
  /** Ends it and removes its files. */
  readonly remove: () => Promise<void>
}

/** What a server with TLS shows, whose clients it knows, and the lines of its `pg_hba.conf`. */
export interface ServerTls {
  readonly caFile: string
  readonly cert: string
  readonly key: string
  readonly access: string
}

/** Makes and starts a server in a temporary folder. As root it runs as the system's user `postgres`, since it refuses to be root. */
export async function startPostgresServer(tls: ServerTls | null = null): Promise<PostgresServer> {
  const bin = join(home, versions()[0] ?? '', 'bin')
  const dir = mkdtempSync(join(tmpdir(), 'floe-postgres-'))
  const data = join(dir, 'data')
  const account = unprivileged()
  const passwordFile = join(dir, 'password')
  writeFileSync(passwordFile, serverPassword)
  if (account !== null) for (const path of [dir, passwordFile]) chownSync(path, account.uid, account.gid)
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', user, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...account, cwd: dir, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  if (tls !== null) writeTls(data, tls, account)
  const port = await freePort()
  let server: ChildProcess | null = null

  const start = async (): Promise<void> => {
    const settings = ['listen_addresses=127.0.0.1', 'fsync=off', ...(tls === null ? [] : tlsSettings)]
    const args = ['-D', data, '-p', String(port), '-k', dir, ...settings.flatMap((setting) => ['-c', setting])]
    const child = spawn(join(bin, 'postgres'), args, { ...account, cwd: dir, stdio: 'ignore' })
    server = child
    await untilReady(join(bin, 'pg_isready'), port, child)
  }
  const signal = (name: NodeJS.Signals): void => {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
    // The first one is stopped before its children are looked for, so that it makes no more of them.
    for (const find of [() => [server?.pid ?? 0], () => childrenOf(server?.pid ?? 0)])
      for (const pid of find()) send(pid, name)
  }
  const kill = async (): Promise<void> => {
    const child = server
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => {
      child.once('exit', resolve)
    })
    signal('SIGKILL')
    await gone
  }
  await start()
  return {
    url: `postgres://${user}:${encodeURIComponent(serverPassword)}@127.0.0.1:${port}/postgres`,
    kill,
    start,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    remove: async () => {
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const tlsSettings = ['ssl=on', 'ssl_ca_file=ca.pem']

/** Under the names that the server looks for by itself. It takes no key that others may read. */
function writeTls(
  data: string,
  { caFile, cert, key, access }: ServerTls,
  account: ReturnType<typeof unprivileged>,
): void {
  const files = { 'server.crt': cert, 'server.key': key, 'ca.pem': readFileSync(caFile, 'utf8'), 'pg_hba.conf': access }
  for (const [name, text] of Object.entries(files)) {
    const path = join(data, name)
    writeFileSync(path, text, { mode: 0o600 })
    if (account !== null) chownSync(path, account.uid, account.gid)
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // The children of a killed server end by themselves.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Every connection is served by a process of its own. */
const childrenOf = (parent: number): readonly number[] =>
  spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' })
    .stdout.split('\n')
    .map(Number)
    .filter((pid) => pid > 0)

function unprivileged(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const entry = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))
  return { uid: Number(entry?.[1] ?? 65_534), gid: Number(entry?.[2] ?? 65_534) }
}

/** A port of this machine that nothing listens on at the moment. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

async function untilReady(isReady: string, port: number, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600 && server.exitCode === null; attempt += 1) {
    if (spawnSync(isReady, ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0) return
    await delay(50)
  }
  throw new Error('The PostgreSQL server did not become ready.')
}
