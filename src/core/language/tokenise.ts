import { countFirst } from './framing.ts'

/** A token of the question. Offsets are UTF-16 code units. */
export interface Token {
  readonly kind: 'word' | 'number' | 'date' | 'quoted' | 'operator' | 'mark'
  /** As written, without quotation marks. */
  readonly text: string
  /** In lower case, with plain apostrophes. */
  readonly lower: string
  readonly start: number
  readonly end: number
  /** The value of a number, including a scale such as "k"; NaN for other kinds. */
  readonly value: number
}

const quotedText = /(?<=^|[\s(,:=])(?:"([^"]+)"|“([^”]+)”|‘([^’]+)’|'([^']+)'(?=$|[\s.,;:?!)])|`([^`]+)`|"([^"]+)$)/y
const isoDate = /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?/y
const numberText = /(?<![\p{L}\p{N}])[$€£]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:k|K|bn|M)?(?![\p{L}\p{N}])/uy
const wordText =
  /[\p{L}\p{N}_][\p{L}\p{N}_]*(?:['’](?![st]\b)\p{L}{2,}|[#@&][\p{L}\p{N}_]+|\.[\p{L}\p{N}_]+(?=@|\.com))*/uy
const possessive = /['’]s?(?![\p{L}])/uy
const operatorText = />=|<=|<>|!=|==|[><=]/y
const markText = /[,;:.?!()%+/-]/y

const scales: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, bn: 1e9 }

/** Puts a count that ends the question first, and expands "first and last names" to "first name and last names", so that each is linked by itself. */
export const spellOut = (question: string): string =>
  countFirst(question).replace(
    /\b(first|middle|given)(,? (?:and|or) |, )(?=(?:(?:middle|last|family)(?:,? and |, ))*(?:last|family|middle) (names?)\b)/gi,
    (_, word: string, joint: string) => `${word} name${joint}`,
  )

/** Splits a question into tokens. Characters of no token kind are skipped. */
export function tokenise(question: string): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < question.length;) {
    const token = tokenAt(question, at)
    if (token !== null) tokens.push(token)
    at = token?.end ?? at + 1
  }
  return tokens
}

function tokenAt(question: string, at: number): Token | null {
  const quoted = matchAt(quotedText, question, at)
  if (quoted !== null)
    return make('quoted', quoted.slice(1).find((part) => part !== undefined) ?? '', at, quoted[0].length)
  const date = matchAt(isoDate, question, at)
  if (date !== null) return make('date', date[0], at, date[0].length)
  const number = matchAt(numberText, question, at)
  if (number !== null) return make('number', number[0], at, number[0].length, numberOf(number[0]))
  const mark = matchAt(possessive, question, at)
  if (mark !== null && at > 0 && /[\p{L}\p{N}]/u.test(question[at - 1] ?? ''))
    return make('mark', "'s", at, mark[0].length)
  const word = matchAt(wordText, question, at)
  if (word !== null) return wordToken(question, word[0], at)
  const operator = matchAt(operatorText, question, at)
  if (operator !== null) return make('operator', operator[0], at, operator[0].length)
  const other = matchAt(markText, question, at)
  return other === null ? null : make('mark', other[0], at, other[0].length)
}

/** Keeps "don't", "isn't" and similar words whole, so that the negation is not lost. */
function wordToken(question: string, word: string, at: number): Token {
  const denial = /^['’]t\b/i.exec(question.slice(at + word.length, at + word.length + 3))
  return make('word', denial === null ? word : `${word}'t`, at, word.length + (denial === null ? 0 : 2))
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function numberOf(text: string): number {
  const scale = /[a-zA-Z]+$/.exec(text)?.[0] ?? ''
  return Number(text.replace(/[$€£,a-zA-Z]/g, '')) * (scales[scale] ?? 1)
}

function make(kind: Token['kind'], text: string, start: number, length: number, value = Number.NaN): Token {
  return { kind, text, lower: text.toLowerCase().replaceAll('’', "'"), start, end: start + length, value }
}
