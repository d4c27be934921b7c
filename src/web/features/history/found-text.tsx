import { findWords } from '../../../contract/words/search-words.ts'

export interface FoundTextProps {
  readonly text: string
  /** What was searched for; empty for nothing. */
  readonly search: string
}

/** A text with the words of a search marked. */
export function FoundText({ text, search }: FoundTextProps) {
  const places = search === '' ? [] : findWords(text, search)
  return (
    <bdi>
      {places.map(({ from, to }, at) => (
        <span key={from}>
          {text.slice(places[at - 1]?.to ?? 0, from)}
          <mark className="rounded-xs bg-accent-bg text-accent-text">{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(places.at(-1)?.to ?? 0)}
    </bdi>
  )
}
