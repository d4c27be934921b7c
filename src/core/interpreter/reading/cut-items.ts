import { isoOf } from '../../language/calendar.ts'
import type { Day } from '../../language/calendar.ts'
import { stopWords, verbs } from '../../language/lexicon.ts'
import { stateWords } from '../../language/state-words.ts'
import { isPieceOfText } from '../../language/match-phrases.ts'
import { readNumber } from '../../language/number-words.ts'
import { readPeriod } from '../../language/periods.ts'
import type { PhraseBook } from '../../language/phrase-book.ts'
import type { Token } from '../../language/tokenise.ts'
import type { Linker } from '../linking/linker.ts'
import { durationItems } from './cut-durations.ts'
import type { Item } from './draft.ts'
import { fitsPhrase, mayBeNoun, unitMention } from './spans-of-words.ts'
import { tableOfVerb } from './verb-rules.ts'

/** What `cutItems` needs. */
export interface Cutting {
  readonly phrases: PhraseBook
  readonly linker: Linker
  readonly question: string
  readonly today: Day
}

/** One way to read some tokens. Stop words have no item. */
interface Option {
  readonly to: number
  readonly worth: number
  readonly item: Item | null
}

const longestMention = 5
const longestValue = 8
/** Score of a token by the kind of item it becomes; the segmentation with the highest total wins. */
const worth = {
  phrase: 1.05,
  noun: 1.04,
  value: 1.08,
  period: 1.15,
  number: 1,
  stopWords: 0.8,
  nounLikeStopWord: 0.45,
  verb: 0.76,
  /** A verb in the past whose rows a table holds: "ordered", "paid". */
  deed: 1.06,
  duration: 1.2,
  proper: 0.6,
  quoted: 2,
  pinned: 2,
  /** A letter or word to look for in a text: "contains the letter w". */
  piece: 1.1,
} as const
const longerIsBetter = 0.1
/** Stop words that are nouns in other questions ("name", "type"): linking them to a column is preferred. */
const nounLike = new Set(
  'name names type types kind kinds number numbers amount amounts title titled value values result results quantity total set share shares person people item items details detail information record records list table tables entry entries data work member members'.split(
    ' ',
  ),
)

/** Segments the tokens into items by dynamic programming over the scores of all options. */
export function cutItems(tokens: readonly Token[], cutting: Cutting): readonly Item[] {
  const best: { worth: number; from: number; item: Item | null }[] = [{ worth: 0, from: 0, item: null }]
  for (let at = 0; at < tokens.length; at += 1) {
    const here = best[at]
    if (here === undefined) continue
    for (const option of optionsAt(tokens, at, cutting)) {
      const total = here.worth + option.worth
      if (total > (best[option.to]?.worth ?? Number.NEGATIVE_INFINITY)) {
        best[option.to] = { worth: total, from: at, item: option.item }
      }
    }
  }
  const items: Item[] = []
  for (let at = tokens.length; at > 0;) {
    const step = best[at]
    if (step?.item) items.unshift(step.item)
    at = step?.from ?? 0
  }
  return items
}

function optionsAt(tokens: readonly Token[], at: number, cutting: Cutting): readonly Option[] {
  const token = tokens[at]
  if (token === undefined) return []
  if (token.kind === 'quoted') return [quotedOption(token, at, cutting)]
  const pinned = cutting.linker.pinned(token, at)
  if (pinned !== null)
    return [
      { to: at + 1, worth: worth.pinned, item: { type: 'noun', mention: pinned, unit: null, from: at, to: at + 1 } },
    ]
  if (isPieceOfText(tokens, at))
    return [{ ...quotedOption(token, at, cutting), worth: worth.piece }, ...fallback(tokens, token, at, cutting)]
  const named = smallNameOption(tokens, token, at, cutting)
  if (named !== null) return [named]
  return [
    ...fallback(tokens, token, at, cutting),
    ...phraseOptions(tokens, at, cutting),
    ...numberOptions(tokens, at, cutting),
    ...nounOptions(tokens, at, cutting),
    ...valueOptions(tokens, at, cutting),
    ...properOptions(tokens, at, cutting),
    ...durationItems(tokens, at, {
      phrases: cutting.phrases,
      dates: cutting.linker.dates,
      isValue: (words: string) => cutting.linker.value(words, at, at + 1, false) !== null,
      today: isoOf(cutting.today),
    }).map((item) => ({
      to: item.to,
      worth: gain(item.to - at, worth.duration),
      item,
    })),
  ]
}

/** A column named like a small word ("from", "to", "order"), where only a name can stand: "per from", "whose to is Rome". */
function smallNameOption(tokens: readonly Token[], token: Token, at: number, { linker }: Cutting): Option | null {
  const [before, after] = [tokens[at - 1]?.lower ?? '', tokens[at + 1]]
  const lead = before === 'and' ? (tokens[at - 3]?.lower ?? '') : before
  const isLast = after === undefined || after.kind === 'mark' || after.lower === 'and'
  const isGroup = ['per', 'by'].includes(lead) && isLast
  const isSubject = ['whose', 'where'].includes(before) && after?.lower === 'is'
  if (!(isGroup || isSubject) || token.kind !== 'word' || !stopWords.has(token.lower)) return null
  const mention = linker.noun([token], at, at + 1)
  const [best] = mention?.candidates ?? []
  if (mention === null || best?.kind !== 'column' || best.score < 0.99) return null
  return { to: at + 1, worth: worth.noun, item: { type: 'noun', mention, unit: null, from: at, to: at + 1 } }
}

const gain = (length: number, each: number): number => length * each + (length - 1) * longerIsBetter

function quotedOption(token: Token, at: number, { linker }: Cutting): Option {
  const mention = linker.value(token.text, at, at + 1, true)
  return {
    to: at + 1,
    worth: worth.quoted,
    item: { type: 'value', text: token.text.trim(), mention, quoted: true, from: at, to: at + 1 },
  }
}

function fallback(tokens: readonly Token[], token: Token, at: number, { linker }: Cutting): readonly Option[] {
  const to = at + 1
  if (token.kind === 'mark' && token.text !== "'s") return [{ to, worth: 0.1, item: null }]
  const options: Option[] = []
  if (stopWords.has(token.lower))
    options.push({ to, worth: nounLike.has(token.lower) ? worth.nounLikeStopWord : worth.stopWords, item: null })
  if (verbs.has(token.lower)) {
    const mention = tableOfVerb(tokens, at, linker)
    const item: Item = { type: 'verb', word: token.lower, mention, from: at, to }
    options.push({ to, worth: mention === null ? worth.verb : worth.deed, item })
  }
  options.push({ to, worth: 0, item: { type: 'unknown', word: token.text, from: at, to } })
  return options
}

function phraseOptions(tokens: readonly Token[], at: number, { phrases, linker }: Cutting): readonly Option[] {
  const found = phrases(tokens, at).filter(({ phrase, length }) => fitsPhrase(phrase, tokens, at, length, linker))
  return found.map(({ phrase, length }) => {
    const to = at + length
    const mention = phrase.is === 'unit' ? unitMention(tokens, at, to, phrase.unit, linker) : null
    const item: Item =
      phrase.is === 'unit' && mention !== null
        ? { type: 'noun', mention, unit: phrase.unit, from: at, to }
        : { type: 'phrase', phrase, from: at, to }
    return { to, worth: gain(length, worth.phrase), item }
  })
}

function numberOptions(tokens: readonly Token[], at: number, { today }: Cutting): readonly Option[] {
  const options: Option[] = []
  const number = readNumber(tokens, at)
  const isPronoun = tokens[at]?.lower === 'one' && tokens[at - 1]?.lower === 'the'
  if (number !== null && !isPronoun) {
    const to = at + number.length
    const text = tokens[at]?.text ?? ''
    options.push({
      to,
      worth: gain(number.length, worth.number),
      item: { type: 'number', value: number.value, text, from: at, to },
    })
  }
  const read = readPeriod(tokens, at, today)
  if (read !== null) {
    const to = at + read.length
    const item: Item = { type: 'period', period: read.period, numbers: read.numbers, from: at, to }
    options.push({ to, worth: gain(read.length, worth.period), item })
  }
  return options
}

function nounOptions(tokens: readonly Token[], at: number, cutting: Cutting): readonly Option[] {
  const options: Option[] = []
  for (let length = 1; length <= longestMention && at + length <= tokens.length; length += 1) {
    const span = tokens.slice(at, at + length)
    const isColumn = (): boolean => {
      const [best] = cutting.linker.noun(span, at, at + length)?.candidates ?? []
      return best?.kind === 'column' && best.score >= 0.99
    }
    if (!mayBeNoun(span, tokens[at - 1], tokens[at + length], isColumn)) continue
    const mention = cutting.linker.noun(span, at, at + length)
    const score = mention?.candidates[0]?.score ?? 0
    if (mention === null || (length === 1 && isTooWeak(span, score))) continue
    if (length > 1 && score < 0.99 && beginsWithValue(span, at, cutting)) continue
    const item: Item = { type: 'noun', mention, unit: null, from: at, to: at + length }
    options.push({ to: at + length, worth: gain(length, worth.noun * (0.5 + score / 2)), item })
  }
  return options
}

/** "bad customers" where GOOD_OR_BAD_CUSTOMER holds "bad": the value says which customers, the column's name says nothing. */
function beginsWithValue(span: readonly Token[], at: number, { linker }: Cutting): boolean {
  const [first, ...rest] = span
  if (first === undefined || linker.value(first.lower, at, at + 1, false) === null) return false
  return linker.noun(rest, at + 1, at + span.length)?.candidates[0]?.kind === 'table'
}

/** A word like "work" or "name" must match well: it abbreviates or begins many names (`WRK_ORD`). */
const leastNounLike = 0.7

const isTooWeak = ([token]: readonly Token[], score: number): boolean =>
  token !== undefined &&
  ((verbs.has(token.lower) && score < 0.74) ||
    (stopWords.has(token.lower) && score < (nounLike.has(token.lower) ? leastNounLike : 0.9)))

function valueOptions(tokens: readonly Token[], at: number, cutting: Cutting): readonly Option[] {
  const options: Option[] = []
  const first = tokens[at]
  if (first === undefined || first.kind === 'mark' || first.kind === 'operator') return options
  for (let length = 1; length <= longestValue && at + length <= tokens.length; length += 1) {
    const last = tokens[at + length - 1]
    if (last === undefined || last.kind === 'quoted') break
    if (last.kind === 'mark' && last.text !== '!' && last.text !== ')') continue
    if (length === 1 && (isTooPlain(first, at, cutting) || doers.has(tokens[at - 1]?.lower ?? ''))) continue
    const text = cutting.question.slice(first.start, last.end)
    const mention = cutting.linker.value(text, at, at + length, isLetter(first, at) && length === 1)
    if (mention === null) continue
    const isName = length === 1 && namesColumn(first, at, cutting)
    const score = (mention.candidates[0]?.score ?? 0) * (isName ? 0.5 : 1)
    const item: Item = { type: 'value', text, mention, quoted: false, from: at, to: at + length }
    options.push({ to: at + length, worth: gain(length, worth.value * (0.5 + score / 2)), item })
  }
  return options
}

/** A single word after these is a verb: "how much tax did we collect". */
const doers = new Set(['we', 'i', 'you', 'they'])

/** Whether a word in small letters matches a table or column well: it is then less likely a value. */
const namesColumn = (token: Token, at: number, { linker }: Cutting): boolean =>
  /^\p{Ll}/u.test(token.text) && (linker.noun([token], at, at + 1)?.candidates[0]?.score ?? 0) >= 0.7

/** A single capital letter that does not begin the question: "class A". */
const isLetter = (token: Token, at: number): boolean => at > 0 && /^\p{Lu}$/u.test(token.text)

/** Whether a word is too common to be a value, even when columns hold it. */
function isTooPlain(token: Token, at: number, { phrases }: Cutting): boolean {
  if (token.kind === 'number') return true
  if (isLetter(token, at)) return false
  const isCode = token.text.length >= 2 && token.text === token.text.toUpperCase() && /\p{L}/u.test(token.text)
  if (isCode) return false
  return (
    token.text.length < 3 ||
    stopWords.has(token.lower) ||
    phrases([token], 0).length > 0 ||
    (at === 0 && verbs.has(token.lower) && !stateWords.has(token.lower))
  )
}

/** Capitalised words and words with digits or signs that nothing else explains: proper names that were not sampled. */
function properOptions(tokens: readonly Token[], at: number, { question, phrases }: Cutting): readonly Option[] {
  const options: Option[] = []
  const isProper = (token: Token | undefined): token is Token =>
    token?.kind === 'word' &&
    /^\p{Lu}|[#@\d]/u.test(token.text) &&
    !stopWords.has(token.lower) &&
    phrases([token], 0).length === 0
  for (let to = at; to < at + 6 && isProper(tokens[to]); to += 1) {
    const [first, last] = [tokens[at], tokens[to]]
    if (first === undefined || last === undefined) break
    const isStart = at === 0 || tokens[at - 1]?.kind === 'mark'
    if (isStart && to === at && !/[#@\d]|\p{Lu}.*\p{Lu}/u.test(first.text)) continue
    const text = question.slice(first.start, last.end)
    options.push({
      to: to + 1,
      worth: gain(to + 1 - at, worth.proper),
      item: { type: 'value', text, mention: null, quoted: false, from: at, to: to + 1 },
    })
  }
  return options
}
