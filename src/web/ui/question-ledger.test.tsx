import fc from 'fast-check'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import type { LedgerEntry } from '../../contract/ledger.ts'
import { cutIntoPieces, LedgerAssumption, LedgerQuestion, QuestionLedger } from './question-ledger.tsx'
import { SqlCode } from './sql-code.tsx'

const question = 'How many big orders in 1996?'
const sql = "SELECT COUNT(*) FROM ORDERS WHERE D >= '1996-01-01'"

const entry = (text: string, role: LedgerEntry['role'], answer: string | readonly string[] | null): LedgerEntry => ({
  from: question.indexOf(text),
  to: question.indexOf(text) + text.length,
  text,
  role,
  answeredBy:
    answer === null || typeof answer === 'string'
      ? answer
      : answer.map((part) => ({ from: sql.indexOf(part), to: sql.indexOf(part) + part.length })),
})

const entries = [
  entry('How many', 'aggregate', ['COUNT(*)']),
  entry('big', 'word', null),
  entry('orders', 'word', ['ORDERS']),
  entry('in 1996', 'period', ["'1996-01-01'"]),
]

const drawn = (given: readonly LedgerEntry[], shownSql = sql): string =>
  renderToStaticMarkup(
    <QuestionLedger question={question} sql={sql} entries={given}>
      <h2>
        <LedgerQuestion text={question} />
      </h2>
      <SqlCode sql={shownSql} />
    </QuestionLedger>,
  )

const textOf = (html: string): string =>
  html
    .replaceAll(/<span hidden[^>]*>.*?<\/span>/g, '')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x27;', "'")

describe('the query', () => {
  test('has its answering parts reachable, the first by Tab, each with the words it answers', () => {
    const html = drawn(entries)
    expect(html.match(/data-part="query"/g)).toHaveLength(3)
    expect(html.match(/tabindex="0" data-part="query"/g)).toHaveLength(1)
    expect(html).toContain('Answers &quot;How many&quot;.')
    expect(html).toContain('Answers &quot;in 1996&quot;.')
  })
  test('reads as without a ledger', () => {
    expect(textOf(drawn(entries))).toBe(question + sql)
    expect(drawn([])).not.toContain('data-part=')
  })
  test('of another text has no parts', () => {
    expect(drawn(entries, `${sql} LIMIT 1`)).not.toContain('data-part=')
  })
})

describe('the question', () => {
  test('shows what was not found', () => {
    expect(drawn(entries)).toMatch(/<span title="Not found in the query"[^>]*>big<\/span>/)
  })
  test('whose words stand elsewhere than the ledger says stays plain', () => {
    const moved = entries.map((one) => ({ ...one, from: one.from + 1, to: one.to + 1 }))
    expect(drawn(moved).split('</h2>')[0]).toBe(`<h2>${question}`)
  })
})

test('an assumption is drawn as it is', () => {
  expect(textOf(renderToStaticMarkup(<LedgerAssumption text="Big is over 10." />))).toBe('Big is over 10.')
})

test('pieces make up the text, and each knows exactly the spans over it', () => {
  const span = fc.record({ from: fc.nat(30), to: fc.nat(30), entry: fc.nat(5) })
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.array(span, { maxLength: 8 }), (text, spans) => {
      const pieces = cutIntoPieces(text, spans)
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      for (const piece of pieces)
        for (let at = piece.from; at < piece.to; at += 1) {
          const over = spans.filter(({ from, to }) => from <= at && at < to && to <= text.length)
          expect(new Set(piece.entries)).toEqual(new Set(over.map(({ entry }) => entry)))
        }
    }),
  )
})
