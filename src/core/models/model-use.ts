import type { ModelLimits, ModelPrice, ModelUse, OwnKeyUse } from '../../contract/models.ts'
import { countInWords } from '../../contract/words/amounts.ts'
import { problem } from '../problem.ts'

/** What a use of tokens costs in US dollars; null where no price is known or input and output were not told apart. */
export function dollarsOf(
  { model, inputTokens, outputTokens }: Pick<ModelUse, 'model' | 'inputTokens' | 'outputTokens'>,
  prices: readonly ModelPrice[],
): number | null {
  const price = prices.find((each) => each.model === model)
  if (price === undefined || inputTokens === null || outputTokens === null) return null
  return (inputTokens * price.inputPerMillion + outputTokens * price.outputPerMillion) / 1e6
}

/** Sums up what own keys have used on a day and in its month. Tokens without a price count towards no limit in dollars. */
export function sumOwnUse(uses: readonly ModelUse[], day: string, limits: ModelLimits): OwnKeyUse {
  const month = uses.filter((use) => use.isOwnKey && use.day.slice(0, 7) === day.slice(0, 7))
  const today = month.filter((use) => use.day === day)
  const sum = (of: readonly ModelUse[], amount: (use: ModelUse) => number | null): number =>
    of.reduce((total, use) => total + (amount(use) ?? 0), 0)
  return {
    limits,
    tokensToday: sum(today, ({ tokens }) => tokens),
    tokensThisMonth: sum(month, ({ tokens }) => tokens),
    dollarsToday: sum(today, ({ dollars }) => dollars),
    dollarsThisMonth: sum(month, ({ dollars }) => dollars),
    unpriced: [
      ...new Set(month.filter(({ dollars }) => dollars === null).map(({ model }) => model ?? 'another model')),
    ].toSorted(),
  }
}

/** A sum of money as a person reads it: small ones with as many digits as tell them apart from nothing. */
export const dollarsInWords = (dollars: number): string =>
  `$${dollars.toLocaleString('en-US', dollars > 0 && dollars < 0.01 ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`

/** Throws `budget_used` where a limit that a person set for their own keys is reached. `waits`: seconds until the day and the month end. */
export function demandOwnRest(use: OwnKeyUse, waits: Readonly<Record<'today' | 'month', number>>): void {
  const { limits } = use
  const tokens = (amount: number): string => countInWords(amount, 'token')
  const reached = [
    limitReached(use.tokensToday, limits.tokensPerDay, tokens, 'today'),
    limitReached(use.dollarsToday, limits.dollarsPerDay, dollarsInWords, 'today'),
    limitReached(use.tokensThisMonth, limits.tokensPerMonth, tokens, 'this month'),
    limitReached(use.dollarsThisMonth, limits.dollarsPerMonth, dollarsInWords, 'this month'),
  ].find((words) => words !== null)
  if (reached === undefined) return
  throw problem(
    'budget_used',
    `${reached} The model was not asked.`,
    'Ask with the built-in interpreter, which needs no model, or raise your limit under Settings → Models.',
    { retryAfterSeconds: reached.includes('this month') ? waits.month : waits.today },
  )
}

function limitReached(
  used: number,
  limit: number | null,
  inWords: (amount: number) => string,
  when: string,
): string | null {
  if (limit === null || used < limit) return null
  const again = when === 'today' ? 'at 00:00 UTC' : 'on the first of the month'
  return `Your own keys have used ${inWords(used)} of the ${inWords(limit)} that you allow them ${when}; it starts again ${again}.`
}
