import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { openMetricsPort } from '../../src/http/metrics-door.ts'
import { childrenOf, commandOf } from '../support/child-processes.ts'
import { startGeminiServer, type GeminiServer } from '../support/gemini-server.ts'
import { geminiErrors, jsonPieces } from '../support/gemini-wire.ts'
import { openSocket, startServer, type StartedServer } from '../support/started-server.ts'

const root = resolve(import.meta.dirname, '..', '..')
const monitoring = join(root, 'deploy', 'monitoring')
const token = 'a-token-of-monitoring'
const model = 'gemini-of-the-operator'
const foreignId = '0d9a4c1e-5b7f-4e62-8c3a-6f1b2e7d9a05'
/** Words that must not become part of a metric. */
const secretWords = ['zanzibar', 'N_SECRET', 'gemini-typed-by-ann', 'ann@example.com']

let folder: string
let floe: Floe
let server: StartedServer
let gemini: GeminiServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-metrics-'))
  const sql = 'SELECT COUNT(*) AS N_SECRET FROM REGION AS r'
  const parts = { interpretation: 'Regions.', assumptions: [], chart: null, clarification: null, declined: null }
  gemini = await startGeminiServer({ replies: [{ pieces: jsonPieces({ ...parts, sql }) }, geminiErrors.invalidKey] })
  const env = {
    DATA_DIR: folder,
    SAMPLE_SCALE: '0.001',
    LOG_LEVEL: 'silent',
    METRICS_TOKEN: token,
    OIDC_CLIENT_ID: 'floe',
    ADMIN_EMAILS: 'ann@example.com',
    GEMINI_API_KEY: 'AIzaSy-not-a-real-key',
    GEMINI_BASE_URL: gemini.url,
    GEMINI_MODEL: model,
    MODEL_PRICES: JSON.stringify({ [`google:${model}`]: { inputPerMillion: 1e6, outputPerMillion: 1e6 } }),
  }
  floe = compose(readConfig(env))
  const {
    services,
    monitoring: { meter, metrics },
  } = floe
  if (metrics === null) throw new Error('nothing is counted')
  const metricsDoor = { metrics, port: null, host: '127.0.0.1', token }
  server = await startServer(services, { identify: floe.callerAt, meter, metricsDoor })
  await work()
}, 120_000)
afterAll(async () => {
  await server.stop(10_000)
  await gemini.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A bit of everything that is counted. */
async function work(): Promise<void> {
  await ask({ question: 'How many regions are there?' })
  await ask({ question: 'How many regions are there?', model: 'google:gemini-typed-by-ann' })
  await ask({ sql: 'DELETE FROM REGION' })
  const { turnId } = await ask({ sql: 'SELECT R_NAME AS zanzibar FROM REGION' })
  await get(`/api/v1/turns/${turnId}/export?format=csv`)
  for (let count = 0; count < 5; count += 1) await get(`/zanzibar/${count}`)
  await get(`/api/v1/conversations/${foreignId}`)
  await get('/auth/callback?code=zanzibar')
  const { socket, say, until, closed } = await openSocket(server.socketUrl)
  say({ id: '1', command: 'cancel', cancel: { turnId: foreignId } })
  await until((frames) => frames.some((frame) => frame['reply'] === '1'))
  socket.close()
  await closed
}

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(server.url + path, { headers })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

async function ask(asked: Readonly<Record<string, unknown>>): Promise<{ readonly turnId: string }> {
  const turnId = crypto.randomUUID()
  const response = await fetch(`${server.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ turnId, autoRun: true, ...asked }),
  })
  await response.text()
  return { turnId }
}

const scrape = async (): Promise<string> => (await get('/metrics', { authorization: `Bearer ${token}` })).text
/** The values of the series whose line holds all of these texts, summed up; null where there is none. */
const valueOf = (text: string, ...parts: readonly string[]): number | null => {
  const lines = text.split('\n').filter((line) => !line.startsWith('#') && parts.every((part) => line.includes(part)))
  return lines.length === 0 ? null : lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

describe('what is counted', () => {
  test.each([
    ['floe_turns_total{', 'door="api"', 'outcome="done"', 'problem="none"', 2],
    ['floe_turns_total{', 'outcome="failed"', 'problem="sql_refused"', 1],
    ['floe_turns_total{', 'outcome="failed"', 'problem="model_unauthorized"', 1],
    ['floe_turns_running{', 'state="running"', 0],
    ['floe_turn_duration_seconds_count{', 'outcome="done"', 2],
    ['floe_turn_steps_total{', 'step="run-query"', 'state="done"', 2],
    ['floe_turn_step_duration_seconds_count{', 'step="check-query"', 3],
    ['floe_guard_verdicts_total{', 'verdict="refused"', 'reason="writes"', 1],
    ['floe_warehouse_queries_total{', 'warehouse="sample"', 'purpose="turn"', 'outcome="done"', 2],
    ['floe_warehouse_queries_total{', 'warehouse="sample"', 'purpose="file"', 'outcome="done"', 1],
    ['floe_warehouse_query_duration_seconds_count{', 'warehouse="sample"', 3],
    ['floe_model_requests_total{', `model="${model}"`, 'key="operator"', 'outcome="answered"', 1],
    ['floe_model_requests_total{', 'model="other"', 'outcome="model_unauthorized"', 1],
    ['floe_model_first_token_seconds_count{', `model="${model}"`, 1],
    ['floe_http_requests_total{', 'method="POST"', 'route="/api/v1/turns"', 'status="200"', 4],
    ['floe_http_requests_total{', 'route="unmatched"', 'status="404"', 5],
    ['floe_http_requests_total{', 'route="/api/v1/conversations/{conversationId}"', 'status="404"', 1],
    ['floe_http_request_duration_seconds_count{', 'route="/api/v1/conversations/{conversationId}"', 1],
    ['floe_problems_total{', 'transport="answer"', 'code="not_found"', 6],
    ['floe_problems_total{', 'transport="socket"', 'code="not_found"', 1],
    ['floe_sign_ins_total{', 'outcome="sign_in_failed"', 1],
    ['floe_audit_entries_total{', 'action="result.exported"', 1],
    ['floe_dependency_up{', 'dependency="store"', 1],
    ['floe_streams_limit{', 'kind="socket"', 500],
    ['floe_child_deaths_total{', 'child="duckdb"', 0],
    ['floe_build_info{', 1],
  ])('%s %s %s %s %s', async (...series) => {
    const parts = series.filter((part) => typeof part === 'string')
    const wanted = series.find((part) => typeof part === 'number')
    expect(valueOf(await scrape(), ...parts)).toBe(wanted)
  })

  test('tokens at their price, memory of child processes, room on the disk', async () => {
    const text = await scrape()
    const tokens = valueOf(text, 'floe_model_tokens_total{')
    expect(tokens).toBeGreaterThan(0)
    expect(valueOf(text, 'floe_model_cost_dollars_total{', model)).toBe(tokens)
    expect(valueOf(text, 'floe_child_resident_memory_bytes{', 'child="store"')).toBeGreaterThan(1e6)
    expect(valueOf(text, 'floe_data_disk_free_bytes')).toBeGreaterThan(0)
    expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
  })

  test('answers that last as long as their reader wants are not timed', async () => {
    const text = await scrape()
    for (const path of ['/api/v1/turns"', '/api/v1/turns/{turnId}/export"', '/api/v1/socket"'])
      expect([path, valueOf(text, 'floe_http_request_duration_seconds_count{', path)]).toEqual([path, null])
    expect(valueOf(text, 'floe_http_requests_total{', '/api/v1/turns/{turnId}/export"', 'status="200"')).toBe(1)
  })

  test('nothing that a person wrote, named or is known by is part of a metric', async () => {
    const text = await scrape()
    for (const word of [...secretWords, foreignId, folder, 'REGION']) expect(text).not.toContain(word)
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
  })

  test('a child process that is killed counts as dead', async () => {
    const pid = childrenOf(process.pid).find((each) => commandOf(each).includes('duckdb-child'))
    if (pid === undefined) throw new Error('no engine runs')
    process.kill(pid, 'SIGKILL')
    const deaths = async () => valueOf(await scrape(), 'floe_child_deaths_total{', 'child="duckdb"', 'reason="killed"')
    await expect.poll(deaths, { timeout: 20_000 }).toBe(1)
  })
})

describe('the door of monitoring', () => {
  test('at the port that people use it takes the token, and asks nothing else', async () => {
    for (const authorization of ['', 'Bearer another-token-of-yours', `Basic ${token}`])
      expect(await get('/metrics', { authorization })).toMatchObject({
        status: 401,
        type: 'application/problem+json; charset=utf-8',
      })
    const read = await get('/metrics', { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' })
    expect(read).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' })
  })

  test('is closed unless it is set', async () => {
    const plain = await startServer(floe.services, { identify: floe.callerAt })
    expect((await fetch(`${plain.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404)
    await plain.app.close()
    const silent = compose(readConfig({ DATA_DIR: join(folder, 'none') }))
    expect(silent.monitoring.metrics).toBeNull()
    await silent.services.close()
  })

  test('at a port of its own it answers this machine under its own names alone', async () => {
    const metrics = { read: () => Promise.resolve({ type: 'text/plain', text: 'up 1\n' }) }
    const door = await openMetricsPort({ metrics, port: 0, host: '127.0.0.1', token: null })
    const port = Number(new URL(door?.address ?? '').port)
    expect(door).not.toBeNull()
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404)
    expect(await statusUnder('floe.attacker.example', port)).toBe(403)
    expect(await statusUnder('localhost', port)).toBe(200)
    const busy = openMetricsPort({ metrics, port, host: '127.0.0.1', token: null })
    await expect(busy).rejects.toMatchObject({ problem: { code: 'cannot_listen' } })
    await door?.close()
  })

  test('is open while the store is away, and says so', async () => {
    const env = {
      DATA_DIR: folder,
      DATABASE_URL: 'postgres://127.0.0.1:1/none',
      METRICS_TOKEN: token,
      LOG_LEVEL: 'silent',
    }
    const away = compose(readConfig(env))
    const text = (await away.monitoring.metrics?.read())?.text ?? ''
    expect(valueOf(text, 'floe_dependency_up{', 'dependency="store"')).toBe(0)
    await away.services.close()
  })
})

describe('alerts and dashboard', () => {
  /** Names of metrics in an expression: words that are neither functions, nor labels, nor variables. */
  const namesIn = (expression: string): readonly string[] =>
    expression
      .replaceAll(/\{[^}]*\}|"[^"]*"/g, '')
      .match(/\b(?:floe|nodejs|process)_\w+/g)
      ?.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')) ?? []
  const rules = readFileSync(join(monitoring, 'rules.yml'), 'utf8')
  const dashboard = readFileSync(join(monitoring, 'floe-dashboard.json'), 'utf8')
  const { panels } = JSON.parse(dashboard) as { readonly panels: readonly { readonly targets?: { expr: string }[] }[] }
  const shown = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr)))

  test('name only metrics that there are', async () => {
    const known = [...(await scrape()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name)
    const named = [...namesIn(rules), ...shown]
    expect(new Set(named).size).toBeGreaterThan(35)
    expect(named.filter((name) => !known.includes(name))).toEqual([])
  })

  test('each metric of Floe is on the dashboard', async () => {
    const known = [...(await scrape()).matchAll(/^# TYPE (floe_\w+) /gm)].map(([, name]) => name)
    expect(known.filter((name) => name !== undefined && !shown.includes(name))).toEqual([])
  })

  test('each alert has its page, and each page its alert', () => {
    const pages = readFileSync(join(root, 'docs', 'alerts.md'), 'utf8')
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
    expect([...pages.matchAll(/^## (Floe\w+)$/gm)].map(([, name]) => name)).toEqual(alerts)
    const links = [...rules.matchAll(/runbook_url: docs\/alerts\.md#(\w+)/g)].map(([, name]) => name)
    expect(links).toEqual(alerts.map((name) => name?.toLowerCase()))
  })

  test('the dashboard is the one that is generated', () => {
    const made = spawnSync(process.execPath, [join(root, 'scripts', 'dashboard.mjs')], { encoding: 'utf8' })
    expect(made.stdout).toBe(dashboard)
  })

  const missing = toolMissing()
  test.skipIf(missing !== null)(
    `Prometheus accepts metrics and rules, and the rules fire as told${missing ?? ''}`,
    async () => {
      const promtool = (args: readonly string[], input = '') => {
        const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: monitoring, input, encoding: 'utf8' })
        return { status, said: status === 0 ? '' : stdout + stderr }
      }
      expect(promtool(['check', 'metrics'], await scrape())).toEqual({ status: 0, said: '' })
      expect(promtool(['check', 'config', 'prometheus.yml'])).toEqual({ status: 0, said: '' })
      for (const file of ['rules.test.yml', 'rules-of-days.test.yml'])
        expect(promtool(['test', 'rules', file])).toEqual({ status: 0, said: '' })
    },
  )
})

/** The status of an answer to a request that names the server so. */
const statusUnder = (host: string, port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ port, path: '/metrics', headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })

/** Why Prometheus's tool cannot be asked; null where it can. With REQUIRE_ALL=1 its absence is an error. */
function toolMissing(): string | null {
  if (spawnSync('promtool', ['--version']).status === 0) return null
  if (process.env['REQUIRE_ALL'] === '1') throw new Error('promtool is not installed')
  return ' (skipped: promtool is not installed)'
}
