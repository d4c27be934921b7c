import type { Column } from '../../contract/result.ts'
import { columnWords } from './column-words.ts'

interface TitleParts {
  readonly columns: readonly Column[]
  readonly x: number | null
  readonly y: readonly number[]
  readonly series: number | null
  readonly question: string | null
}

/** "Total spent by name": the charted columns in words, or the question where their names say nothing. */
export function chartTitle({ columns, x, y, series, question }: TitleParts): string {
  const wordsAt = (position: number | null) => (position === null ? null : columnWords(columns[position]?.name ?? ''))
  const measures = y.map(wordsAt)
  if (y.length === 0 || measures.includes(null)) return fromQuestion(question)
  const by = [wordsAt(x), wordsAt(series)].filter((words) => words !== null)
  const told = measures.join(', ')
  return capitalised(by.length === 0 ? told : `${told} by ${by.join(' and ')}`)
}

const fromQuestion = (question: string | null) => {
  const asked = (question ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[?.! ]+$/, '')
  return asked === '' ? 'Result' : capitalised(asked.length > 80 ? `${asked.slice(0, 79).trimEnd()}…` : asked)
}

const capitalised = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
