import type { LedgerRole } from '../../contract/ledger.ts'
import { parseDay, type Day } from '../language/calendar.ts'
import { withoutChartWords } from '../language/chart-words.ts'
import { framingAt } from '../language/framing.ts'
import { ordinalOf, readNumber } from '../language/number-words.ts'
import { readPeriod } from '../language/periods.ts'
import { tokenise, type Token } from '../language/tokenise.ts'
import {
  answerNouns,
  clauseStarts,
  functionWords,
  linkingVerbs,
  measureUnits,
  phraseAt,
  requestVerbs,
} from './obligation-words.ts'
import type { Obligation } from './obligation.ts'

const months = 'january february march april may june july august september october november december'.split(' ')

type Read = Pick<Obligation, 'role' | 'need'> & { readonly length: number }

/** Reads what a query must answer: every word, number, value and phrase of the question but true function words, in order. */
export function readObligations(question: string, today: string): readonly Obligation[] {
  // How the answer is drawn is no part of the query.
  const tokens = tokenise(withoutChartWords(question))
  const day = parseDay(today) ?? { year: 1970, month: 1, day: 1 }
  const found: Obligation[] = []
  const words = tokens.map(({ lower }) => lower)
  for (let at = 0; at < tokens.length;) {
    const framed = framingAt(words, at)
    if (framed > 0) {
      at += framed
      continue
    }
    const read = readAt(tokens, at, day, found.at(-1) ?? null)
    const [first, last] = [tokens[at], tokens[at + (read?.length ?? 1) - 1]]
    if (read !== null && first !== undefined && last !== undefined) {
      const [from, to] = [first.start, last.end]
      found.push({ from, to, text: question.slice(from, to), role: read.role, need: read.need })
    }
    at += read?.length ?? 1
  }
  return found
}

/** What begins at a token; null for a function word or a mark. */
function readAt(tokens: readonly Token[], at: number, today: Day, before: Obligation | null): Read | null {
  const token = tokens[at]
  if (token === undefined) return null
  if (token.kind === 'quoted') return { role: 'value', need: { kind: 'value' }, length: 1 }
  return (
    readOpening(tokens, at) ??
    readTime(tokens, at, today) ??
    readAmount(tokens, at, before) ??
    readPhrase(tokens, at) ??
    readWord(tokens, at)
  )
}

/** "No, by ship date": the "no" of a correction negates nothing. Null for anything else. */
function readOpening(tokens: readonly Token[], at: number): Read | null {
  const isCorrection = at === 0 && tokens[0]?.lower === 'no' && [',', '.', ';'].includes(tokens[1]?.text ?? '')
  return isCorrection ? { role: 'request', need: { kind: 'request' }, length: 1 } : null
}

function readTime(tokens: readonly Token[], at: number, today: Day): Read | null {
  const read = readPeriod(tokens, at, today)
  // "More than 2000" is a number although 2000 may be a year; the need accepts both.
  if (read !== null) {
    const { period, numbers, length } = read
    return { role: 'period', need: { kind: 'period', period, numbers }, length }
  }
  const token = tokens[at]
  const month = months.indexOf(token?.lower ?? '')
  const isMonth = month >= 0 && (token?.lower !== 'may' || token.text === 'May') && (token?.lower !== 'march' || at > 0)
  return isMonth ? { role: 'period', need: { kind: 'month', month: month + 1 }, length: 1 } : null
}

function readAmount(tokens: readonly Token[], at: number, before: Obligation | null): Read | null {
  const word = tokens[at]?.lower ?? ''
  // "Once" and "single" are numbers only after a comparison ("more than once"); "the one" is a pronoun.
  if ((word === 'once' || word === 'single') && before?.need.kind !== 'comparison') return null
  if (word === 'one' && ['the', 'which', 'this', 'that', 'each', 'every'].includes(tokens[at - 1]?.lower ?? ''))
    return null
  const number = readNumber(tokens, at)
  if (number === null) return null
  const next = tokens[at + number.length]
  const isPercent = next?.text === '%' || next?.lower === 'percent'
  const length = number.length + (isPercent ? 1 : 0)
  return { role: 'number', need: { kind: 'number', value: number.value, isPercent }, length }
}

/** Words that belong to a noun ("first name") rather than to a ranking. */
const nameHeads = new Set(['name', 'names', 'initial', 'names,'])

function readPhrase(tokens: readonly Token[], at: number): Read | null {
  const word = tokens[at]?.lower ?? ''
  if ((word === 'first' || word === 'last') && isNamePart(tokens, at)) return null
  if (['times', 'change', 'drop', 'rise'].includes(word) && tokens[at - 1]?.lower === 'the') return null
  const byNext = readByNext(tokens, at, word)
  if (byNext !== null) return byNext
  const phrase = phraseAt(tokens, at)
  if (phrase !== null) return { role: phrase.role, need: phrase.need, length: phrase.words.length }
  return ordinalOf(word) === null
    ? null
    : { role: 'ranking', need: { kind: 'ranking', way: 'any', needsCut: true }, length: 1 }
}

/** The words after which "ordered" and "order" speak of sorting; elsewhere they are the verb and the noun. */
const sortedBy = /^(?:by|from|in|alphabetically|descending|ascending|according)$/
const orderBy = /^(?:by|it|them|the)$/

/** Words that mean different things before different words. */
function readByNext(tokens: readonly Token[], at: number, word: string): Read | null {
  const next = tokens[at + 1]
  const follower = next?.lower ?? ''
  switch (word) {
    case 'or':
      // "Or less than 5" joins a second comparison; "5 or less" is the end of one.
      return tokens[at + 2]?.lower === 'than' || readNumber(tokens, at + 2) !== null ? joining : null
    case 'first':
      // "The highest first" sorts; "the first order" ranks.
      return next === undefined || /^[.,?!]$/.test(next.text) ? sorting : null
    case 'over':
    case 'under': {
      const way = word === 'over' ? 'more' : 'less'
      const isAmount = readNumber(tokens, at + 1) !== null
      return isAmount ? { role: 'comparison', need: { kind: 'comparison', way }, length: 1 } : null
    }
    case 'only':
      return requestVerbs.has(follower) ? { role: 'request', need: { kind: 'request' }, length: 1 } : null
    case 'ordered':
    case 'order': {
      const isSorting = (word === 'ordered' ? sortedBy : orderBy).test(follower)
      return isSorting && phraseAt(tokens, at) === null ? sorting : null
    }
    default:
      return null
  }
}
const joining: Read = { role: 'relation', need: { kind: 'relation' }, length: 1 }
const sorting: Read = { role: 'order', need: { kind: 'order', way: null }, length: 1 }

/** "First name", "first and last names", "last, first name". */
const isNamePart = (tokens: readonly Token[], at: number): boolean =>
  [1, 2, 3, 4].some(
    (i) =>
      nameHeads.has(tokens[at + i]?.lower ?? '') &&
      tokens.slice(at + 1, at + i).every(({ lower }) => ['and', ',', 'or', 'last', 'first', 'middle'].includes(lower)),
  )

function readWord(tokens: readonly Token[], at: number): Read | null {
  const token = tokens[at]
  if (token === undefined || token.kind === 'mark' || token.kind === 'operator' || passes(token)) return null
  const before = tokens[at - 1]
  const [role, kind] = roleOf(token, before, at)
  return { role, need: { kind }, length: 1 }
}

/** Function words, and single small letters. */
const passes = ({ lower, text }: Token): boolean =>
  functionWords.has(lower) || (lower.length === 1 && /[a-z]/.test(text))

function roleOf(
  token: Token,
  before: Token | undefined,
  at: number,
): readonly [LedgerRole, 'relation' | 'request' | 'unit' | 'word'] {
  const { lower } = token
  const earlier = before?.lower ?? ''
  if (lower === 'over' || lower === 'under') return ['relation', 'relation']
  if (requestVerbs.has(lower) && (at === 0 || clauseStarts.has(earlier))) return ['request', 'request']
  if (answerNouns.has(lower)) return ['request', 'request']
  const isMeasured = before?.kind === 'number' || ['in', 'square', 'per'].includes(earlier)
  if (measureUnits.has(lower) && isMeasured) return ['number', 'unit']
  if (linkingVerbs.has(lower)) return ['relation', 'relation']
  const isName = at > 0 && /^\p{Lu}/u.test(token.text) && before?.kind !== 'mark'
  return [isName ? 'value' : 'word', 'word']
}
