import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFloe, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { startModelServer, type ModelServer } from '../support/model-server.ts'

/** No text of Floe's own holds it by chance. */
const sentinel = 'sk-sentinel-q7Zx-9d41-77ab'
const writer = 'openai-compatible:qwen3-coder:30b'
const answer = {
  interpretation: 'Regions.',
  assumptions: [],
  sql: 'SELECT COUNT(*) AS N FROM REGION AS r',
  chart: null,
  clarification: null,
  declined: null,
}

/** Every file below a folder, as text of single bytes. */
const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))

describe('[no-secrets] the key of a person', () => {
  let folder: string
  let models: ModelServer
  let server: ServedFloe
  let env: Record<string, string>

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'floe-own-key-'))
    models = await startModelServer({
      wire: 'openai',
      keys: [sentinel],
      models: ['qwen3-coder:30b'],
      replies: [
        { answer },
        { status: 500, body: JSON.stringify({ error: { message: `Bad key ${sentinel}`, code: sentinel } }) },
        { status: 400, body: sentinel },
        { answer },
      ],
    })
    env = { DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'trace' }
    server = await serveFloe(env)
  }, 120_000)
  afterAll(async () => {
    await models.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const call = async (method: string, path: string, body?: unknown): Promise<Response> =>
    await fetch(`${server.url}/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  const key = { provider: 'openai-compatible', baseUrl: '', key: sentinel }

  test('is in no answer, event, error, log, export, audit, backup and file, and works on the command line', async () => {
    const seen: string[] = []
    const hear = async (method: string, path: string, body?: unknown): Promise<string> => {
      const text = await (await call(method, path, body)).text()
      seen.push(text)
      return text
    }
    const own = { ...key, baseUrl: models.url }
    expect(await hear('POST', '/models/test', own)).toContain('qwen3-coder:30b')
    expect(await hear('PUT', '/models', own)).toContain('77ab')
    expect(await hear('PUT', '/models', { ...own, model: 'none' })).toContain('model_unknown')
    expect(await hear('PUT', '/models', { ...own, baseUrl: 'http://127.0.0.1:1/v1' })).toContain('could not be reached')
    expect(await hear('PUT', '/models', { ...own, nonsense: sentinel })).toContain('bad_request')
    const question = { question: 'How many regions are there?', connection: 'sample', model: writer, autoRun: true }
    const first = await hear('POST', '/turns', question)
    expect(first).toContain('turn.done')
    for (let asked = 0; asked < 2; asked += 1) await hear('POST', '/turns', question)
    for (const path of ['/models', '/usage', '/app', '/conversations', '/me/preferences']) await hear('GET', path)
    const exported = unzipSync(new Uint8Array(await (await call('GET', '/me/export')).arrayBuffer()))
    expect(strFromU8(exported['model_keys.json'] ?? new Uint8Array())).toContain('77ab')
    expect(strFromU8(exported['usage.json'] ?? new Uint8Array())).toContain(writer)
    seen.push(...Object.values(exported).map((bytes) => strFromU8(bytes)))

    const asked = await runFloe(['ask', 'How many regions are there?', '--model', writer, '--yes'], env)
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('5')])
    const doctor = await runFloe(['doctor'], env)
    expect([doctor.code, doctor.out]).toEqual([0, expect.stringContaining(`--model ${writer} asks with it`)])
    const rotated = await runFloe(['admin', 'rotate-secrets', '--json'], env)
    expect(JSON.parse(rotated.out)).toMatchObject({ sealedAnew: 1, unreadable: 0 })
    expect(await hear('POST', '/models/test', { provider: 'openai-compatible' })).toContain('qwen3-coder:30b')
    const backup = join(folder, 'store.backup')
    expect((await runFloe(['admin', 'backup', backup], env)).code).toBe(0)
    seen.push(readFileSync(backup, 'latin1'))
    for (const { out, err } of [asked, doctor, rotated]) seen.push(out, err)
    await server.stop()
    expect(server.log()).toContain('"route":"/api/v1/*"')
    expect([...seen, server.log(), ...filesOf(folder)].filter((text) => text.includes(sentinel))).toEqual([])
    expect(models.requests.filter((request) => request.key === sentinel).length).toBeGreaterThan(5)
  }, 240_000)
})
