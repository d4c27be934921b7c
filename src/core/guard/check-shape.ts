import type { Token } from './scan-sql.ts'
import type { Fault } from './verdict.ts'

/** Brackets deeper than this are refused before any parser sees them. */
const maxDepth = 60
const maxTokens = 16_000
/** A chain of one operator becomes a tree as deep as it is long, which is what kills a parser. */
const maxChain = 500

/** Depth and length that would harm a parser are refused before it. */
export function checkShape(tokens: readonly Token[]): readonly Fault[] {
  const { depth, chain } = measure(tokens)
  if (depth <= maxDepth && chain <= maxChain && tokens.length <= maxTokens) return []
  const reason =
    depth > maxDepth
      ? `Brackets are nested deeper than ${maxDepth}.`
      : 'The query is too long a chain of conditions or terms.'
  return [{ code: 'too_complex', reason, action: 'Split the query, or list values with IN.', span: null }]
}

const opening = new Set('([{')
const closing = new Set(')]}')
const clauses = new Set([',', ...'SELECT FROM WHERE ON HAVING QUALIFY WHEN THEN ELSE END BY'.split(' ')])
const chained = new Set('AND OR NOT || - + * / %'.split(' '))
const setOperators = new Set('UNION INTERSECT EXCEPT MINUS'.split(' '))

/** How deep brackets go, and the longest run of operators between two commas or clauses of one bracket, or of set operators. */
function measure(tokens: readonly Token[]): { readonly depth: number; readonly chain: number } {
  const runs: number[] = [0]
  let depth = 0
  let chain = 0
  let sets = 0
  for (const { kind, text, word } of tokens) {
    if (kind !== 'word' && kind !== 'symbol') continue
    const sign = kind === 'word' ? word : text
    const last = runs.length - 1
    if (opening.has(sign)) depth = Math.max(depth, runs.push(0) - 1)
    else if (closing.has(sign)) runs.length = Math.max(1, last)
    else if (clauses.has(sign)) runs[last] = 0
    else if (setOperators.has(sign)) sets += 1
    else if (chained.has(sign)) chain = Math.max(chain, (runs[last] = (runs[last] ?? 0) + 1))
  }
  return { depth, chain: Math.max(chain, sets) }
}
