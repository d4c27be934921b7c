import { describe, expect, test } from 'vitest'
import { answeredFacts, encodeFacts, scriptServices, someTurnId } from '../../../test/support/scripted-services.ts'
import { failing, run, scriptTurn } from '../../../test/support/cli-run.ts'
import type { TurnFact } from '../../contract/turn-event.ts'
import { problem } from '../../core/problem.ts'
import type { Caller } from '../../core/caller.ts'

const proposedAt = answeredFacts.findIndex(({ kind }) => kind === 'query.proposed') + 1

describe('ask', () => {
  test('--json prints the events as they were encoded and nothing else', async () => {
    const { services, asked } = scriptTurn(answeredFacts)
    const argv = [
      'ask',
      'How many orders?',
      '--yes',
      '--json',
      '--max-rows',
      '7',
      '--model',
      'offline',
      '--connection',
      'c',
    ]
    const { code, out, err, closes } = await run(argv, { services })
    expect([code, err, closes]).toEqual([0, '', 1])
    expect(out).toBe(
      encodeFacts(answeredFacts)
        .map(({ json }) => `${json}\n`)
        .join(''),
    )
    expect(asked).toEqual([
      { question: 'How many orders?', connection: 'c', maxRows: 7, autoRun: true, model: 'offline' },
    ])
  })

  test('for a person: steps aside, then query, reading, sentence and table', async () => {
    const { services } = scriptTurn(answeredFacts)
    const { code, out, err } = await run(['ask', 'How many orders?', '--yes'], { services })
    expect(code).toBe(0)
    expect(err).toBe('✓ understand\n✓ find-tables: ORDERS\n')
    expect(out).toBe(`SELECT O_ORDERSTATUS, COUNT(*) AS N FROM ORDERS GROUP BY 1

The number of orders for each status.
Assumed: All periods are counted.
Reads at most 75,000 rows.

F has 36,500 orders.

O_ORDERSTATUS                     N
─────────────  ────────────────────
F                             36500
O              12345678901234567890
2 rows
`)
  })

  test('without --yes and without a terminal it stops at the proposal and cancels', async () => {
    const { services, commands } = scriptTurn(answeredFacts)
    const { code, out, err } = await run(['ask', 'q', '--json'], { services })
    expect([code, commands]).toEqual([3, [['cancel', { turnId: someTurnId }]]])
    expect(out.trimEnd().split('\n')).toEqual(encodeFacts(answeredFacts.slice(0, proposedAt)).map(({ json }) => json))
    expect(err).toContain('--yes')
  })

  test.each([
    ['sql_refused', 4],
    ['writer_declined', 4],
    ['bad_question', 2],
    ['warehouse_failed', 1],
    ['connection_unknown', 1],
    ['internal', 1],
  ] as const)('a turn that failed with %s ends with %i', async (problemCode, exitCode) => {
    const { services } = scriptTurn([...answeredFacts.slice(0, 2), failing(problemCode)])
    const { code, err } = await run(['ask', 'q', '--yes'], { services })
    expect(code).toBe(exitCode)
    expect(err).toContain('floe: It went wrong.\n  Do this.\n')
  })

  test('a question back is printed and ends with 3', async () => {
    const facts: readonly TurnFact[] = [
      ...answeredFacts.slice(0, 1),
      { kind: 'clarification', question: 'Which year?', options: ['1996', '1997'] },
      { kind: 'turn.done' },
    ]
    const { code, out } = await run(['ask', 'q', '--yes'], { services: scriptTurn(facts).services })
    expect([code, out]).toEqual([3, 'Which year?\n  - 1996\n  - 1997\n'])
  })

  test('a question that is answered but not saved says so', async () => {
    const { services } = scriptTurn([...answeredFacts.slice(0, -1), { kind: 'turn.done', saved: false }])
    const { code, err } = await run(['ask', 'q', '--yes'], { services })
    expect(code).toBe(0)
    expect(err).toContain('floe: This question is not saved')
  })

  test('steps that were stopped or timed out say so', async () => {
    const { services } = scriptTurn([
      { kind: 'step', name: 'estimate', state: 'interrupted', fact: null },
      { kind: 'step', name: 'run-query', state: 'timed_out', fact: 'It took too long.' },
      failing('query_timeout'),
    ])
    const { err } = await run(['ask', 'q', '--yes'], { services })
    expect(err).toContain('■ interrupted estimate\n✗ timed out run-query: It took too long.\n')
  })

  test('a turn cancelled elsewhere is a failure', async () => {
    const { services } = scriptTurn([...answeredFacts.slice(0, 2), { kind: 'turn.cancelled' }])
    expect((await run(['ask', 'q', '--yes'], { services })).code).toBe(1)
  })

  test('control characters of values, names and words are shown, not obeyed', async () => {
    const facts: readonly TurnFact[] = [
      { kind: 'result.columns', columns: [{ name: 'A\u001b[31m', type: 'VARCHAR', kind: 'text', scale: null }] },
      { kind: 'result.rows', rows: [['x\u001b]0;owned\u0007y\nz\u202eb'], ['NULL'], [null], ['']] },
      { kind: 'result.done', rowCount: 4, truncated: true, elapsedMs: 1, bytes: 1 },
      { kind: 'answer.delta', text: 'See \u001b[2Jthis.' },
      { kind: 'turn.done' },
    ]
    const { out } = await run(['ask', 'q', '--yes'], { services: scriptTurn(facts).services })
    expect(out).not.toContain('\u001b')
    expect(out).toBe(`
See \\u001b[2Jthis.

A\\u001b[31m
────────────────────────────────
x\\u001b]0;owned\\u0007y\\nz\\u202eb
"NULL"
NULL

The first 4 rows; there are more.
`)
  })
})

describe('ask at a terminal', () => {
  /** A turn that goes on after its proposal once it is approved or edited. */
  function scriptWaitingTurn(facts: readonly TurnFact[] = answeredFacts) {
    const encoded = encodeFacts(facts)
    const proposal = facts.slice(proposedAt - 1, proposedAt)
    const steered: string[] = []
    let go = Promise.withResolvers<string>()
    const steer = (name: string) => (_caller: Caller, command: { readonly turnId: string }) => {
      if ('sql' in command && command.sql === 'DROP TABLE T')
        return Promise.reject(problem('sql_refused', 'It writes.', 'Only read.'))
      steered.push(name)
      go.resolve(name)
      return Promise.resolve()
    }
    const services = scriptServices({
      turns: {
        ask: () => Promise.resolve({ turnId: someTurnId }),
        async *events() {
          yield* encoded.slice(0, proposedAt)
          while ((await go.promise) === 'edit') {
            go = Promise.withResolvers()
            yield* encodeFacts(proposal)
          }
          yield* encoded.slice(proposedAt)
        },
        approve: steer('approve'),
        edit: steer('edit'),
        cancel: () => Promise.resolve(void steered.push('cancel')),
      },
    })
    return { services, steered }
  }

  test.each([
    ['y\n', 0, ['approve']],
    ['YES\n', 0, ['approve']],
    ['n\n', 3, ['cancel']],
    ['\n', 3, ['cancel']],
    ['', 3, ['cancel']],
    ['e\nSELECT 2\nFROM T\n\ny\n', 0, ['edit', 'approve']],
    ['e\nDROP TABLE T\n\ny\n', 0, ['approve']],
    ['e\nDROP TABLE T\n\nn\n', 3, ['cancel']],
  ])('the answer %j ends with %i after %j', async (stdin, exitCode, commands) => {
    const { services, steered } = scriptWaitingTurn()
    const { code, out, err } = await run(['ask', 'q'], { services, stdin, isTerminal: true })
    expect([code, steered]).toEqual([exitCode, commands])
    expect(err).toContain('Run this query? [y/N/e]')
    expect(err.includes('It writes.')).toBe(stdin.includes('DROP'))
    expect(out.includes('2 rows')).toBe(exitCode === 0)
  })

  test.each([
    ['ask', ['ask', 'q', '--yes']],
    ['sql', ['sql', 'SELECT 1']],
  ])('%s asks about a query that is held back, although it runs by itself otherwise', async (_, argv) => {
    const heldBack = answeredFacts.map((fact) =>
      fact.kind === 'query.proposed' ? { ...fact, heldBack: 'It is large.' } : fact,
    )
    const { services, steered } = scriptWaitingTurn(heldBack)
    const approved = await run(argv, { services, stdin: 'y\n', isTerminal: true })
    expect([approved.code, steered]).toEqual([0, ['approve']])
    expect(approved.err).toContain('floe: It is large.\nRun this query?')
    const unattended = scriptWaitingTurn(heldBack)
    const stopped = await run(argv, { services: unattended.services })
    expect([stopped.code, unattended.steered]).toEqual([3, ['cancel']])
    expect(stopped.err).toContain('It is large. Run it on the page or in a terminal.')
  })

  test('--json at a terminal keeps stdout to the events', async () => {
    const { services } = scriptWaitingTurn()
    const { code, out } = await run(['ask', 'q', '--json'], { services, stdin: 'y\n', isTerminal: true })
    expect(code).toBe(0)
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { seq: number }).seq),
    ).toEqual(answeredFacts.map((_, index) => index + 1))
  })
})
