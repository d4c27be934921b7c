import { phraseRows } from './phrase-list.ts'
import type { Phrase } from './phrase.ts'
import type { Token } from './tokenise.ts'

export interface ReadPhrase {
  readonly phrase: Phrase
  /** The number of tokens consumed. */
  readonly length: number
}

/** Finds the fixed phrases that begin at a token, one per length. */
export type PhraseBook = (tokens: readonly Token[], at: number) => readonly ReadPhrase[]

interface Entry {
  readonly words: readonly string[]
  readonly phrase: Phrase
}

/** Indexes the phrases by their first word. */
export function makePhraseBook(): PhraseBook {
  const byFirst = new Map<string, Entry[]>()
  for (const [alternatives, phrase] of phraseRows) {
    for (const text of alternatives.split('|')) {
      const words = text.split(' ')
      const first = words[0] ?? ''
      byFirst.set(first, [...(byFirst.get(first) ?? []), { words, phrase }])
    }
  }
  return (tokens, at) => {
    const first = tokens[at]
    if (first === undefined || first.kind === 'quoted' || first.kind === 'number') return []
    const found = new Map<number, ReadPhrase>()
    for (const { words, phrase } of byFirst.get(first.lower) ?? []) {
      const fits = words.every((word, i) => tokens[at + i]?.lower === word && tokens[at + i]?.kind !== 'quoted')
      if (fits && !found.has(words.length)) found.set(words.length, { phrase, length: words.length })
    }
    return [...found.values()]
  }
}
