import type { Sentence, SentenceValue } from '../result.ts'
import type { Formats } from './formats.ts'

/** A part of a sentence as it is read. */
export interface SentencePiece {
  /** Its place in the sentence. */
  readonly key: string
  readonly text: string
  /** True for a value of the result, which may be written in another direction than the words around it. */
  readonly isValue: boolean
}

/** The parts of a sentence in a reader's formats. */
export const sentencePieces = (sentence: Sentence, formats: Formats): readonly SentencePiece[] =>
  sentence.map((part, at) =>
    'text' in part
      ? { key: String(at), text: part.text, isValue: false }
      : { key: String(at), text: valueText(part, formats), isValue: true },
  )

/** A sentence as one text. */
export const sentenceText = (sentence: Sentence, formats: Formats): string =>
  sentencePieces(sentence, formats)
    .map(({ text }) => text)
    .join('')

function valueText({ value, form, digits, unit }: SentenceValue, formats: Formats): string {
  const text = String(value)
  switch (form) {
    case 'number':
      return formats.number(text, { ...(digits === undefined ? {} : { digits }), unit: unit ?? null })
    case 'moment':
      return formats.moment(text, { dropMidnight: true })
    case 'year':
    case 'quarter':
    case 'month':
      return formats.period(text, form) ?? formats.moment(text, { dropMidnight: true })
    case 'month-name':
      return formats.monthName(Number(text)) ?? text
    case 'name':
    default:
      return text
  }
}
