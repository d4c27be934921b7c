import { rootOf, singular } from '../../catalog/word-forms.ts'
import type { Token } from '../../language/tokenise.ts'
import type { Linker } from '../linking/linker.ts'
import type { Mention } from '../linking/mention.ts'
import { countsTimes, endsAt, readComparison } from './comparison.ts'
import { isNoun } from './draft.ts'
import type { Noun, Relation } from './draft.ts'
import { isThing, makeNoun, nounAt, phraseAt, saysAt, takeNegation } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** The table whose rows are what a verb does: "ordered" and ORDERS, "enrolled" and ENROLLMENT; null for any other verb. */
export function tableOfVerb(tokens: readonly Token[], at: number, linker: Linker): Mention | null {
  const token = tokens[at]
  if (token === undefined) return null
  const word = token.lower
  const isClause = clauseWords.has(tokens[at - 1]?.lower ?? '')
  if (!/(?:ed|aid|ent|ought|old|ilt|ritten)$/.test(word)) return null
  for (const base of new Set([word.replace(/(?:ed|ing)$/, ''), word.replace(/d$/, ''), word.replace(/s$/, ''), word])) {
    if (base.length < 4) continue
    const mention = linker.noun([{ ...token, text: base, lower: base }], at, at + 1)
    const [first] = mention?.candidates ?? []
    const best = first?.kind === 'formula' && isClause ? mention?.candidates.find((c) => c.kind === 'table') : first
    if (mention === null || best?.kind !== 'table' || best.score < 0.6) continue
    const isSame = best.table.ways.some((way) => {
      const last = way.at(-1) ?? ''
      return singular(last) === base || rootOf(last) === rootOf(word)
    })
    if (isSame) return { ...mention, text: token.text, candidates: [best] }
  }
  return null
}

/** Before a verb of money ("who paid"); elsewhere such a word is an amount ("amount paid"). */
const clauseWords = new Set(['who', 'that', 'have', 'has', 'had', 'been', 'never', 'not', 'were', 'was'])

/** Whether the verb ends its clause, so that it says what was done by itself: "never ordered", "ordered in 1995". */
function isWhole(reader: Reader, at: number): boolean {
  const next = reader.items[at + 1]
  return (
    endsAt(next) ||
    next?.type === 'period' ||
    saysAt(reader, at + 1, 'both', 'not', 'or') ||
    phraseAt(reader, at + 1)?.is === 'superlative'
  )
}

/** The noun whose rows did it: the thing mentioned last, else what is asked for; null when the verb is about the same table. */
function doerOf(reader: Reader, { candidates: [deed] }: Mention): Noun | null {
  const [ask] = reader.draft.asks
  const named = ask?.kind === 'noun' ? ask.noun : ask?.kind === 'measure' ? ask.measure.noun : null
  const doer = isNoun(reader.focus) && isThing(reader.focus.mention) ? reader.focus : named
  const [subject] = doer?.mention.candidates ?? []
  return deed?.kind === 'table' && subject?.kind === 'table' && subject.table !== deed.table ? doer : null
}

/** "prescribed more than 75 times": how many rows there are of what the verb does, or that hold each value of the column asked for. */
export const readTimes: Rule = (reader, at) => {
  const item = reader.items[at]
  const start = item?.type === 'verb' ? at + 1 : at
  const comparison = readComparison(reader, start)
  const end = start + (comparison?.length ?? 0)
  if (comparison === null || comparison.negated || !countsTimes(reader, end)) return 0
  const { operator, operand } = comparison
  if (operand.kind !== 'number' && operand.kind !== 'range') return 0
  const done =
    item?.type === 'verb' && item.mention !== null && doerOf(reader, item.mention) !== null ? item.mention : null
  const mention = done ?? rowsHolding(reader)
  if (mention === null) return 0
  if (item?.type === 'verb') reader.draft.verbs.push(item.word)
  const noun = makeNoun(reader, mention, 'counted')
  const count = { operator, operand }
  reader.draft.relations.push({ noun, negated: false, count, about: reader.focus, loose: false, with: false })
  reader.focus = noun
  reader.asking = false
  reader.attaching = false
  reader.relating = false
  return end - at + (saysAt(reader, end, 'times') ? 1 : 0)
}

/** The tables that hold the column asked for, as what is counted; null when something else is asked for. */
function rowsHolding({ draft }: Reader): Mention | null {
  const [ask] = draft.asks
  if (ask?.kind !== 'noun' || draft.asks.length > 1 || isThing(ask.noun.mention)) return null
  const candidates = ask.noun.mention.candidates.flatMap((c) =>
    c.kind === 'column' ? [{ kind: 'table' as const, table: c.column.table, score: c.score }] : [],
  )
  return candidates.length === 0 ? null : { ...ask.noun.mention, candidates }
}

/** "customers who never ordered", "parts ordered in 1996": rows that have, or lack, rows of the table that the verb names. */
export const readDeed: Rule = (reader, at) => {
  const item = reader.items[at]
  if (item?.type !== 'verb' || item.mention === null || reader.functions.length > 0 || !isWhole(reader, at)) return 0
  const asked = doerOf(reader, item.mention)
  if (asked === null) return 0
  const superlative = phraseAt(reader, at + 1)
  if (superlative?.is === 'superlative') {
    const isCount = superlative.quality === null && nounAt(reader, at + 2) === null
    if (!isCount || reader.draft.ranking !== null) return 0
    const by = { fn: 'count' as const, noun: makeNoun(reader, item.mention, 'counted'), distinct: false }
    reader.draft.ranking = { by, of: null, descending: superlative.descending, atHead: false }
    return 2
  }
  const noun = makeNoun(reader, item.mention, 'loose')
  const relation: Relation = {
    noun,
    negated: takeNegation(reader),
    count: null,
    about: asked,
    loose: false,
    with: false,
  }
  reader.draft.relations.push(relation)
  reader.draft.verbs.push(item.word)
  reader.focus = noun
  reader.asking = false
  reader.attaching = false
  reader.relating = false
  if (relation.negated) reader.within = relation
  return 1
}
