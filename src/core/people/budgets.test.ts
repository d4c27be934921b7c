import { expect, test } from 'vitest'
import type { BudgetUse } from '../../contract/budgets.ts'
import type { Journey, JourneyOrder } from '../ask/journey.ts'
import type { LiveFact } from '../ask/turn-facts.ts'
import { noModelLimits, type OwnKeyUse } from '../../contract/models.ts'
import type { TokenUse } from '../ports/writer.ts'
import { ProblemError } from '../problem.ts'
import { budgetJourney } from './budgets.ts'

const estimate = (bytes: number | null) => ({ kind: 'query.proposed', estimate: { rows: null, bytes } }) as LiveFact
const fact = (kind: string, more: object = {}) => ({ kind, ...more }) as unknown as LiveFact
const never = new AbortController().signal
const budget = (more: Partial<BudgetUse>): BudgetUse => ({
  kind: 'everyone',
  group: null,
  bytesPerDay: null,
  tokensPerDay: null,
  bytes: 0,
  tokens: 0,
  ...more,
})

const ownUse = (more: Partial<OwnKeyUse>): OwnKeyUse => ({
  limits: noModelLimits,
  tokensToday: 0,
  tokensThisMonth: 0,
  dollarsToday: 0,
  dollarsThisMonth: 0,
  unpriced: [],
  ...more,
})

/** Runs a journey of these facts; what it came to, and what was counted. */
async function run(
  facts: readonly LiveFact[],
  given: {
    held?: readonly BudgetUse[]
    exceeded?: BudgetUse
    isLocal?: boolean
    tokens?: number
    writer?: string
    isOwnKey?: boolean
    own?: OwnKeyUse
  } = {},
) {
  const noted: unknown[] = []
  const told: string[] = []
  const journey: Journey = async function* (order) {
    for (const each of facts) {
      yield each
      if (each.kind === 'turn.started' && order.writer !== null) {
        const writing = order.writer.write({} as never, { signal: never })
        while ((await writing.next()).done !== true);
      }
    }
  }
  const use = { turnId: 'a turn', userId: 'a person', day: '2026-11-29' }
  const store = {
    read: () => Promise.resolve({ queries: 0, bytes: 0, tokens: 0, budgets: given.held ?? [] }),
    spend: (of: object, bytes: number) => {
      noted.push(['spent', of, bytes])
      return Promise.resolve(given.exceeded ?? null)
    },
    note: (of: object, used: object) => Promise.resolve(void noted.push(['noted', of, used])),
  }
  const order = {
    turnId: 'a turn',
    caller: { userId: 'a person', isLocal: given.isLocal ?? false },
    writer: {
      id: given.writer ?? 'google:gemini',
      label: 'Gemini',
      isOwnKey: given.isOwnKey ?? false,
      // oxlint-disable-next-line require-yield -- this writer writes in one go
      async *write(_request: unknown, { onTokens }: { onTokens?: (tokens: TokenUse) => void }) {
        await Promise.resolve()
        if (given.tokens !== undefined) onTokens?.({ inputTokens: given.tokens - 200, outputTokens: 200 })
        return null
      },
    },
  } as unknown as JourneyOrder
  const budgeted = budgetJourney(journey, {
    store,
    clock: { now: () => Date.parse('2026-11-29T23:59:59Z') },
    models: { use: () => Promise.resolve({ models: [], own: given.own ?? ownUse({}) }) },
  })
  let problem: string | null = null
  let action: string | null = null
  try {
    for await (const each of budgeted(order, {} as never, never)) told.push(each.kind)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    problem = `${error.problem.code}: ${error.problem.message}`
    action = error.problem.action
  }
  return { told, noted, problem, action, use }
}

const whole = [fact('turn.started'), estimate(5e9), fact('query.approved'), fact('result.done', { bytes: 77 })]
const kinds = ['turn.started', 'query.proposed', 'query.approved', 'result.done']

test('a query counts with what it may read at most, before it runs', async () => {
  const { told, noted, use } = await run(whole)
  expect([told, noted]).toEqual([kinds, [['spent', use, 5e9]]])
})

test('where the warehouse cannot tell, the bytes that came count', async () => {
  const { noted, use } = await run([fact('turn.started'), estimate(null), ...whole.slice(2)])
  expect(noted).toEqual([
    ['spent', use, 0],
    ['noted', use, { bytes: 77 }],
  ])
})

test('a query that may read more than is left does not run, and the figures are told', async () => {
  const exceeded = budget({ kind: 'group', group: 'Analysts', bytesPerDay: 50e9, bytes: 48e9 })
  const { told, problem } = await run(whole, { exceeded })
  expect(told).toEqual(['turn.started', 'query.proposed'])
  expect(problem).toBe(
    'budget_used: The query may read 5.0 GB. The group Analysts has used 48.0 GB of 50.0 GB today; it starts again at 00:00 UTC.',
  )
})

test('what is known to be too much is not even proposed', async () => {
  const held = [budget({ bytesPerDay: 50e9, bytes: 48e9 })]
  const { told, noted, problem } = await run(whole, { held })
  expect([told, noted]).toEqual([['turn.started'], []])
  expect(problem).toContain('You have used 48.0 GB of 50.0 GB today')
})

test('with nothing left nothing is written', async () => {
  const { told, noted, problem } = await run(whole, { held: [budget({ bytesPerDay: 50e9, bytes: 50e9 })] })
  expect([told, noted]).toEqual([['turn.started'], []])
  expect(problem).toBe('budget_used: You have used 50.0 GB of 50.0 GB today; it starts again at 00:00 UTC.')
})

test('the tokens of a model count, and a budget of tokens stops models and nobody else', async () => {
  const { noted, use } = await run(whole, { tokens: 1_200 })
  expect(noted[0]).toEqual([
    'noted',
    use,
    { model: { id: 'google:gemini', isOwnKey: false, inputTokens: 1_000, outputTokens: 200 } },
  ])
  const held = [budget({ tokensPerDay: 1_000, tokens: 1_200 })]
  expect((await run(whole, { held })).problem).toBe(
    'budget_used: You have used 1,200 tokens of 1,000 tokens today; it starts again at 00:00 UTC.',
  )
  expect((await run(whole, { held, writer: 'offline' })).problem).toBeNull()
})

test('the one person of a machine has no budget', async () => {
  const { told, noted } = await run(whole, { isLocal: true, exceeded: budget({ bytesPerDay: 0 }) })
  expect([told, noted]).toEqual([kinds, []])
})

test('tokens of an own key are no tokens of the operator', async () => {
  const { noted, use } = await run(whole, { tokens: 1_200, isOwnKey: true })
  expect(noted[0]).toMatchObject(['noted', use, { model: { isOwnKey: true } }])
  const held = [budget({ tokensPerDay: 1_000, tokens: 1_200 })]
  expect((await run(whole, { held, isOwnKey: true })).problem).toBeNull()
})

const own = { ...noModelLimits, tokensPerDay: 1_000, dollarsPerMonth: 5 }
test.each([
  [ownUse({ limits: own, tokensToday: 1_000 }), '1,000 tokens of the 1,000 tokens that you allow them today'],
  [ownUse({ limits: own, dollarsThisMonth: 5.004 }), '$5.00 of the $5.00 that you allow them this month'],
])('a limit of one’s own stops the model before it is asked, and names the way on (%#)', async (use, words) => {
  for (const isLocal of [true, false]) {
    const { told, noted, problem, action } = await run(whole, { isOwnKey: true, isLocal, own: use, tokens: 5 })
    expect([told, noted]).toEqual([['turn.started'], []])
    expect(problem).toContain(`budget_used: Your own keys have used ${words}`)
    expect(action).toContain('built-in interpreter')
  }
  expect((await run(whole, { own: use })).problem).toBeNull()
})

test('the tokens of the one person of a machine are counted, and nothing else', async () => {
  const { noted, use } = await run(whole, { isLocal: true, isOwnKey: true, tokens: 1_200 })
  expect(noted).toEqual([
    ['noted', use, { model: { id: 'google:gemini', isOwnKey: true, inputTokens: 1_000, outputTokens: 200 } }],
  ])
})
