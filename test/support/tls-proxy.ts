import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './postgres-server.ts'

const configs = resolve(import.meta.dirname, '..', '..', 'deploy', 'proxies')

/** The proxies whose configuration Floe brings, with how each is started on a file. */
const proxies = {
  haproxy: { file: 'haproxy.cfg', args: (file: string) => ['-db', '-f', file] },
  nginx: {
    file: 'nginx.conf',
    args: (file: string, dir: string) => ['-p', dir, '-c', file, '-g', `daemon off; pid ${dir}/pid; error_log stderr;`],
  },
  caddy: { file: 'Caddyfile', args: (file: string) => ['run', '--adapter', 'caddyfile', '--config', file] },
} as const
export type ProxyName = keyof typeof proxies
export const proxyNames = Object.keys(proxies) as readonly ProxyName[]

/** Why this proxy cannot be started here; null when it can. With REQUIRE_ALL=1 its absence is an error. */
export function proxyMissing(name: ProxyName): string | null {
  const version = name === 'caddy' ? 'version' : '-v'
  if (spawnSync(name, [version]).status === 0) return null
  const reason = `${name} is not installed`
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(reason)
  return reason
}

/** A proxy with TLS on a free port of loopback, in front of copies that need not run yet. */
export interface TlsProxy {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** What every proxy of a test uses: a certificate for 127.0.0.1. Remove the folder afterwards. */
export function makeCertificate() {
  const dir = mkdtempSync(join(tmpdir(), 'floe-proxy-'))
  const [key, certificate, both] = ['key.pem', 'cert.pem', 'tls.pem'].map((name) => join(dir, name))
  const made = spawnSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=floe -addext subjectAltName=IP:127.0.0.1 -keyout ${key ?? ''} -out ${certificate ?? ''}`.split(
      ' ',
    ),
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr}`)
  const text = readFileSync(certificate ?? '', 'utf8')
  writeFileSync(both ?? '', text + readFileSync(key ?? '', 'utf8'))
  return { text, path: both ?? '', remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** Starts a proxy with the configuration of `deploy/proxies`, its addresses replaced by those of the test. */
export async function startTlsProxy(
  name: ProxyName,
  { port, copies: [one, two], certificatePath }: ProxyPlace,
): Promise<TlsProxy> {
  const dir = mkdtempSync(join(tmpdir(), `floe-${name}-`))
  const file = join(dir, 'config')
  const text = readFileSync(join(configs, proxies[name].file), 'utf8')
    .replaceAll('/etc/floe/tls.pem', certificatePath)
    .replaceAll('floe-1:3000', `127.0.0.1:${one}`)
    .replaceAll('floe-2:3000', `127.0.0.1:${two}`)
    .replace('bind :443', `bind 127.0.0.1:${port}`)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace(
      'https://floe.example.com {',
      `{\n\tadmin off\n\tauto_https disable_redirects\n}\nhttps://127.0.0.1:${port} {`,
    )
  writeFileSync(file, text)
  const child = spawn(name, proxies[name].args(file, dir), { stdio: 'pipe', env: { ...process.env, HOME: dir } })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()))
  for (let attempt = 0; !(await accepts(port)); attempt += 1) {
    if (attempt === 400 || child.exitCode !== null) throw new Error(`${name} does not listen: ${log}`)
    await delay(25)
  }
  return { url: `https://127.0.0.1:${port}`, stop: () => end(child, dir) }
}

interface ProxyPlace {
  readonly port: number
  readonly copies: readonly [number, number]
  readonly certificatePath: string
}

/** Ports for a proxy and two copies. */
export const choosePorts = async () => ({
  port: await freePort(),
  copies: [await freePort(), await freePort()] as const,
})

async function end(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
  rmSync(dir, { recursive: true, force: true })
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('connect', () => {
      probe.destroy()
      done(true)
    })
    probe.once('error', () => done(false))
  })
