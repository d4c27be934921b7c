import type { Budget, BudgetUse, ModelUsage, NewBudget, Usage } from '../../contract/budgets.ts'
import { bytesInWords, countInWords } from '../../contract/words/amounts.ts'
import type { Journey } from '../ask/journey.ts'
import { demandRight, type Caller } from '../caller.ts'
import { demandOwnRest } from '../models/model-use.ts'
import type { HeldModels } from '../models/own-models.ts'
import type { BudgetStore, ModelTurnUse, TurnUse } from '../ports/budget-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { TokenUse, Writer } from '../ports/writer.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'

/** How much people may use in a day, and what they have used. A day begins at 00:00 UTC. */
export interface Budgets {
  /** What the caller has used today, and of models in as many last days. */
  usage(caller: Caller, days: number): Promise<Usage>
  /** What people have used of models in a month, the present one for null. Throws `forbidden` for anybody but admins, like all that follow. */
  modelUsage(caller: Caller, month: string | null): Promise<ModelUsage>
  list(caller: Caller): Promise<readonly Budget[]>
  /** Sets the budget of a subject. Throws also `not_found`. */
  put(caller: Caller, budget: NewBudget): Promise<Budget>
  /** Throws also `not_found`. */
  remove(caller: Caller, budgetId: string): Promise<void>
}

interface BudgetNeeds {
  readonly store: BudgetStore
  readonly audit: Audit
  readonly clock: Pick<Clock, 'now'>
  readonly identity: Identity
  readonly models: Pick<HeldModels, 'use' | 'useByPeople'>
}

const dayMs = 86_400_000
const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)

export function makeBudgets({ store, audit, clock, identity, models }: BudgetNeeds): Budgets {
  return {
    usage: async (caller, days) => {
      const day = dayOf(clock.now())
      const [{ budgets, ...used }, { models: byModel, own }] = await Promise.all([
        store.read(caller.userId, day),
        models.use(caller, days),
      ])
      const resetsAt = new Date(Date.parse(day) + dayMs).toISOString()
      return { day, resetsAt, ...used, budgets: [...budgets], models: [...byModel], own }
    },
    modelUsage: async (caller, given) => {
      demandRight(caller, 'manage_people')
      const month = given ?? dayOf(clock.now()).slice(0, 7)
      return { month, uses: [...(await models.useByPeople(month))] }
    },
    list: async (caller) => {
      demandRight(caller, 'manage_people')
      return await store.list(dayOf(clock.now()))
    },
    put: async (caller, budget) => {
      demandRight(caller, 'manage_people')
      const id = await store.put(identity.uuid(), budget)
      const made = (await store.list(dayOf(clock.now()))).find((each) => each.id === id)
      if (made === undefined) throw problem('not_found', 'There is no such group or person.', 'Read the list again.')
      const { subject, name, bytesPerDay, tokensPerDay } = made
      await audit.note(caller, 'budget.set', { for: subject.kind, name, bytesPerDay, tokensPerDay })
      return made
    },
    remove: async (caller, budgetId) => {
      demandRight(caller, 'manage_people')
      const before = (await store.list(dayOf(clock.now()))).find(({ id }) => id === budgetId)
      if (before === undefined || (await store.remove(budgetId)) === null)
        throw problem('not_found', 'There is no such budget.', 'Read the list again.')
      await audit.note(caller, 'budget.removed', { for: before.subject.kind, name: before.name })
    },
  }
}

/**
 * A journey within the budgets of its person, and within the limits that the person set for their own keys. One that has nothing left ends before
 * anything is written; a query counts with what it may read at most, before it runs, and one that may read more than is left is refused.
 * Throws `budget_used`.
 */
export const budgetJourney = (
  journey: Journey,
  {
    store,
    clock,
    models,
  }: {
    readonly store: Pick<BudgetStore, 'read' | 'spend' | 'note'>
    readonly clock: Pick<Clock, 'now'>
    readonly models: Pick<HeldModels, 'use'>
  },
): Journey =>
  async function* budgeted(order, decision, signal) {
    const { userId, isLocal } = order.caller
    const use: TurnUse = { turnId: order.rerun?.useId ?? order.turnId, userId, day: dayOf(clock.now()) }
    const writer = order.writer === null ? null : countTokens(order.writer, (model) => store.note(use, { model }))
    const counted = { ...order, writer }
    const expectOwnRest = async (): Promise<void> => {
      const waits = { today: secondsLeft(use.day, clock.now()), month: secondsLeft(use.day.slice(0, 7), clock.now()) }
      if (writer?.isOwnKey === true) demandOwnRest((await models.use(order.caller, 1)).own, waits)
    }
    // Nobody sets budgets for the one person of a machine, who may limit what models cost.
    const facts = isLocal
      ? journey(counted, decision, signal)
      : withinBytes(journey(counted, decision, signal), {
          store,
          use,
          left: () => secondsLeft(use.day, clock.now()),
          pays: writer !== null && writer.id !== 'offline' && writer.isOwnKey !== true,
        })
    let isFirst = true
    for await (const fact of facts) {
      yield fact
      if (isFirst) await expectOwnRest()
      isFirst = false
    }
  }

/** The facts of a journey as far as the operator's budgets allow; `pays` where its model is paid by the operator. */
async function* withinBytes(
  facts: ReturnType<Journey>,
  {
    store,
    use,
    pays,
    left,
  }: {
    readonly store: Pick<BudgetStore, 'read' | 'spend' | 'note'>
    readonly use: TurnUse
    readonly pays: boolean
    /** Seconds until budgets begin anew. */
    readonly left: () => number
  },
): ReturnType<Journey> {
  let mostBytes: number | null = null
  let held: readonly BudgetUse[] | null = null
  let isProposed = false
  for await (const fact of facts) {
    if (fact.kind === 'query.proposed') {
      mostBytes = fact.estimate.bytes
      const exceeded = isProposed ? null : findExceeded(held ?? [], mostBytes ?? 0)
      if (exceeded !== null) throw tooMuch(exceeded, mostBytes ?? 0, left())
      // An edit that is too large is refused when it is approved: its person may edit it again.
      isProposed = true
    }
    if (fact.kind === 'query.approved') {
      const exceeded = await store.spend(use, mostBytes ?? 0)
      if (exceeded !== null) throw tooMuch(exceeded, mostBytes ?? 0, left())
    }
    if (fact.kind === 'result.done' && mostBytes === null) await store.note(use, { bytes: fact.bytes })
    yield fact
    if (held !== null) continue
    held = (await store.read(use.userId, use.day)).budgets
    for (const budget of held) expectRest(budget, pays, left())
  }
}

/** The same writer; the tokens that its model has used so far are told after each writing. */
function countTokens(writer: Writer, tell: (use: ModelTurnUse) => Promise<void>): Writer {
  let used: TokenUse = { inputTokens: 0, outputTokens: 0 }
  const { id, isOwnKey = false } = writer
  return {
    ...writer,
    async *write(request, options) {
      const before = used
      const onTokens = ({ inputTokens, outputTokens }: TokenUse): void => {
        used = { inputTokens: used.inputTokens + inputTokens, outputTokens: used.outputTokens + outputTokens }
      }
      try {
        return yield* writer.write(request, { ...options, onTokens })
      } finally {
        if (used !== before) await tell({ id, isOwnKey, ...used })
      }
    },
  }
}

/** Throws where nothing is left. */
function expectRest(budget: BudgetUse, isModel: boolean, waitSeconds: number): void {
  const { bytesPerDay, tokensPerDay, bytes, tokens } = budget
  if (bytesPerDay !== null && bytes >= bytesPerDay)
    throw usedUp(
      `${who(budget)} used ${bytesInWords(bytes)} of ${bytesInWords(bytesPerDay)} today; it starts again at 00:00 UTC.`,
      waitSeconds,
    )
  if (isModel && tokensPerDay !== null && tokens >= tokensPerDay)
    throw usedUp(
      `${who(budget)} used ${countInWords(tokens, 'token')} of ${countInWords(tokensPerDay, 'token')} today; it starts again at 00:00 UTC.`,
      waitSeconds,
    )
}

const findExceeded = (budgets: readonly BudgetUse[], bytes: number): BudgetUse | null =>
  budgets.find((budget) => budget.bytesPerDay !== null && budget.bytes + bytes > budget.bytesPerDay) ?? null

const tooMuch = (budget: BudgetUse, bytes: number, waitSeconds: number) =>
  usedUp(
    `The query may read ${bytesInWords(bytes)}. ${who(budget)} used ${bytesInWords(budget.bytes)} of ${bytesInWords(budget.bytesPerDay ?? 0)} today; it starts again at 00:00 UTC.`,
    waitSeconds,
  )

const who = ({ group }: BudgetUse): string => (group === null ? 'You have' : `The group ${group} has`)

/** `retryAfterSeconds`: until the day that the budget is for has ended. */
const usedUp = (message: string, retryAfterSeconds: number) =>
  problem('budget_used', message, 'Ask for less, or ask an admin to raise the limit.', { retryAfterSeconds })

/** Seconds until a day or a month, as ISO 8601 writes it, has ended in UTC. */
function secondsLeft(period: string, now: number): number {
  const [year = 0, month = 1, day = null] = period.split('-').map(Number)
  const end = day === null ? Date.UTC(year, month) : Date.UTC(year, month - 1, day + 1)
  return Math.max(1, Math.ceil((end - now) / 1_000))
}
