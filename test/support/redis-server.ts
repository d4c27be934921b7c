import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './postgres-server.ts'

/** Why no Redis server can be started here; null when one can. With REQUIRE_ALL=1 its absence is an error. */
export function redisMissing(): string | null {
  if (spawnSync('redis-server', ['--version']).status === 0) return null
  const reason = 'redis-server is not installed'
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(reason)
  return reason
}

/** A throw-away Redis server on 127.0.0.1, which keeps nothing on disk. */
export interface RedisServer {
  readonly url: string
  /** Ends it at once. */
  readonly kill: () => Promise<void>
  /** Starts it again after `kill`, on the same port and empty. */
  readonly start: () => Promise<void>
  /** Stops its process without ending it; connections stay open and nothing answers. */
  readonly pause: () => void
  readonly resume: () => void
  readonly remove: () => Promise<void>
}

/** Starts one; with files for TLS it takes nothing else, and only clients whose certificate the authority has signed. */
export async function startRedisServer(
  tls: { readonly caFile: string; readonly certFile: string; readonly keyFile: string } | null = null,
): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'floe-redis-'))
  const port = await freePort()
  let server: ChildProcess | null = null
  const start = async (): Promise<void> => {
    const at = tls === null ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port), ...secured(tls)]
    const args = [...at, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
    server = spawn('redis-server', args, { stdio: 'ignore' })
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (await accepts(port)) return
      await delay(25)
    }
    throw new Error('The Redis server did not become ready.')
  }
  const kill = async (): Promise<void> => {
    const child = server
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await start()
  return {
    url: `${tls === null ? 'redis' : 'rediss'}://127.0.0.1:${port}`,
    kill,
    start,
    pause: () => server?.kill('SIGSTOP'),
    resume: () => server?.kill('SIGCONT'),
    remove: async () => {
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const secured = (tls: { readonly caFile: string; readonly certFile: string; readonly keyFile: string }) =>
  Object.entries({
    '--tls-ca-cert-file': tls.caFile,
    '--tls-cert-file': tls.certFile,
    '--tls-key-file': tls.keyFile,
    '--tls-auth-clients': 'yes',
  }).flat()

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
