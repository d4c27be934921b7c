import { nameOfPinned, textOfPinned, type PinnedName } from '../../catalog/pinned-names.ts'
import type { InterpretRequest, EarlierQuestion, Interpretation } from '../interpretation.ts'

/** Questions in which one plain word stands in for each pinned name, so that no rule for words can take a name apart or read it as others. */
export interface StandIns {
  /** By the stand-in word. */
  readonly names: ReadonlyMap<string, PinnedName>
  readonly question: string
  readonly earlier: readonly EarlierQuestion[]
  /** A reading of these questions in the words of the person. */
  readonly restore: (reading: Interpretation) => Interpretation
}

const letters = 'abcdefghijklmnop'

/** One word of letters alone for a name, always the same: ids of inherited parts are made of words and outlive their question. */
function wordFor(name: string): string {
  const digits = name.replaceAll(/./gsu, (sign) => (sign.codePointAt(0) ?? 0).toString(16).padStart(6, '0'))
  return `zq${digits.replaceAll(/./g, (digit) => letters.charAt(Number.parseInt(digit, 16)))}`
}

/** Puts stand-ins into the questions of a request. */
export function standIn(request: InterpretRequest): StandIns {
  const names = new Map<string, PinnedName>()
  const texts = new Map<string, string>()
  const replace = ({ question, pinned = [] }: Pick<InterpretRequest, 'question' | 'pinned'>): string =>
    pinned.reduceRight((text, name) => {
      const word = wordFor(nameOfPinned(name))
      names.set(word, name)
      texts.set(word, textOfPinned(name, question.slice(name.from, name.to), request.catalog))
      return `${text.slice(0, name.from)}${word}${text.slice(name.to)}`
    }, question)
  const earlier = (request.earlier ?? []).map((turn) => ({ ...turn, question: replace(turn) }))
  const question = replace(request)
  const say = (text: string): string =>
    [...texts].reduce((said, [word, written]) => said.replaceAll(new RegExp(word, 'gi'), () => written), text)
  return { names, question, earlier, restore: (reading) => restored(reading, say, placesIn(request)) }
}

/** Maps an offset of the question with stand-ins to one of the question as it was asked. */
function placesIn({ pinned = [] }: InterpretRequest): (at: number) => number {
  return (at) => {
    let shift = 0
    for (const name of pinned) {
      const length = wordFor(nameOfPinned(name)).length
      const start = name.from + shift
      if (at <= start) break
      if (at < start + length) return name.to
      shift += length - (name.to - name.from)
    }
    return at - shift
  }
}

function restored(
  reading: Interpretation,
  say: (text: string) => string,
  place: (at: number) => number,
): Interpretation {
  switch (reading.kind) {
    case 'query':
      return {
        ...reading,
        notes: reading.notes.map(say),
        inherited: reading.inherited.map(({ id, text }) => ({ id, text: say(text) })),
        links: reading.links?.map((link) => ({ ...link, from: place(link.from), to: place(link.to) })) ?? null,
      }
    case 'ambiguous':
      return { ...reading, words: say(reading.words), options: reading.options.map(say) }
    case 'declined':
      return { ...reading, reason: say(reading.reason) }
    case 'needs-values':
      return reading
  }
}
