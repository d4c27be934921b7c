import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelUsage, Usage } from '../../src/contract/budgets.ts'
import type { AppInfo } from '../../src/contract/api.ts'
import type { ModelsState } from '../../src/contract/models.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import type { BrowserClient } from '../support/browser-client.ts'
import { countedTokens, startModelServer, type ModelServer } from '../support/model-server.ts'
import { startOrganisation, type Organisation } from '../support/organisation.ts'
import { storePlaces, type StorePlace } from '../support/store-places.ts'

const [annKey, benKey] = ['sk-ant-of-ann-0123456789', 'sk-ant-of-ben-0123456789']
const [model, other] = ['claude-sonnet-4-5', 'claude-opus-4-1']
const writer = `anthropic:${model}`
const answer = {
  interpretation: 'Regions.',
  assumptions: [],
  sql: 'SELECT COUNT(*) AS N FROM REGION AS r',
  chart: null,
  clarification: null,
  declined: null,
}

describe.each(storePlaces)('people’s own keys, kept in $name', ({ missing, open }) => {
  let place: StorePlace
  let organisation: Organisation
  let claude: ModelServer
  let [ann, ben, admin]: BrowserClient[] = []

  beforeAll(async () => {
    if (missing !== null) return
    place = await open()
    claude = await startModelServer({
      wire: 'anthropic',
      keys: [annKey, benKey],
      models: [model, other],
      replies: [{ answer }],
    })
    organisation = await startOrganisation({
      ...place.env,
      ADMIN_EMAILS: 'admin@example.com',
      ALLOWED_EMAIL_DOMAINS: 'example.com',
      ANTHROPIC_BASE_URL: claude.url,
      OWN_KEY_PROVIDERS: 'anthropic,openai-compatible',
      MODEL_PRICES: JSON.stringify({ [writer]: { inputPerMillion: 3, outputPerMillion: 15 } }),
      CONNECTION_POLICIES: JSON.stringify({ sample: { samplesToModel: false } }),
    })
    admin = await organisation.signedIn('admin')
    ann = await organisation.signedIn('ann')
    ben = await organisation.signedIn('ben')
  }, 240_000)
  afterAll(async () => {
    if (missing !== null) return
    await organisation.close()
    await claude.close()
    await place.remove()
  })

  const call = async (browser: BrowserClient | undefined, method: string, path: string, body?: unknown) => {
    if (browser === undefined) throw new Error('nobody has signed in')
    return await browser.json(method, `/api/v1${path}`, body)
  }
  const put = (browser: BrowserClient | undefined, key: string) =>
    call(browser, 'PUT', '/models', { provider: 'anthropic', key })
  const usageOf = async (browser: BrowserClient | undefined): Promise<Usage> =>
    (await call(browser, 'GET', '/usage')).body as Usage
  const infoOf = async (browser: BrowserClient | undefined): Promise<AppInfo> =>
    (await call(browser, 'GET', '/app')).body as AppInfo
  const stateOf = async (browser: BrowserClient | undefined): Promise<ModelsState> =>
    (await call(browser, 'GET', '/models')).body as ModelsState

  /** Asks a question; resolves to the code of what went wrong, or to the writer and the rows. */
  async function ask(browser: BrowserClient | undefined, chosen?: string): Promise<unknown> {
    const response = await browser?.request('/api/v1/turns', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: organisation.server.url },
      body: JSON.stringify({
        connection: 'sample',
        question: 'How many regions are there?',
        autoRun: true,
        ...(chosen === undefined ? {} : { model: chosen }),
      }),
    })
    const text = (await response?.text()) ?? ''
    if (!text.includes('data: ')) return (JSON.parse(text) as { code?: string }).code
    const lines = text.split('\n').filter((line) => line.startsWith('data: '))
    const events = lines.map((line) => TurnEvent.parse(JSON.parse(line.slice('data: '.length))))
    const failed = events.find((event) => event.kind === 'turn.failed')
    if (failed?.kind === 'turn.failed') return failed.problem.code
    const started = events.find((event) => event.kind === 'turn.started')
    const rows = events.flatMap((event) => (event.kind === 'result.rows' ? event.rows : []))
    return [started?.kind === 'turn.started' ? started.writer : null, rows]
  }

  describe.skipIf(missing !== null)('of an organisation', () => {
    test('are tested before they are stored, and never shown again', async () => {
      const refused = await put(ann, 'sk-ant-of-nobody')
      expect(refused).toMatchObject({ body: { code: 'model_unauthorized', whoseTurn: 'person' } })
      expect((await stateOf(ann)).keys).toEqual([])
      const tested = await call(ann, 'POST', '/models/test', { provider: 'anthropic', key: annKey })
      expect(tested).toMatchObject({ status: 200, body: { model, models: [{ id: model }, { id: other }] } })
      expect((await stateOf(ann)).keys).toEqual([])
      const stored = await put(ann, ` ${annKey}\n`)
      expect(stored).toMatchObject({ status: 200, body: { lastFour: '6789', model, writer, refusal: null } })
      await put(ben, benKey)
      for (const seen of [stored.body, await stateOf(ann), await infoOf(ann)])
        expect(JSON.stringify(seen)).not.toContain(annKey)
    })

    test('pay for the questions of their person and of nobody else', async () => {
      claude.requests.length = 0
      expect(await ask(ann, writer)).toEqual([writer, [[5]]])
      expect(await ask(ben, writer)).toEqual([writer, [[5]]])
      expect(claude.requests.map(({ key }) => key)).toEqual([annKey, benKey])
      expect(await ask(admin, writer)).toBe('model_unauthorized')
      expect((await infoOf(admin)).writers.map(({ id }) => id)).toEqual(['offline'])
      expect((await infoOf(ann)).writers.map(({ id }) => id)).toEqual(['offline', writer])
    })

    test('are asked by preference, and no row or sampled value goes along where the connection keeps them', async () => {
      await call(ann, 'PATCH', '/me/preferences', { writer })
      claude.requests.length = 0
      expect(await ask(ann)).toEqual([writer, [[5]]])
      const sent = JSON.stringify(claude.requests[0]?.body)
      expect(sent).toContain('R_NAME')
      expect(sent).not.toMatch(/AFRICA|EUROPE/)
      await call(ann, 'PATCH', '/me/preferences', { writer: null })
      expect(await ask(ann)).toMatchObject(['offline', [[5]]])
    })

    test('are counted by day and model, with a cost where a price is known', async () => {
      const { inputTokens, outputTokens } = countedTokens
      const { models, own, tokens } = await usageOf(ann)
      expect(models).toMatchObject([
        { model: writer, isOwnKey: true, questions: 2, inputTokens: 2 * inputTokens, outputTokens: 2 * outputTokens },
      ])
      const dollars = (2 * (3 * inputTokens + 15 * outputTokens)) / 1e6
      expect(models[0]?.dollars).toBeCloseTo(dollars, 9)
      expect([tokens, own.tokensToday, own.unpriced]).toEqual([0, 2 * (inputTokens + outputTokens), []])
      // A price of one's own comes before the operator's.
      await call(ann, 'PATCH', '/models', { prices: [{ model: writer, inputPerMillion: 0, outputPerMillion: 0 }] })
      expect((await usageOf(ann)).models[0]?.dollars).toBe(0)
      expect((await usageOf(ben)).models[0]?.dollars).toBeCloseTo(dollars / 2, 9)
      await call(ann, 'PATCH', '/models', { prices: [] })
    })

    test('are counted for admins by person and month, at the operator’s prices', async () => {
      const ownPrice = { model: writer, inputPerMillion: 0, outputPerMillion: 0 }
      await call(ann, 'PATCH', '/models', { prices: [ownPrice] })
      expect(await call(ann, 'GET', '/people/model-usage')).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
      const { month, uses } = (await call(admin, 'GET', '/people/model-usage')).body as ModelUsage
      expect(month).toBe(new Date().toISOString().slice(0, 7))
      const { inputTokens, outputTokens } = countedTokens
      const used = (questions: number) => ({
        model: writer,
        isOwnKey: true,
        questions,
        inputTokens: questions * inputTokens,
        outputTokens: questions * outputTokens,
        tokens: questions * (inputTokens + outputTokens),
        dollars: expect.closeTo((questions * (3 * inputTokens + 15 * outputTokens)) / 1e6, 9) as number,
      })
      expect(uses).toMatchObject([
        { email: 'ann@example.com', ...used(2) },
        { email: 'ben@example.com', ...used(1) },
      ])
      expect((await call(admin, 'GET', '/people/model-usage?month=2019-12')).body).toEqual({
        month: '2019-12',
        uses: [],
      })
      for (const wrong of ['2026-13', '2026-1', '0000-01', 'now'])
        expect((await call(admin, 'GET', `/people/model-usage?month=${wrong}`)).status).toBe(400)
      await call(ann, 'PATCH', '/models', { prices: [] })
    })

    test('stop at a limit of one’s own before the model is asked; the interpreter goes on', async () => {
      const limits = { tokensPerDay: 10, tokensPerMonth: null, dollarsPerDay: null, dollarsPerMonth: null }
      expect((await call(ann, 'PATCH', '/models', { limits })).status).toBe(200)
      claude.requests.length = 0
      expect(await ask(ann, writer)).toBe('budget_used')
      expect(claude.requests).toEqual([])
      expect(await ask(ann, 'offline')).toMatchObject(['offline', [[5]]])
      expect(await ask(ben, writer)).toEqual([writer, [[5]]])
      await call(ann, 'PATCH', '/models', { limits: { ...limits, tokensPerDay: null } })
      expect(await ask(ann, writer)).toEqual([writer, [[5]]])
    })

    test('are for the providers and the addresses that the operator names', async () => {
      expect(await call(ann, 'PUT', '/models', { provider: 'google', key: 'AIza-some-key-0123' })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
      for (const baseUrl of [
        'http://127.0.0.1:11434/v1',
        'https://10.0.0.1/v1',
        'https://api.openai.com.evil.example/v1',
      ])
        expect(
          await call(ann, 'POST', '/models/test', { provider: 'openai-compatible', key: '', baseUrl }),
        ).toMatchObject({
          status: 400,
          body: { code: 'bad_request', action: expect.stringContaining('MODEL_ADDRESSES') as string },
        })
      const { body } = await call(admin, 'GET', '/audit?q=model_key')
      const entries = (body as { entries: { action: string; facts: object }[] }).entries
      expect(entries.map(({ action }) => action)).toEqual(['model_key.refused', 'model_key.set', 'model_key.set'])
      expect(JSON.stringify(entries)).not.toMatch(/sk-ant/)
    })

    test('can be given another model, are removed at once and brought back for a moment', async () => {
      expect(await call(ann, 'PUT', '/models', { provider: 'anthropic', model: 'claude-none' })).toMatchObject({
        body: { code: 'model_unknown' },
      })
      expect(await call(ann, 'PUT', '/models', { provider: 'anthropic', model: other })).toMatchObject({
        status: 200,
        body: { model: other, lastFour: '6789' },
      })
      await call(ann, 'PUT', '/models', { provider: 'anthropic', model })
      expect((await call(ann, 'DELETE', '/models/anthropic')).status).toBe(200)
      expect(await ask(ann, writer)).toBe('model_unauthorized')
      expect((await call(ann, 'DELETE', '/models/anthropic')).status).toBe(404)
      expect((await call(ben, 'POST', '/models/anthropic/restore')).body).toMatchObject({ lastFour: '6789' })
      expect((await call(ann, 'POST', '/models/anthropic/restore')).status).toBe(200)
      expect(await ask(ann, writer)).toEqual([writer, [[5]]])
    })

    test('are gone with the access of their person', async () => {
      const people = (await call(admin, 'GET', '/people')).body as { id: string; email: string }[]
      const annId = people.find(({ email }) => email === 'ann@example.com')?.id ?? ''
      await call(admin, 'PATCH', `/people/${annId}`, { isDisabled: true })
      await call(admin, 'PATCH', `/people/${annId}`, { isDisabled: false })
      ann = await organisation.signedIn('ann')
      expect((await stateOf(ann)).keys).toEqual([])
      expect((await call(ann, 'POST', '/models/anthropic/restore')).status).toBe(404)
    })
  })
})
