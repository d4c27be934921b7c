import {
  aggregateCalls,
  answerOf,
  callsOf,
  inside,
  nextOf,
  nounAfter,
  operatorsOf,
  partsOf,
  previousOf,
  type Account,
  type Answer,
} from './account.ts'
import type { Obligation } from './obligation.ts'
import { contains, type QueryPart } from './query-parts.ts'

/** The constructs that exclude rows: NOT, <>, EXCEPT, anti joins, and comparisons with 0, FALSE or "no". */
export function answerNegation(account: Account, obligation: Obligation): Answer {
  if (isIncluding(account, obligation)) return answerOf(keepingAll(account))
  const denials = account.parts.filter(({ kind, name }) => kind === 'negation' && name !== 'IsNotNull')
  const nulls = operatorsOf(account, 'IsNull')
  const zeros = operatorsOf(account, 'Eq', 'In', 'Like').filter((operator) => inside(account, operator).some(isNo))
  const found = [...new Set([...denials, ...nulls, ...zeros, ...outsideRanges(account)])]
  const outer = found.filter(
    (part) =>
      !found.some(
        (other) =>
          other !== part &&
          other.from === part.from &&
          other.to === part.to &&
          found.indexOf(other) < found.indexOf(part),
      ),
  )
  // Each negation of the question needs one of its own; "neither … nor" is one.
  const place = account.obligations
    .filter(({ need, text }) => need.kind === 'negation' && text.toLowerCase() !== 'nor')
    .indexOf(obligation)
  const own = outer[Math.max(0, place)]
  return own === undefined ? null : [own]
}

/** "including those without orders" keeps rows that a plain join would leave out. */
const isIncluding = ({ obligations }: Account, obligation: Obligation): boolean =>
  obligations
    .slice(0, obligations.indexOf(obligation))
    .slice(-2)
    .some(({ text }) => /^includ(?:ing|e)$/i.test(text))

/** Outer joins, and sub-queries that work out a number for each row. */
const keepingAll = (account: Account): readonly QueryPart[] => [
  ...partsOf(account, 'outer-join'),
  ...partsOf(account, 'query').filter(({ clause, level }) => clause === 'select' && level > outerLevel(account)),
]

/** `d < a OR d >= b`: everything but a range. */
const outsideRanges = (account: Account): readonly QueryPart[] =>
  operatorsOf(account, 'Or').filter((or) => {
    const names = inside(account, or).map(({ kind, name }) => (kind === 'operator' ? name : ''))
    return names.includes('Lt') && names.includes('GtEq')
  })

const isNo = ({ kind, name }: QueryPart): boolean =>
  (kind === 'number' && Number(name) === 0) ||
  (kind === 'boolean' && name.toLowerCase() === 'false') ||
  (kind === 'text' && /^(?:n|no|non|f|false|0|off|none|never|not\b.*|un.*|in.*|dis.*)$/i.test(name))

export const answerMissing = (account: Account): Answer =>
  answerOf([
    ...operatorsOf(account, 'IsNull', 'IsNotNull'),
    ...partsOf(account, 'text').filter(({ name }) => name.trim() === ''),
  ])

/** A superlative: an order that is cut off, a rank, or an extreme, in its direction. */
export function answerRanking(account: Account, { need }: Obligation): Answer {
  if (need.kind !== 'ranking') return null
  const { way, needsCut } = need
  const wanted = (name: string): boolean => way === 'any' || (way === 'high') === (name === 'desc')
  const limits = partsOf(account, 'limit')
  const windows = partsOf(account, 'window')
  const orders = partsOf(account, 'order').filter(({ name }) => wanted(name))
  const ranks = orders.filter((order) => windows.some((window) => contains(window, order)))
  const cuts = orders.flatMap((order) =>
    limits.filter(({ level }) => level === order.level).map((limit) => [order, limit]),
  )
  const extremes = [
    ...(way === 'low' ? [] : callsOf(account, 'MAX', 'MAX_BY', 'GREATEST')),
    ...(way === 'high' ? [] : callsOf(account, 'MIN', 'MIN_BY', 'LEAST')),
  ]
  const found = answerOf([...new Set([...cuts.flat(), ...ranks, ...extremes])])
  // In a question that asks for an order ("the highest first"), a superlative may only say which comes first.
  const isSorted = account.obligations.some((one) => one.need.kind === 'order')
  return found ?? (needsCut && !isSorted ? null : answerOf(orders))
}

/** "Per", "each", "by": the noun after it is a key of GROUP BY or PARTITION BY, or each row shown is one of them. */
export function answerGroup(account: Account, obligation: Obligation): Answer {
  const nouns = nounAfter(account, obligation)
  const named = nouns.flatMap((noun) => account.answers.get(noun) ?? [])
  const keys = partsOf(account, 'group', 'partition')
  const isCut = partsOf(account, 'limit').length > 0
  const isTopPerGroup = isCut && ranksPerGroup(account, obligation)
  const fitting = keys.filter(
    (key) => (!isTopPerGroup || key.kind === 'partition') && isKeyOf(account, key, named, nouns.length === 0),
  )
  if (fitting.length > 0) return fitting
  if (isTopPerGroup) return null
  const divisions = operatorsOf(account, 'Divide')
  if (divisions.length > 0 && /^per\b/i.test(obligation.text)) return divisions
  // Without an aggregate of the outer SELECT, every row shown is one of the things named.
  const isListing = !account.parts.some(
    ({ kind, name, level, clause }) =>
      kind === 'call' && clause === 'select' && level <= outerLevel(account) && aggregateCalls.has(name),
  )
  return isListing ? answerOf(named) : null
}

/** "Top 3 parts in each region", "top 3 customers per region": the rank applies within every group, not over all. */
function ranksPerGroup(account: Account, { from, text }: Obligation): boolean {
  const rank = account.obligations.find((one) => one.need.kind === 'ranking' && one.from < from)
  if (rank === undefined || !/^(?:in|within|for|each|every|per)\b/i.test(text)) return false
  const isCounted = nextOf(account, rank)?.need.kind === 'number' || previousOf(account, rank)?.need.kind === 'number'
  return !/^per\b/i.test(text) || isCounted
}

const outerLevel = (account: Account): number => Math.min(...partsOf(account, 'query').map(({ level }) => level))

function isKeyOf(account: Account, key: QueryPart, named: readonly QueryPart[], isOpen: boolean): boolean {
  if (isOpen || key.name === 'ALL') return true
  const held = [...inside(account, key), ...(key.refers === undefined ? [] : inside(account, key.refers))]
  return named.some((part) =>
    held.some((one) => {
      if (one.kind === part.kind && one.name === part.name) return true
      if (contains(one, part) || (key.refers !== undefined && contains(key.refers, part))) return true
      const table = one.kind === 'column' ? account.links.tableOf(one) : null
      return (
        table !== null && (part.kind === 'table' || part.kind === 'column') && account.links.tableOf(part) === table
      )
    }),
  )
}

/** "With", "by", "have" and linking verbs: what answers the noun they lead to answers them. */
export function answerRelation(account: Account, obligation: Obligation): Answer {
  const [next, previous] = [nextOf(account, obligation), previousOf(account, obligation)]
  const noun = next ?? previous
  const answer = noun === null ? null : (account.answers.get(noun) ?? null)
  if (answer === null || next === null || obligation.text.toLowerCase() !== 'by') return answer
  return (
    answerOf(answer.filter(({ clause, kind }) => clause !== 'select' || kind === 'call')) ??
    answerOf(groupedBy(account, answer))
  )
}

/** Keys of GROUP BY that stand for a part of the SELECT list. */
const groupedBy = (account: Account, parts: readonly QueryPart[]): readonly QueryPart[] =>
  partsOf(account, 'group', 'order').filter(
    ({ refers }) => refers !== undefined && parts.some((part) => contains(refers, part)),
  )

export function answerQuantifier(account: Account, obligation: Obligation): Answer {
  const { need } = obligation
  if (need.kind !== 'quantifier') return null
  const conditions = account.parts.filter(
    ({ kind, clause }) => kind === 'operator' && clause !== 'on' && clause !== 'select',
  )
  const sets = partsOf(account, 'set')
  switch (need.which) {
    case 'all': {
      const isCut =
        partsOf(account, 'limit').length > 0 &&
        !account.obligations.some((one) => one.need.kind === 'ranking' || one.need.kind === 'number')
      return isCut ? null : answerOf(partsOf(account, 'table'))
    }
    case 'both':
      return answerBoth(account, conditions)
    case 'either':
      return answerOf([...operatorsOf(account, 'Or', 'In'), ...sets, ...partsOf(account, 'case')])
    case 'only':
      return answerOf([...conditions, ...sets, ...partsOf(account, 'distinct', 'limit')])
  }
}

/** "Both A and B" of one column needs an intersection; of two columns, two conditions or two things shown. */
function answerBoth(account: Account, conditions: readonly QueryPart[]): Answer {
  const sets = partsOf(account, 'set').filter(({ name }) => name === 'INTERSECT')
  const subqueries = partsOf(account, 'query').filter(({ clause }) => clause !== 'select')
  const counts = conditions.filter(({ clause }) => clause === 'having')
  if (sets.length > 0 || counts.length > 0) return [...sets, ...counts]
  if (subqueries.length > 1) return subqueries
  const ors = [
    ...operatorsOf(account, 'Or'),
    ...operatorsOf(account, 'In').filter(
      (one) => inside(account, one).filter(({ kind }) => kind === 'text' || kind === 'number').length > 1,
    ),
  ]
  if (ors.length > 0) return null
  const shown = account.parts.filter(
    ({ kind, clause }) => clause === 'select' && (kind === 'column' || kind === 'call'),
  )
  return answerOf(conditions.length > 1 ? conditions : shown.length > 1 ? shown : [])
}

export const answerShare = (account: Account): Answer =>
  answerOf([
    ...operatorsOf(account, 'Divide'),
    ...callsOf(account, 'RATIO_TO_REPORT', 'DIV0', 'DIV0NULL', 'AVG', 'PERCENT_RANK'),
  ])

/** Subtractions of two amounts; `1 - DISCOUNT` is a factor. */
const differences = (account: Account): readonly QueryPart[] =>
  operatorsOf(account, 'Minus').filter((minus) => !partsOf(account, 'number').some(({ from }) => from === minus.from))

export function answerChange(account: Account, { need }: Obligation): Answer {
  if (need.kind !== 'change') return null
  const groups = partsOf(account, 'group', 'order')
  switch (need.which) {
    case 'difference':
      return answerOf([
        ...differences(account),
        ...callsOf(account, 'LAG', 'LEAD', 'DATEDIFF', 'TIMEDIFF', 'TIMESTAMPDIFF'),
      ])
    case 'compare':
      return answerOf([...groups, ...partsOf(account, 'case', 'set'), ...operatorsOf(account, 'Minus', 'Divide')])
    case 'trend':
      return answerOf(groups)
    case 'running':
      return answerOf(partsOf(account, 'window'))
  }
}

const aggregates = {
  count: ['COUNT', 'COUNT_IF', 'APPROX_COUNT_DISTINCT', 'SUM'],
  sum: ['SUM', 'COUNT'],
  average: ['AVG', 'MEDIAN'],
  median: ['MEDIAN', 'PERCENTILE_CONT', 'PERCENTILE_DISC', 'APPROX_PERCENTILE', 'NTILE'],
  spread: ['STDDEV', 'STDDEV_POP', 'STDDEV_SAMP', 'VARIANCE', 'VAR_POP', 'VAR_SAMP', 'VARIANCE_POP'],
} as const

/** An aggregate; a stored number of the same name serves as well ("number of employees" as a column). */
export function answerAggregate(account: Account, obligation: Obligation): Answer {
  const { need } = obligation
  if (need.kind !== 'aggregate') return null
  const calls = callsOf(account, ...aggregates[need.which])
  if (calls.length > 0) return calls
  if (need.which === 'average') return answerOf(operatorsOf(account, 'Divide'))
  if (need.which !== 'count' && need.which !== 'sum') return null
  const columns = nounAfter(account, obligation).flatMap((noun) => account.answers.get(noun) ?? [])
  return answerOf(columns.filter(({ kind }) => kind === 'column'))
}

/** DISTINCT, a grouping, or rows that are distinct by themselves: those of one table without joins. */
export function answerDistinct(account: Account, obligation: Obligation): Answer {
  const sets = partsOf(account, 'set').filter(({ name }) => !name.endsWith('ALL'))
  const found = [...partsOf(account, 'distinct', 'group'), ...sets]
  if (found.length > 0) return found
  if (account.parts.some(({ clause, level }) => clause === 'on' && level === outerLevel(account))) return null
  const [noun] = nounAfter(account, obligation)
  const named = noun === undefined ? partsOf(account, 'table').slice(0, 1) : (account.answers.get(noun) ?? [])
  return answerOf(named.filter(({ kind }) => kind === 'table'))
}

export function answerOrder(account: Account, { need }: Obligation): Answer {
  if (need.kind !== 'order') return null
  const orders = partsOf(account, 'order')
  return answerOf(need.way === null ? orders : orders.filter(({ name }) => name === need.way))
}
