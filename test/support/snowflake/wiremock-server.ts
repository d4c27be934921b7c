import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const java = 'java'
const mappings = join(import.meta.dirname, 'wiremock')
const build = join(dirname(createRequire(import.meta.url).resolve('wiremock/package.json')), 'build')
const jar = readdirSync(build).find((name) => name.endsWith('.jar')) ?? ''

/** Why WireMock cannot be started here; null when it can. With REQUIRE_ALL=1 its absence is an error. */
export function wireMockMissing(): string | null {
  const reason = spawnSync(java, ['-version']).status === 0 ? null : 'Java is not installed'
  if (reason !== null && process.env['REQUIRE_ALL'] === '1') throw new Error(reason)
  return reason
}

/** A request that WireMock answered. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** A running WireMock with the mappings of this folder at hand. */
export interface WireMock {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly port: number
  /** Adds mapping files by name (`wiremock/<name>.json`); the more specific one wins whatever the order. */
  readonly load: (...names: readonly string[]) => Promise<void>
  /** Adds a mapping of WireMock's own form. */
  readonly add: (mapping: object) => Promise<void>
  /** Forgets mappings, scenarios and requests. */
  readonly reset: () => Promise<void>
  /** What arrived at a path, in order. */
  readonly requests: (path: RegExp) => Promise<readonly ReceivedRequest[]>
  readonly close: () => Promise<void>
}

/** Starts WireMock on a free loopback port. Ask `wireMockMissing()` first. */
export async function startWireMock(): Promise<WireMock> {
  const options = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m', '-jar', join(build, jar)]
  const flags = ['--port', '0', '--bind-address', '127.0.0.1', '--disable-gzip', '--async-response-enabled', 'true']
  const child = spawn(java, [...options, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const port = await readPort(child.stdout, child.stderr)
  const url = `http://127.0.0.1:${port}`
  const admin = async (method: string, path: string, body?: object): Promise<unknown> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${url}/__admin${path}`, { method, ...init })
    const text = await response.text()
    if (!response.ok) throw new Error(`WireMock answered ${method} ${path} with ${response.status}: ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  return {
    url,
    port,
    load: async (...names) => {
      await admin('POST', '/mappings/import', { mappings: names.flatMap(readMappings) })
    },
    add: async (mapping) => {
      await admin('POST', '/mappings', mapping)
    },
    reset: async () => {
      for (const path of ['/mappings', '/requests']) await admin('DELETE', path)
      await admin('POST', '/scenarios/reset')
    },
    requests: async (path) => {
      const { requests } = (await admin('GET', '/requests')) as { requests: readonly { request: ReceivedRequest }[] }
      return requests
        .map(({ request }) => request)
        .filter((request) => path.test(request.url))
        .toReversed()
    },
    close: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

const readMappings = (name: string): readonly unknown[] =>
  (JSON.parse(readFileSync(join(mappings, `${name}.json`), 'utf8')) as { mappings: readonly unknown[] }).mappings

async function readPort(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): Promise<number> {
  let said = ''
  stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4000)
  })
  for await (const line of createInterface({ input: stdout })) {
    const port = /^port:\s+(\d+)/.exec(line)?.[1]
    if (port !== undefined) {
      stdout.resume()
      return Number(port)
    }
  }
  throw new Error(`WireMock did not start: ${said}`)
}
