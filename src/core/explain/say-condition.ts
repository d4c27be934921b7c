import { boundOf, constantDay, isComparedAsText, sayMoment, sayPeriod, type Bound } from './say-period.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { aliasesOf } from './say-from.ts'
import { bare, chain, isNull, literal, tagged, unsaid } from './tagged.ts'
import { listed } from '../sentences.ts'
import { code, few, quoted, subquery, type Speech } from './words.ts'

interface Comparison {
  readonly plain: string
  readonly ofDays: string
  /** The comparison that its negation is. */
  readonly inverse: string
  /** True when it matters that a day stands for its midnight: a timestamp later on that day compares differently. */
  readonly needsMoment: boolean
}

const comparisons: Readonly<Record<string, Comparison>> = {
  eq: { plain: 'is', ofDays: 'is', inverse: 'neq', needsMoment: true },
  neq: { plain: 'is not', ofDays: 'is not', inverse: 'eq', needsMoment: true },
  gt: { plain: 'is more than', ofDays: 'is after', inverse: 'lte', needsMoment: true },
  gte: { plain: 'is at least', ofDays: 'is on or after', inverse: 'lt', needsMoment: false },
  lt: { plain: 'is less than', ofDays: 'is before', inverse: 'gte', needsMoment: false },
  lte: { plain: 'is at most', ofDays: 'is on or before', inverse: 'gt', needsMoment: true },
}

/** For a negated condition on something that may be NULL: such rows meet neither the condition nor its negation. */
const nullRemark = 'missing values do not match'

/** A whole condition in words, whose alternatives need no brackets where it is nothing but them. */
export function sayWhole(tree: Tree, speech: Speech): string {
  const any = chain(tree, 'or')
  return any.length > 1 ? sayAny(any, speech) : sayCondition(tree, speech)
}

/** A condition in words; a construct without words is given as SQL. Two bounds on one column are described as a period. */
export function sayCondition(tree: Tree, speech: Speech): string {
  const all = chain(tree, 'and')
  if (all.length === 1) return sayOne(all[0], speech)
  const partners = pairs(all.map((part) => boundOf(part, speech)))
  const said = all.flatMap((part, index) => {
    const pair = partners.get(index)
    if (pair === undefined) return [sayOne(part, speech)]
    // The range is described once, in place of its first bound.
    if (pair === 'said') return []
    return [`${speech.expression(tagged(bare(part))?.node['left'])} is ${sayPeriod(pair.from, pair.before)}`]
  })
  return listed(said)
}

type Range = { readonly from: string; readonly before: string }

/** Pairs each lower bound with one upper bound of the same column, by position. Bounds without a partner are left out. */
function pairs(bounds: readonly (Bound | null)[]): ReadonlyMap<number, Range | 'said'> {
  const found = new Map<number, Range | 'said'>()
  for (const [at, bound] of bounds.entries()) {
    if (bound === null || found.has(at)) continue
    const other = bounds.findIndex(
      (one, index) => index > at && !found.has(index) && one?.key === bound.key && one.side !== bound.side,
    )
    const partner = bounds[other]
    if (partner === undefined || partner === null) continue
    const [from, before] = bound.side === 'from' ? [bound.day, partner.day] : [partner.day, bound.day]
    if (from >= before) continue
    found.set(at, { from, before }).set(other, 'said')
  }
  return found
}

function sayOne(tree: Tree, speech: Speech): string {
  const any = chain(tree, 'or')
  if (any.length > 1) return `(${sayAny(any, speech)})`
  const inner = bare(tree)
  const found = tagged(inner)
  const said = found === null ? null : wordsOf(found.tag, found.node, speech)
  return said ?? code(speech.print(inner))
}

/** Alternatives. Periods of one column are told together: "the order date is in 1995 or in 1996". */
function sayAny(alternatives: readonly Tree[], speech: Speech): string {
  const periods = alternatives.map((part) => wholePeriod(part, speech))
  const [first] = periods
  if (first !== undefined && first !== null && periods.every((period) => period?.key === first.key))
    return `${first.subject} is ${listed(
      periods.flatMap((period) => period?.words ?? []),
      'or',
    )}`
  // Brackets a conjunction inside an "or", so that the sentence is unambiguous.
  const said = alternatives.map((part, at) =>
    (periods[at] ?? null) === null && chain(part, 'and').length > 1
      ? `(${sayCondition(part, speech)})`
      : sayCondition(part, speech),
  )
  return listed(said, 'or')
}

/** A condition that is two bounds of one column and nothing else. */
function wholePeriod(
  tree: Tree,
  speech: Speech,
): { readonly key: string; readonly subject: string; readonly words: string } | null {
  const parts = chain(tree, 'and')
  const [lower, upper] = parts.map((part) => boundOf(part, speech))
  const pair = parts.length === 2 ? pairs([lower ?? null, upper ?? null]).get(0) : undefined
  if (pair === undefined || pair === 'said' || lower === null || lower === undefined) return null
  const subject = speech.expression(tagged(bare(parts[0]))?.node['left'])
  return { key: lower.key, subject, words: sayPeriod(pair.from, pair.before) }
}

function wordsOf(tag: string, node: TreeNode, speech: Speech): string | null {
  if (tag in comparisons) return sayComparison(tag, node, speech)
  const not = node['not'] === true ? 'not ' : ''
  if (tag === 'and') return sayCondition({ and: node }, speech)
  if (tag === 'not') return sayNegation(node, speech)
  if (tag === 'is_null') return `${speech.expression(node['this'])} has ${not === '' ? 'no' : 'a'} value`
  if (tag === 'between') return sayBetween(node, speech)
  if (tag === 'null_safe_eq' || tag === 'null_safe_neq') {
    const verb = tag === 'null_safe_eq' ? 'is the same as' : 'is different from'
    return `${speech.expression(node['left'])} ${verb} ${speech.expression(node['right'])}, a missing value counting as one`
  }
  if (tag === 'in') return sayIn(node, speech.expression(node['this']), not, speech)
  if (tag === 'like' || tag === 'i_like') return sayLike(node, tag === 'i_like', speech)
  if (tag === 'exists') return `${subquery(node['this'], speech)} finds ${node['not'] === true ? 'no' : 'a'} row`
  if (tag in searches) return saySearch(tag, node, speech)
  if (tag === 'column') return `${speech.expression({ column: node })} is true`
  return tag === 'boolean' ? (node['value'] === true ? 'always' : 'never') : null
}

function sayBetween(node: TreeNode, speech: Speech): string {
  const subject = node['this']
  const isText = isComparedAsText(subject, node['high'], speech.facts)
  const [low, high] = isText ? [null, null] : [constantDay(node['low']), constantDay(node['high'])]
  const kind = speech.facts.kindOf(subject)
  const not = node['not'] === true ? 'not ' : ''
  const from = low ?? speech.expression(node['low'])
  const to = high === null ? speech.expression(node['high']) : sayMoment(high, kind)
  const rest = high !== null && kind === 'timestamp' ? leftOut : ''
  const nulls = not !== '' && speech.facts.mayBeNull(subject) ? ` (${nullRemark})` : ''
  return `${speech.expression(subject)} is ${not}from ${from} to ${to}${isText ? asText : rest}${nulls}`
}

const leftOut = ', the rest of that day left out'
const asText = ', compared as text'

function sayComparison(tag: string, node: TreeNode, speech: Speech): string {
  const { left, right } = node
  const comparison = comparisons[tag]
  if (comparison === undefined) return code(speech.print({ [tag]: node }))
  const { plain, ofDays, needsMoment } = comparison
  const nullSide = [left, right].findIndex(isNull)
  if (nullSide >= 0)
    return `${speech.expression(nullSide === 0 ? right : left)} is compared with NULL, which is never true`
  const isText = isComparedAsText(left, right, speech.facts)
  const day = isText ? null : constantDay(right)
  const kind = speech.facts.kindOf(left)
  const nulls = tag === 'neq' && [left, right].some((side) => speech.facts.mayBeNull(side)) ? ` (${nullRemark})` : ''
  if (day === null) {
    const suffix = isText && constantDay(right) !== null && tag !== 'eq' && tag !== 'neq' ? asText : ''
    const midnight =
      needsMoment && kind === 'timestamp' && speech.facts.kindOf(right) === 'date' ? ' (00:00 of that day)' : ''
    return `${speech.expression(left)} ${plain} ${speech.expression(right)}${midnight}${suffix}${nulls}`
  }
  const rest = tag === 'lte' && kind === 'timestamp' ? leftOut : ''
  return `${speech.expression(left)} ${ofDays} ${needsMoment ? sayMoment(day, kind) : day}${rest}${nulls}`
}

const searches: Readonly<Record<string, readonly [verb: string, negated: string]>> = {
  starts_with: ['starts with', 'does not start with'],
  ends_with: ['ends with', 'does not end with'],
  contains: ['contains', 'does not contain'],
}

function saySearch(tag: string, node: TreeNode, speech: Speech): string {
  const [verb, negated] = searches[tag] ?? ['', '']
  const isNegated = node['not'] === true
  const nulls = isNegated && speech.facts.mayBeNull(node['this']) ? nullRemark : ''
  const remark = remarks(caseRemark(node['expression']), nulls)
  return `${speech.expression(node['this'])} ${isNegated ? negated : verb} ${speech.expression(node['expression'])}${remark}`
}

function sayNegation(node: TreeNode, speech: Speech): string | null {
  const inner = tagged(bare(node['this']))
  if (inner === null) return null
  const comparison = comparisons[inner.tag]
  if (comparison !== undefined) return sayComparison(comparison.inverse, inner.node, speech)
  if (
    ['is_null', 'in', 'like', 'i_like', 'between', 'exists', ...Object.keys(searches)].includes(inner.tag) &&
    inner.node['not'] !== true
  ) {
    return wordsOf(inner.tag, { ...inner.node, not: true }, speech)
  }
  return `not (${sayCondition(node['this'], speech)})`
}

function sayIn(node: TreeNode, subject: string, not: string, speech: Speech): string | null {
  const values = listIn(node, 'expressions')
  const inner = tagged(bare(values[0]))
  const query = isNode(node['query']) ? node['query'] : inner?.tag === 'subquery' ? inner.node['this'] : null
  const nulls = not !== '' && speech.facts.mayBeNull(node['this']) ? ` (${nullRemark})` : ''
  if (query !== null) {
    const warning = not !== '' && mayGiveNull(query, speech) ? ', which is never true once one of them is missing' : ''
    const among = sayColumnOf(query, speech) ?? `the results of ${subquery(query, speech)}`
    return `${subject} is ${not}among ${among}${warning === '' ? nulls : warning}`
  }
  if (values.length === 0 || isNode(node['unnest'])) return null
  const known = values.filter((value) => !isNull(value))
  if (known.length < values.length && not !== '')
    return `${subject} is not one of ${sayValues(values, speech)}, which is never true because of the NULL`
  const ignored = known.length < values.length ? ' (a missing value never matches)' : ''
  return `${subject} is ${not}one of ${sayValues(known, speech)}${ignored}${nulls}`
}

/** A subquery that is one column of one table: "the customer keys of orders"; null for any other. */
function sayColumnOf(query: Tree, speech: Speech): string | null {
  const select = tagged(bare(query))
  if (select?.tag !== 'select' || unsaid(select.node, plainSelect) !== null) return null
  const sources = listIn(nodeIn(select.node, 'from') ?? {}, 'expressions')
  const [shown, ...more] = listIn(select.node, 'expressions')
  const column = tagged(bare(shown))
  const [alias] = aliasesOf(select.node)
  const isOne =
    more.length === 0 && column?.tag === 'column' && sources.length === 1 && tagged(sources[0])?.tag === 'table'
  if (!isOne || alias === undefined) return null
  return speech.names.within([alias], () => {
    const [values, rows] = [speech.names.values(column.node), speech.names.rows(alias)]
    if (values === null || rows === null) return null
    const isKnown = (part: Tree): boolean => {
      const test = tagged(bare(part))
      return (
        test?.tag === 'is_null' &&
        test.node['not'] === true &&
        speech.print(test.node['this']) === speech.print(bare(shown))
      )
    }
    const conditions = chain(nodeIn(select.node, 'where_clause')?.['this'], 'and').filter(
      (part) => isNode(part) && !isKnown(part),
    )
    const where = conditions.map((part) => sayCondition(part, speech))
    return `the ${values} of ${rows}${where.length === 0 ? '' : ` (only where ${listed(where)})`}`
  })
}

const plainSelect = ['expressions', 'from', 'where_clause', 'distinct']

const sayValues = (values: readonly Tree[], speech: Speech): string =>
  listed(few(values.map((value) => speech.expression(value))), 'or')

/** Whether the only column of a subquery may be NULL; `WHERE x IS NOT NULL` over the same column excludes it. */
function mayGiveNull(query: Tree, speech: Speech): boolean {
  const select = tagged(bare(query))
  const [shown] = select?.tag === 'select' ? listIn(select.node, 'expressions') : []
  if (select === null || shown === undefined) return true
  const value = tagged(shown)?.tag === 'alias' ? tagged(shown)?.node['this'] : shown
  const conditions = chain(nodeIn(select.node, 'where_clause')?.['this'], 'and')
  const isExcluded = conditions.some((condition) => {
    const found = tagged(bare(condition))
    return (
      found?.tag === 'is_null' && found.node['not'] === true && speech.print(found.node['this']) === speech.print(value)
    )
  })
  return !isExcluded && speech.facts.mayBeNull(value)
}

/** The usual shapes of a pattern as "contains", "starts with" and "ends with"; any other pattern as it is. */
function sayLike(node: TreeNode, anyCase: boolean, speech: Speech): string | null {
  const pattern = literal(node['right'])
  if (pattern?.type !== 'string' || isNode(node['escape']) || typeof node['quantifier'] === 'string') return null
  const subject = speech.expression(node['left'])
  const not = node['not'] === true
  const letters = anyCase ? 'in any case of letters' : caseRemark(node['right'])
  const nulls = not && speech.facts.mayBeNull(node['left']) ? nullRemark : ''
  const found = /^(%?)([^%_\\]+)(%?)$/.exec(pattern.value)
  if (found === null) {
    const verb = not ? 'does not match' : 'matches'
    const remark = remarks('% stands for any text', '_ for one character', letters, nulls)
    return `${subject} ${verb} the pattern ${quoted(pattern.value)}${remark}`
  }
  const [, before, text, after] = found
  const verb =
    before && after
      ? ['contains', 'contain']
      : after
        ? ['starts with', 'start with']
        : before
          ? ['ends with', 'end with']
          : ['is', 'equal']
  return `${subject} ${not ? `does not ${verb[1]}` : verb[0]} ${quoted(text ?? '')}${remarks(letters, nulls)}`
}

/** A remark that letters must agree in case; empty for text without letters. */
function caseRemark(text: Tree): string {
  return /\p{L}/u.test(literal(text)?.value ?? '') ? 'case matters' : ''
}

/** Remarks in brackets after a condition; nothing when all are empty. */
function remarks(...all: readonly string[]): string {
  const given = all.filter((remark) => remark !== '')
  return given.length === 0 ? '' : ` (${given.join(', ')})`
}
