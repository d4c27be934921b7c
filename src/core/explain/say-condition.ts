import { boundOf, constantDay, sayPeriod, type Bound } from './say-period.ts'
import { isNode, listIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import { bare, chain, literal, tagged } from './tagged.ts'
import { code, few, listed, quoted, subquery, type Speech } from './words.ts'

const comparisons: Readonly<Record<string, readonly [plain: string, ofDays: string]>> = {
  eq: ['is', 'is'],
  neq: ['is not', 'is not'],
  gt: ['is more than', 'is after'],
  gte: ['is at least', 'is on or after'],
  lt: ['is less than', 'is before'],
  lte: ['is at most', 'is on or before'],
}

/** A condition in words; what has no words stands as SQL. Two bounds on one column are said as the period they enclose. */
export function sayCondition(tree: Tree, speech: Speech): string {
  const all = chain(tree, 'and')
  if (all.length === 1) return sayOne(all[0], speech)
  const partners = pairs(all.map((part) => boundOf(part, speech.print)))
  const said = all.flatMap((part, index) => {
    const pair = partners.get(index)
    if (pair === undefined) return [sayOne(part, speech)]
    // The range once, where its first bound stands.
    if (pair === 'said') return []
    return [`${speech.expression(tagged(bare(part))?.node['left'])} is ${sayPeriod(pair.from, pair.before)}`]
  })
  return listed(said)
}

type Range = { readonly from: string; readonly before: string }

/** Each lower bound with one upper bound of the same column, by their places; a bound without a partner is in no pair. */
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
  if (any.length > 1)
    return `(${listed(
      any.map((part) => sayAlternative(part, speech)),
      'or',
    )})`
  const inner = bare(tree)
  const found = tagged(inner)
  const said = found === null ? null : wordsOf(found.tag, found.node, speech)
  return said ?? code(speech.print(inner))
}

/** Several conditions that hold together stand in brackets, so that nobody reads across the "or". */
const sayAlternative = (part: Tree, speech: Speech): string =>
  chain(part, 'and').length > 1 ? `(${sayCondition(part, speech)})` : sayCondition(part, speech)

function wordsOf(tag: string, node: TreeNode, speech: Speech): string | null {
  const comparison = comparisons[tag]
  if (comparison !== undefined) return sayComparison(comparison, node, speech)
  const subject = () => speech.expression(node['this'])
  const not = node['not'] === true ? 'not ' : ''
  if (tag === 'and') return sayCondition({ and: node }, speech)
  if (tag === 'not') return sayNegation(node, speech)
  if (tag === 'is_null') return `${subject()} is ${not}NULL`
  if (tag === 'between') {
    return `${subject()} is ${not}from ${sayEnd(node['low'], speech)} to ${sayEnd(node['high'], speech)}`
  }
  if (tag === 'in') return sayIn(node, subject(), not, speech)
  if (tag === 'like' || tag === 'i_like') return sayLike(node, speech.expression(node['left']), tag === 'i_like')
  if (tag === 'exists') return `${subquery(node['this'], speech)} finds ${node['not'] === true ? 'no' : 'a'} row`
  if (tag in searches) return saySearch(tag, node, speech)
  if (tag === 'column') return `${speech.expression({ column: node })} is true`
  return tag === 'boolean' ? (node['value'] === true ? 'always' : 'never') : null
}

const sayEnd = (tree: Tree, speech: Speech): string => constantDay(tree) ?? speech.expression(tree)

function sayComparison([plain, ofDays]: readonly [string, string], node: TreeNode, speech: Speech): string {
  const right = node['right']
  const day = constantDay(right)
  const verb = day === null ? plain : ofDays
  return `${speech.expression(node['left'])} ${verb} ${day ?? speech.expression(right)}`
}

const searches: Readonly<Record<string, readonly [verb: string, negated: string]>> = {
  starts_with: ['starts with', 'does not start with'],
  ends_with: ['ends with', 'does not end with'],
  contains: ['contains', 'does not contain'],
}

function saySearch(tag: string, node: TreeNode, speech: Speech): string {
  const [verb, negated] = searches[tag] ?? ['', '']
  return `${speech.expression(node['this'])} ${node['not'] === true ? negated : verb} ${speech.expression(node['expression'])}`
}

function sayNegation(node: TreeNode, speech: Speech): string | null {
  const inner = tagged(bare(node['this']))
  if (inner === null) return null
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
  if (query !== null) return `${subject} is ${not}among the results of ${subquery(query, speech)}`
  if (values.length === 0 || isNode(node['unnest'])) return null
  return `${subject} is ${not}one of ${listed(few(values.map((value) => speech.expression(value))), 'or')}`
}

/** The three usual shapes of a pattern; any other is given as it is. */
function sayLike(node: TreeNode, subject: string, anyCase: boolean): string | null {
  const pattern = literal(node['right'])
  if (pattern?.type !== 'string' || isNode(node['escape']) || typeof node['quantifier'] === 'string') return null
  const not = node['not'] === true
  const suffix = anyCase ? ', in any case of letters' : ''
  const found = /^(%?)([^%_\\]+)(%?)$/.exec(pattern.value)
  if (found === null)
    return `${subject} ${not ? 'does not match' : 'matches'} the pattern ${quoted(pattern.value)}${suffix}`
  const [, before, text, after] = found
  const verb =
    before && after
      ? ['contains', 'contain']
      : after
        ? ['starts with', 'start with']
        : before
          ? ['ends with', 'end with']
          : ['is', 'equal']
  return `${subject} ${not ? `does not ${verb[1]}` : verb[0]} ${quoted(text ?? '')}${suffix}`
}
