import type { Token } from '../guard/scan-sql.ts'
import type { QueryPart, TextSpan } from './query-parts.ts'

/** Widens the spans of names and literals to the keywords and brackets around them, which a tree does not place. */
export interface SqlText {
  /** With matching brackets around it and the given keywords before it. */
  condition(span: TextSpan, keywords: readonly string[]): TextSpan
  /** With a number of tokens after it, for example `IS NULL`. */
  extended(span: TextSpan, tokens: number): TextSpan
  /** A function's name with its arguments. */
  call(name: TextSpan): TextSpan
  /** A window function with what is left of its OVER. */
  window(span: TextSpan): TextSpan
  /** The call around a span: back to the name before the bracket and on to the closing one. */
  enclosing(span: TextSpan): TextSpan
  /** The first token with this word at or after an offset. */
  wordAfter(word: string, at: number): TextSpan | null
  lastWord(word: string): TextSpan | null
  /** The `*` after a span, or the first one that no part covers. */
  star(after: TextSpan | null, parts: readonly QueryPart[]): TextSpan | null
  textOf(span: TextSpan): string
}

export function makeSqlText(tokens: readonly Token[]): SqlText {
  const starts = new Map(tokens.map((token, index) => [token.start, index]))
  const ends = new Map(tokens.map((token, index) => [token.end, index]))
  const spanOf = (token: Token | undefined): TextSpan | null =>
    token === undefined ? null : { from: token.start, to: token.end }

  /** The index of the bracket that closes the one at an index. */
  const closing = (open: number): number => {
    let depth = 0
    for (let index = open; index < tokens.length; index += 1) {
      if (tokens[index]?.text === '(') depth += 1
      if (tokens[index]?.text === ')') depth -= 1
      if (depth === 0) return index
    }
    return tokens.length - 1
  }
  const bracketed = (span: TextSpan): TextSpan => {
    let whole = span
    for (;;) {
      const before = tokens[(starts.get(whole.from) ?? 0) - 1]
      const after = tokens[(ends.get(whole.to) ?? tokens.length) + 1]
      if (before?.text !== '(' || after?.text !== ')') return whole
      whole = { from: before.start, to: after.end }
    }
  }
  const call = (name: TextSpan): TextSpan => {
    const open = (ends.get(name.to) ?? tokens.length) + 1
    if (tokens[open]?.text !== '(') return name
    return { from: name.from, to: tokens[closing(open)]?.end ?? name.to }
  }
  return {
    condition(span, keywords) {
      let whole = closed(bracketed(span))
      for (const keyword of keywords) {
        const before = tokens[(starts.get(whole.from) ?? 0) - 1]
        if (before?.word === keyword) whole = { from: before.start, to: whole.to }
      }
      return whole
    },
    extended(span, count) {
      const index = ends.get(span.to)
      const last = index === undefined ? undefined : tokens[index + count]
      return last === undefined ? span : { from: span.from, to: last.end }
    },
    call,
    window(span) {
      const over = tokens.findIndex((token) => token.start >= span.from && token.word === 'OVER')
      return over < 0 || tokens[over + 1]?.text !== '('
        ? span
        : { from: span.from, to: Math.max(span.to, tokens[closing(over + 1)]?.end ?? span.to) }
    },
    enclosing(span) {
      let index = (starts.get(span.from) ?? 0) - 1
      while (index > 0 && tokens[index]?.text !== '(') index -= 1
      const name = spanOf(tokens[index - 1])
      return name === null ? span : call(name)
    },
    wordAfter: (word, at) => spanOf(tokens.find((token) => token.start >= at && token.word === word)),
    lastWord: (word) => spanOf(tokens.findLast((token) => token.word === word)),
    star: (after, parts) =>
      spanOf(
        tokens.find(
          ({ text, start, end }) =>
            text === '*' &&
            start >= (after?.to ?? 0) &&
            !parts.some((part) => part.kind !== 'query' && part.from <= start && end <= part.to),
        ),
      ),
    textOf: ({ from, to }) =>
      tokens
        .filter(({ start, end }) => start >= from && end <= to)
        .map(({ text }) => text)
        .join(' '),
  }

  /** Adds the brackets that a span opens and does not close. */
  function closed(span: TextSpan): TextSpan {
    let depth = 0
    for (const { text, start, end } of tokens) {
      if (start < span.from || end > span.to) continue
      if (text === '(') depth += 1
      if (text === ')') depth -= 1
    }
    let index = ends.get(span.to) ?? tokens.length
    let to = span.to
    while (depth > 0 && tokens[index + 1]?.text === ')') {
      index += 1
      depth -= 1
      to = tokens[index]?.end ?? to
    }
    return { from: span.from, to }
  }
}
