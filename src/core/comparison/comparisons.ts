import type { TurnSummary } from '../../contract/api.ts'
import type {
  ChangesOrder,
  ComparableAnswers,
  ComparedAnswer,
  Comparison,
  ResultChanges,
} from '../../contract/comparison.ts'
import { isOver } from '../ask/turn-facts.ts'
import type { Caller } from '../caller.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import type { HistoryStore } from '../ports/history-store.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'
import { compareResults } from './compare-results.ts'
import { readStoredResult, type StoredResult } from './stored-result.ts'

/** Two answers of the caller side by side. What is not the caller's own throws `not_found`. */
export interface Comparisons {
  /** What the answer `after` has that `before` has not. Throws `bad_request` where one of them has no rows that could be compared. */
  compare(
    caller: Caller,
    answers: { readonly before: string; readonly after: string },
    order: ChangesOrder,
  ): Promise<Comparison>
  /** Answers that one can be compared with, those that have most in common with it first. */
  listComparable(caller: Caller, turnId: string): Promise<ComparableAnswers>
}

/** What the syntax tree of a query says of its result; null for a text that cannot be read. */
export type ReadOutline = (sql: string) => Promise<QueryOutline | null>

interface ComparisonsNeeds {
  readonly stored: Pick<TurnStore, 'readTurn' | 'readEvents'>
  readonly history: Pick<HistoryStore, 'listComparable'>
  readonly readOutline: ReadOutline
}

/** More are not looked through. */
const mostComparable = 50

/** Makes the comparing of answers. */
export function makeComparisons({ stored, history, readOutline }: ComparisonsNeeds): Comparisons {
  const read = async ({ userId }: Caller, turnId: string, what: string) => {
    const turn = await stored.readTurn(userId, turnId)
    if (turn === null) throw unknownAnswer()
    const result = await readStoredResult(stored, userId, turnId)
    return { turn, result: expectRows(turn, result, what) }
  }
  return {
    async compare(caller, { before, after }, order) {
      if (before === after)
        throw problem('bad_request', 'An answer cannot be compared with itself.', 'Choose another answer beside it.')
      const [old, now] = [await read(caller, before, 'earlier'), await read(caller, after, 'later')]
      return {
        before: present(old.turn, old.result),
        after: present(now.turn, now.result),
        changes: await compareStored(readOutline, { before: old.result, after: now.result }, order),
      }
    },
    async listComparable({ userId }, turnId) {
      const turn = await stored.readTurn(userId, turnId)
      if (turn === null) throw unknownAnswer()
      const { conversationId, question, connection, createdAt: at } = turn
      const answers = await history.listComparable(userId, turnId, mostComparable)
      return { answer: { turnId, conversationId, question, connection, at }, answers: [...answers] }
    },
  }
}

/** What is different between two stored results. */
export async function compareStored(
  readOutline: ReadOutline,
  { before, after }: { readonly before: StoredResult; readonly after: StoredResult },
  order: ChangesOrder,
): Promise<ResultChanges> {
  const outline = await readOutline(before.sql)
  const laterOutline = after.sql === before.sql ? outline : await readOutline(after.sql)
  return compareResults({ before: { ...before, outline }, after: { ...after, outline: laterOutline } }, order)
}

const unknownAnswer = () =>
  problem('not_found', 'There is no such answer.', 'It may have been removed meanwhile: look in the history.')

/** The result of an answer that has rows. Throws `bad_request` that says why there are none. */
function expectRows({ state }: Pick<TurnSummary, 'state'>, result: StoredResult | null, what: string): StoredResult {
  if (!isOver(state))
    throw problem('bad_request', `The ${what} question is still being answered.`, 'Wait until it is, then compare.')
  if (result === null)
    throw problem('bad_request', `The ${what} question brought no result.`, 'Run it to its end, or choose another.')
  if (result.isFile)
    throw problem('bad_request', `The rows of the ${what} answer went into a file.`, 'Run its query without a file.')
  if (result.isTrimmed)
    throw problem(
      'bad_request',
      `The rows of the ${what} answer were removed to make room for newer ones.`,
      'Run its query again, then compare with that answer.',
    )
  return result
}

const present = (
  { id, conversationId, question, connection }: TurnSummary,
  { at, sql, answer }: StoredResult,
): ComparedAnswer => ({ turnId: id, conversationId, question, connection, at, sql, answer })
