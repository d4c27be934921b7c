import type { Mention } from '../../../contract/command.ts'
import { mentionText } from '../../../contract/words/names.ts'
import type { ChosenName } from '../../turns/drafts.ts'

/** A name that is being written after `@`. */
export interface MentionTrigger {
  /** Where the `@` stands. */
  readonly from: number
  /** What stands between it and the caret. */
  readonly query: string
}

/** Longer texts after `@` are no names that somebody looks for. */
const longestQuery = 120
const atCaret = /(?<![\p{L}\p{M}\p{N}_.$"@])@((?:"(?:[^"]|"")*"?|[\p{L}\p{M}\p{N}_$.])*)$/u

/** The name that is being written before the caret; null where none is. */
export function triggerAt(text: string, caret: number): MentionTrigger | null {
  const [, query] = atCaret.exec(text.slice(0, caret)) ?? []
  if (query === undefined || query.length > longestQuery) return null
  return { from: caret - query.length - 1, query }
}

/**
 * Where a text names what was chosen for it. The places are read from the text as it stands, so that they are right whatever was typed, pasted
 * or undone; a name with other letters in it is none.
 */
export function mentionsIn(text: string, names: readonly ChosenName[]): readonly Mention[] {
  if (names.length === 0) return []
  const known = new Map(names.map((name) => [name.text, name]))
  return [...text.matchAll(mentionText)].flatMap(({ 0: written, index }): readonly Mention[] => {
    const name = known.get(written)
    return name === undefined ? [] : [{ from: index, to: index + written.length, kind: name.kind, name: name.name }]
  })
}
