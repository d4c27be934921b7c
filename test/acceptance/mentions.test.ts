import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compose, type Floe } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import type { Mention } from '../../src/contract/command.ts'
import { TurnEvent } from '../../src/contract/turn-event.ts'
import { run } from '../support/cli-run.ts'
import { readFrames, startServer, type StartedServer } from '../support/started-server.ts'

let folder: string
let floe: Floe
let server: StartedServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-mentions-'))
  floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
  await floe.services.appInfo(floe.callerAt('api'), new AbortController().signal)
  await floe.services.history.list(floe.callerAt('api'), 1)
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  rmSync(folder, { recursive: true, force: true })
})

type Event = ReturnType<(typeof TurnEvent)['parse']>
const find = <K extends Event['kind']>(events: readonly Event[], kind: K) =>
  events.find((event): event is Extract<Event, { kind: K }> => event.kind === kind)

async function ask(body: Readonly<Record<string, unknown>>) {
  const response = await fetch(`${server.url}/api/v1/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ autoRun: true, ...body }),
  })
  const text = await response.text()
  const events = readFrames(text).flatMap(({ data }) => (data === undefined ? [] : [TurnEvent.parse(JSON.parse(data))]))
  return { status: response.status, text, events }
}

const mention = (question: string, words: string, kind: Mention['kind'], name: string): Mention => {
  const from = question.indexOf(words)
  return { from, to: from + words.length, kind, name }
}

describe('mentions over HTTP', () => {
  const question = 'average price per status of @ORDERS'

  test('decide what words stand for, and the ledger shows them answered', async () => {
    const mentions = [
      mention(question, 'price', 'column', 'ORDERS.O_TOTALPRICE'),
      mention(question, 'status', 'column', 'ORDERS.O_ORDERSTATUS'),
    ]
    const { events } = await ask({ question, mentions })
    const proposed = find(events, 'query.proposed')
    expect(proposed?.sql).toMatch(/AVG\("?O_TOTALPRICE"?\)/)
    expect(proposed?.sql).toMatch(/GROUP BY "?O_ORDERSTATUS"?/)
    expect(proposed?.ledger?.map(({ text, answeredBy }) => [text, Array.isArray(answeredBy)])).toEqual([
      ['average', true],
      ['price', true],
      ['per', true],
      ['status', true],
      ['@ORDERS', true],
    ])
    expect(find(events, 'turn.done')).toBeDefined()
  })

  test('are stored with the turn and inherited by what follows it', async () => {
    const conversationId = crypto.randomUUID()
    const mentions = [mention(question, 'price', 'column', 'ORDERS.O_TOTALPRICE')]
    await ask({ question, mentions, conversationId })
    const { events } = await ask({ question: 'only for 1996', conversationId })
    expect(find(events, 'query.proposed')?.sql).toMatch(/AVG\("?O_TOTALPRICE"?\)[\s\S]*1996/)
    const stored = await fetch(`${server.url}/api/v1/conversations/${conversationId}`)
    const { turns } = (await stored.json()) as { turns: readonly { mentions?: unknown }[] }
    expect(turns.map((turn) => turn.mentions)).toEqual([mentions, undefined])
  })

  test('of a name that is not there are refused with their place', async () => {
    const { events } = await ask({ question, mentions: [mention(question, '@ORDERS', 'table', 'SECRET.ORDERS')] })
    expect(find(events, 'turn.failed')?.problem).toMatchObject({
      code: 'bad_question',
      message: 'There is no table SECRET.ORDERS that this connection can see.',
      span: { start: question.indexOf('@'), end: question.length },
    })
    expect(find(events, 'query.proposed')).toBeUndefined()
  })

  test.each([
    ['a place outside of the question', { from: 0, to: 99, kind: 'table', name: 'ORDERS' }],
    ['a kind that does not exist', { from: 0, to: 3, kind: 'database', name: 'ORDERS' }],
    ['an empty name', { from: 0, to: 3, kind: 'table', name: '' }],
  ])('%s is refused before anything is stored', async (_, wrong) => {
    const { status, text } = await ask({ question, mentions: [wrong] })
    expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([400, 'bad_request'])
  })
})

test('the command line understands a name after @ that is there exactly once', async () => {
  const services = { ...floe.services, close: () => Promise.resolve() }
  const { code, out } = await run(['ask', 'average @ORDERS.O_TOTALPRICE per @O_ORDERSTATUS', '--yes', '--json'], {
    services,
    caller: floe.callerAt('cli'),
  })
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => TurnEvent.parse(JSON.parse(line)))
  expect(find(events, 'query.proposed')?.sql).toMatch(/AVG\("?O_TOTALPRICE"?\)/)
  expect(code).toBe(0)
})
