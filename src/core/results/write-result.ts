import type { TurnSummary } from '../../contract/api.ts'
import { maxRowsLimit } from '../../contract/command.ts'
import type { ExportOrder } from '../../contract/result-export.ts'
import type { FileForm } from '../../contract/result-file.ts'
import { readQuery, type TurnQuery } from '../ask/history.ts'
import type { Journey, JourneyOrder } from '../ask/journey.ts'
import type { Decision } from '../ask/pending-decision.ts'
import type { Caller } from '../caller.ts'
import type { ExportedFile, ExportProgress } from '../ports/exporter.ts'
import type { Identity } from '../ports/identity.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'

/** A file of a result, and whether a row limit left rows out. */
export interface WrittenResult {
  readonly file: ExportedFile
  readonly isCut: boolean
  /** ISO 8601: when kept rows were read that the file holds; null where the query ran for it. */
  readonly keptAt: string | null
}

export interface WriteOptions {
  readonly form: FileForm
  readonly signal: AbortSignal
  readonly onProgress: (progress: ExportProgress) => void
}

/**
 * Writes every row of a turn's query into a file by running that query, and no other, once more. It goes the way of any question: guard,
 * policy, estimate, budget and audit hold as they are now. Throws what a journey throws, `bad_request` for a turn whose query nobody let run,
 * and `stale_approval` where that query would now be another one or needs somebody's approval that it never had.
 */
export type WriteWholeResult = (caller: Caller, turn: TurnSummary, options: WriteOptions) => Promise<WrittenResult>

/** Writes the rows and columns of a finished result as a table shows them. */
export type WriteShownResult = (
  caller: Caller,
  turn: TurnSummary,
  shown: ExportOrder['shown'],
  options: WriteOptions,
) => Promise<WrittenResult>

/** Writes every row of a result that is kept whole and with its types; null where it is not, and the query has to run. */
export type WriteKeptResult = (
  caller: Caller,
  turn: TurnSummary,
  options: WriteOptions,
) => Promise<WrittenResult | null>

export interface ResultWriters {
  readonly writeWhole: WriteWholeResult
  readonly writeShown: WriteShownResult
  readonly writeKept: WriteKeptResult
  /** Writes what the warehouse keeps of a finished query. */
  readonly writeReread: WriteWholeResult
}

export function makeWriteWholeResult(needs: {
  readonly journey: Journey
  readonly store: TurnStore
  readonly identity: Identity
}): WriteWholeResult {
  const { journey, store, identity } = needs
  return async (caller, turn, { form, signal, onProgress }) => {
    const query = await readQuery(store, caller.userId, turn.id)
    if (query === null || query.approvedBy === null) throw noQuery()
    let file: ExportedFile | null = null
    let isCut = false
    const deliver = (made: ExportedFile): Promise<void> => Promise.resolve(void (file = made))
    const order = orderOf(caller, turn, query, identity.uuid())
    const approval = new RepeatedApproval(query)
    try {
      const facts = journey({ ...order, file: { form, maxRows: null, deliver, onProgress } }, approval, signal)
      for await (const fact of facts) {
        if (fact.kind === 'query.proposed') approval.see(fact)
        if (fact.kind === 'result.done') isCut = fact.truncated
      }
    } catch (error) {
      await (file as ExportedFile | null)?.discard()
      throw error
    }
    if (file === null) throw new Error('A journey that wants a file delivers one.')
    return { file, isCut, keptAt: null }
  }
}

const orderOf = (
  caller: Caller,
  turn: TurnSummary,
  { proposal, approvedBy }: TurnQuery,
  useId: string,
): Omit<JourneyOrder, 'file'> => ({
  turnId: turn.id,
  caller,
  conversationId: turn.conversationId,
  question: null,
  sql: proposal.sql,
  connection: turn.connection,
  writer: null,
  history: [],
  autoRun: approvedBy === 'auto',
  maxRows: maxRowsLimit,
  rerun: { useId, writer: proposal.edited ? 'sql' : turn.writer },
})

/** Approves the query that a person approved in its turn. One that ran by itself there has to run by itself again. */
class RepeatedApproval {
  readonly #query: TurnQuery
  #digest = ''
  #heldBack: string | undefined

  constructor(query: TurnQuery) {
    this.#query = query
  }

  /** Throws `stale_approval` for any query but the turn's own. */
  see({ sql, digest, heldBack }: Pick<TurnQuery['proposal'], 'sql' | 'digest' | 'heldBack'>): void {
    if (sql !== this.#query.proposal.sql)
      throw problem(
        'stale_approval',
        'The query of this answer would read something else now.',
        'Ask again, and export the new answer.',
      )
    this.#digest = digest
    this.#heldBack = heldBack
  }

  next(): Promise<Decision> {
    if (this.#query.approvedBy !== 'person')
      throw problem(
        'stale_approval',
        `Every row cannot be exported without an approval. ${this.#heldBack ?? ''}`.trim(),
        'Ask again without letting the query run by itself, approve it, and export that answer.',
      )
    const accept = (): void => undefined
    const refuse = (error: unknown): void => {
      throw error
    }
    return Promise.resolve({ kind: 'approve', digest: this.#digest, accept, refuse })
  }
}

const noQuery = () =>
  problem('bad_request', 'This answer has no query that could be run for a file.', 'Ask for rows of tables.')

/** Names of files have at most 255 bytes, and a letter takes up to three. */
const maxQuestion = 50
const maxLabel = 24

/** The name of an export's file: what was asked, of which connection, on which day (UTC), as characters that every system takes. */
export function nameFile(
  { question }: Pick<TurnSummary, 'question'>,
  {
    label,
    now,
    form,
    isShown,
  }: { readonly label: string; readonly now: number; readonly form: FileForm; readonly isShown: boolean },
): string {
  const day = new Date(now).toISOString().slice(0, 10)
  const parts = [
    safeName(question ?? 'Query', maxQuestion),
    safeName(label.slice(label.lastIndexOf('/') + 1), maxLabel),
    isShown ? 'as shown' : '',
    day,
  ]
  return `${parts.filter(Boolean).join(' - ')}.${form.format}`
}

/** Letters, digits and a few marks, without anything that has a meaning to a file system, a shell or the direction of writing. */
const safeName = (text: string, length: number): string =>
  Array.from(
    text
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{M}\p{N}()+,&%€$ _-]+/gu, ' ')
      .replaceAll(/\s+/g, ' ')
      .replace(/^[-\s]+/, ''),
  )
    .slice(0, length)
    .join('')
    .trim()
