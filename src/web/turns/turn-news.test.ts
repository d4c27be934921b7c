import { describe, expect, test } from 'vitest'
import { makeTurnNews } from './turn-news.ts'
import { startTurnView, type TurnView } from './turn-view.ts'

const asked = startTurnView({ turnId: 't', conversationId: 'c', question: 'How many?', connection: null, writer: null })
const over = (change: Partial<TurnView>): TurnView => ({ ...asked, endedAtMs: 5, lastSeq: 9, ...change })
const problem = { code: 'sql_refused', message: 'm', action: 'a', whoseTurn: 'person' } as const

/** What is told after the turn has been in each of the states for so long, in seconds. */
function told(...states: readonly (readonly [view: TurnView, seconds: number])[]) {
  const find = makeTurnNews()
  let nowMs = 1_000_000
  const news = states.map(([view, seconds]) => {
    const found = find({ t: view }, nowMs)
    nowMs += seconds * 1_000
    return found
  })
  return news.flat().map(({ kind, isLate }) => `${kind}${isLate ? ', late' : ''}`)
}

describe('what became of a question', () => {
  test.each<[string, Partial<TurnView>, readonly string[]]>([
    ['is an answer', { status: 'done' }, ['answered, late']],
    ['is a refusal', { status: 'failed', problem }, ['failed, late']],
    ['is a question back', { status: 'clarification' }, ['question, late']],
    ['was stopped by a restart', { status: 'interrupted' }, ['stopped, late']],
    ['was stopped for want of a page', { status: 'cancelled', cancelReason: 'unread' }, ['stopped, late']],
    ['was cancelled by its person', { status: 'cancelled', cancelReason: 'person' }, []],
    ['was replaced by a newer question', { status: 'cancelled', cancelReason: 'replaced' }, []],
    ['is a query that waits', { status: 'waiting', endedAtMs: null }, ['ready, late']],
    ['is not saved as answered yet', { status: 'clarification', endedAtMs: null }, []],
  ])('%s', (_, change, news) => {
    expect(told([asked, 10], [over(change), 1])).toEqual(news)
  })
})

test('work of less than ten seconds is no late news', () => {
  expect(told([asked, 9.9], [over({ status: 'done' }), 1])).toEqual(['answered'])
})

test('the time that a query waits for its person is not work', () => {
  const waiting = over({ status: 'waiting', endedAtMs: null })
  const running = over({ status: 'executing', endedAtMs: null })
  expect(told([asked, 2], [waiting, 100], [running, 3], [over({ status: 'done' }), 1])).toEqual(['ready', 'answered'])
  expect(told([asked, 2], [waiting, 100], [running, 30], [over({ status: 'done' }), 1])).toEqual([
    'ready',
    'answered, late',
  ])
})

test('a turn of an earlier visit that was over is no news', () => {
  const stored = { ...asked, stored: true }
  expect(told([stored, 60], [over({ stored: true, status: 'done' }), 1])).toEqual([])
})

test('each news is told once', () => {
  const done = over({ status: 'done' })
  expect(told([asked, 20], [done, 1], [{ ...done, saved: false }, 1])).toEqual(['answered, late'])
})
