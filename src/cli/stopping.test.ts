import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import {
  answeredFacts,
  encodeFacts,
  playEvents,
  someTurnId,
  type Script,
} from '../../test/support/scripted-services.ts'
import { run, scriptTurn, start } from '../../test/support/cli-run.ts'
import type { TurnFact } from '../contract/turn-event.ts'

const proposedAt = answeredFacts.findIndex(({ kind }) => kind === 'query.proposed') + 1

describe('stopping', () => {
  const endless = (facts: readonly TurnFact[], more: Script = {}) =>
    scriptTurn(facts, {
      ...more,
      turns: {
        events: (_caller, _turnId, _afterSeq, signal) => playEvents(encodeFacts(facts), 0, signal),
        ...more.turns,
      },
    })
  const waitFor = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await new Promise((resolve) => setImmediate(resolve))
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s cancels the turn, closes everything and ends with %i', async (name, exitCode) => {
    const { services, commands } = endless(answeredFacts.slice(0, 2))
    const running = start(['ask', 'q', '--yes'], { services })
    await waitFor(() => running.stderr().includes('understand'))
    running.signals.emit(name)
    running.signals.emit(name)
    const { code, closes } = await running.ended
    expect([code, commands, closes]).toEqual([exitCode, [['cancel', { turnId: someTurnId }]], 1])
    expect(running.signals.listenerCount(name)).toBe(0)
  })

  test('Ctrl-C at the prompt cancels too', async () => {
    const { services, commands } = endless(answeredFacts.slice(0, proposedAt))
    const running = start(['ask', 'q'], { services, isTerminal: true })
    await waitFor(() => running.stderr().includes('Run this query?'))
    running.signals.emit('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(commands).toEqual([['cancel', { turnId: someTurnId }]])
  })

  test('a reader that has seen enough ends the run quietly and cancels the turn', async () => {
    const rows: TurnFact = { kind: 'result.rows', rows: [['F', 1]] }
    const facts = [...answeredFacts.slice(0, 6), ...Array.from({ length: 2_000 }, () => rows)]
    const { services, commands } = scriptTurn(facts)
    let written = 0
    const stdout = new Writable({
      highWaterMark: 100,
      write(_chunk, _encoding, done) {
        written += 1
        setImmediate(done, written < 10 ? null : Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    const { code, err, defects } = await run(['sql', 'SELECT 1', '--format', 'ndjson'], { services, stdout })
    expect([code, err, defects, commands]).toEqual([
      0,
      'floe: All periods are counted.\n',
      [],
      [['cancel', { turnId: someTurnId }]],
    ])
    expect(written).toBeLessThan(20)
  })

  test('a full disk is said', async () => {
    const { services } = scriptTurn(answeredFacts)
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    })
    const { code, err } = await run(['ask', 'q', '--yes', '--json'], { services, stdout })
    expect(code).toBe(1)
    expect(err).toContain('ENOSPC')
  })

  test('a slow reader holds back the turn', async () => {
    let taken = 0
    const { services } = scriptTurn([], {
      turns: {
        async *events() {
          for (const event of encodeFacts(
            Array.from({ length: 1_000 }, () => ({ kind: 'answer.delta', text: 'x'.repeat(1_000) }) as const),
          )) {
            taken += 1
            yield event
            await Promise.resolve()
          }
        },
      },
    })
    const held: (() => void)[] = []
    const stdout = new Writable({ write: (_chunk, _encoding, done) => void held.push(done) })
    const running = start(['ask', 'q', '--yes', '--json'], { services, stdout })
    await waitFor(() => stdout.writableNeedDrain)
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toBeLessThan(100)
    running.signals.emit('SIGINT')
    expect((await running.ended).code).toBe(130)
  })
})
