import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { postTurn, readEvents, runFloe, serveFloe, type ServedFloe } from '../support/floe-process.ts'

/** Runs until it is stopped, on any machine. */
const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY JOIN LINEITEM d ON c.L_TAX < d.L_TAX'
const question = 'How many orders were placed per year?'

let folder: string
let env: Record<string, string>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-crash-'))
  env = { DATA_DIR: folder }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function untilRunning(server: ServedFloe, body: Record<string, unknown>): Promise<TurnEvent> {
  for await (const event of readEvents(await postTurn(server.url, body))) {
    // It joins without an equation, so that it waits for a person.
    if (event.kind === 'query.proposed')
      await fetch(`${server.url}/api/v1/turns/${event.turnId}/approve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ digest: event.digest }),
      })
    if (event.kind === 'step' && event.name === 'run-query') return event
  }
  throw new Error('The query never ran.')
}

const readTurn = async (server: ServedFloe, turnId: string) => {
  const answer = await fetch(`${server.url}/api/v1/turns/${turnId}`)
  return (await answer.json()) as { turn: TurnSummary; events: TurnEvent[] }
}

const drain = async (events: AsyncIterable<TurnEvent>): Promise<readonly TurnEvent[]> => {
  const all: TurnEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

describe('a server that dies', () => {
  test('[nothing-lost] killed in mid-query: the turn is there, marked interrupted, and can be run again', async () => {
    const first = await serveFloe(env)
    const asked = await drain(readEvents(await postTurn(first.url, { question, autoRun: true })))
    const running = await untilRunning(first, { sql: endless })
    await first.kill()

    const second = await serveFloe(env)
    const { turn, events } = await readTurn(second, running.turnId)
    expect(turn.state).toBe('interrupted')
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'interrupted' } })

    const kept = await readTurn(second, asked[0]?.turnId ?? '')
    expect(kept.turn.state).toBe('done')
    expect(kept.events).toEqual(asked)

    const again = await drain(readEvents(await postTurn(second.url, { question, autoRun: true })))
    expect(again.at(-1)?.kind).toBe('turn.done')
    expect(await second.stop()).toBe(0)
  })

  test('a reader that saw more than was stored is told that the turn ended there', async () => {
    const first = await serveFloe(env)
    const running = await untilRunning(first, { sql: endless })
    await first.kill()
    const second = await serveFloe(env)
    const answer = await fetch(`${second.url}/api/v1/turns/${running.turnId}/events`, {
      headers: { 'last-event-id': '1000' },
    })
    expect(await drain(readEvents(answer))).toMatchObject([
      { seq: 1_001, kind: 'turn.failed', problem: { code: 'interrupted' } },
    ])
    await second.stop()
  })

  test('[stop-stops] SIGTERM in mid-query: the turn ends, is stored, and the process leaves with 0', async () => {
    const server = await serveFloe(env)
    const running = await untilRunning(server, { sql: endless })
    expect(await server.stop()).toBe(0)
    const next = await serveFloe(env)
    expect((await readTurn(next, running.turnId)).turn.state).toBe('interrupted')
    await next.stop()
  })

  test('a command line beside the server shares its store', async () => {
    const server = await serveFloe(env)
    const { code, out } = await runFloe(['ask', question, '--yes', '--json'], env)
    expect(code).toBe(0)
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TurnEvent)
    const { events: stored } = await readTurn(server, events[0]?.turnId ?? '')
    expect(stored).toEqual(events)
    await server.stop()
  })
})
