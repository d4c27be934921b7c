import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { scriptServices } from '../../test/support/scripted-services.ts'
import { run, start } from '../../test/support/cli-run.ts'
import { problem } from '../core/problem.ts'

describe('usage', () => {
  test.each([
    [[], 'Usage: floe'],
    [['nonsense'], 'Usage: floe'],
    [['ask'], 'Usage: floe ask'],
    [['ask', 'q', 'r'], 'Usage: floe ask'],
    [['ask', 'q', '--max-rows', '0'], 'Usage: floe ask'],
    [['ask', 'q', '--max-rows', 'many'], 'Usage: floe ask'],
    [['ask', 'q', '--max-rows', '1000001'], 'Usage: floe ask'],
    [['ask', 'q', '--bogus'], 'Usage: floe ask'],
    [['ask', 'q', '--connection'], 'Usage: floe ask'],
    [['sql'], 'Usage: floe sql'],
    [['sql', 'SELECT 1', '--format', 'xml'], 'Usage: floe sql'],
    [['sql', 'SELECT 1', '--format', 'pdf'], 'Allowed choices are table, csv, json, ndjson'],
    [['check', '/no/such/file.sql'], 'There is no such file'],
    [['check', tmpdir()], 'It is not a file'],
    [['doctor', 'x'], 'Usage: floe doctor'],
    [['serve', 'x'], 'Usage: floe serve'],
  ])('%j is a misuse', async (argv, words) => {
    const { code, out, err, closes } = await run(argv)
    expect([code, out, closes]).toEqual([2, '', 0])
    expect(err).toContain(words)
    expect(err).toContain('Usage: floe')
  })

  test.each([
    [['--help'], 'Usage: floe'],
    [['ask', '--help'], 'Usage: floe ask'],
    [['--version'], '1.2.3'],
  ])('%j is answered on stdout', async (argv, words) => {
    const { code, out, err } = await run(argv)
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(words)
  })
})

const readLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

describe('doctor', () => {
  const ok = { name: 'guard', state: 'ok' as const, detail: 'Answers.', action: null }
  const failed = { name: 'store', state: 'failed' as const, detail: 'No answer\u001b[0m.', action: 'Start it.' }

  test.each([
    [[ok], 0, 'ok        guard: Answers.\n'],
    [[ok, failed], 6, 'ok        guard: Answers.\nFAILED    store: No answer\\u001b[0m.\n          Start it.\n'],
  ])('%j ends with %i', async (checks, exitCode, text) => {
    const services = scriptServices({ health: () => Promise.resolve(checks) })
    const { code, out } = await run(['doctor'], { services })
    expect([code, out]).toEqual([exitCode, text])
    const printed = await run(['doctor', '--json'], { services })
    expect(readLines(printed.out)).toEqual(checks)
  })

  const step = { name: 'role' as const, state: 'ok' as const, detail: 'READER.', action: null, sql: null }
  const unfit = {
    ...step,
    state: 'failed' as const,
    detail: 'No role\u001b[0m.',
    action: 'Grant it:',
    sql: 'GRANT A;\nGRANT B;',
  }
  test.each([
    [[step], null, 0, 'ok        prod: role: READER.\n'],
    [[step], 'It can write.', 0, 'ok        prod: role: READER.\nWARNING   prod: It can write.\n'],
    [
      [unfit],
      null,
      6,
      'FAILED    prod: role: No role\\u001b[0m.\n          Grant it:\n            GRANT A;\n            GRANT B;\n',
    ],
  ])('the steps of a connection: %j, %j', async (steps, warning, exitCode, text) => {
    const asked: unknown[] = []
    const services = scriptServices({
      diagnose: (caller, connection) => {
        asked.push([caller.userId, connection])
        return Promise.resolve({ steps, warning })
      },
    })
    const { code, out } = await run(['doctor', '--connection', 'prod'], { services })
    expect([code, out]).toEqual([exitCode, text])
    const printed = await run(['doctor', '--json', '--connection', 'prod'], { services })
    expect(readLines(printed.out)).toEqual(steps.map((one) => ({ connection: 'prod', ...one })))
    expect(asked).toEqual([
      ['someone', 'prod'],
      ['someone', 'prod'],
    ])
  })
})

describe('serve', () => {
  test('serves until it is told to stop, which is a success', async () => {
    const running = start(['serve'], {
      serve: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    })
    running.signals.emit('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test('a port in use is said with what to do', async () => {
    const { code, err } = await run(['serve'], {
      serve: () => Promise.reject(problem('cannot_listen', 'Port 3000 is in use.', 'Set PORT=3001.')),
    })
    expect([code, err]).toEqual([1, 'floe: Port 3000 is in use.\n  Set PORT=3001.\n'])
  })
})

describe('faults', () => {
  test('an intended problem is said with its details', async () => {
    const openServices = () =>
      Promise.reject(
        problem('store_unavailable', 'The database does not answer.', 'Start it.', { details: ['port 5432'] }),
      )
    const { code, err, defects } = await run(['doctor'], { openServices })
    expect([code, err, defects]).toEqual([1, 'floe: The database does not answer.\n  port 5432\n  Start it.\n', []])
  })

  test('a defect is logged and tells nothing', async () => {
    const defect = new Error('password=hunter2')
    const { code, err, defects } = await run(['doctor'], { openServices: () => Promise.reject(defect) })
    expect([code, defects]).toEqual([1, [defect]])
    expect(err).not.toContain('hunter2')
  })
})
