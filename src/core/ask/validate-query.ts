import { maxRowsLimit } from '../../contract/command.ts'
import type { AutoRun } from '../../contract/preferences.ts'
import { notFoundInQuery, wordsLeftOver, type LedgerEntry } from '../../contract/ledger.ts'
import type { Estimate } from '../../contract/result.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { bytesInWords, estimateInWords } from '../../contract/words/amounts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { judgeNames } from '../connections/judge-names.ts'
import type { ConnectionLimits, ConnectionPolicy } from '../connections/connection-policy.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import { refusalProblem, type Refusal } from '../guard/verdict.ts'
import type { Asker } from '../ports/warehouse.ts'
import { problem } from '../problem.ts'
import { listed } from '../sentences.ts'
import { notesOnFiles } from './file-notes.ts'
import type { Draft, JourneyOrder, RunningJourney } from './journey.ts'
import { runStep } from './run-step.ts'
import type { LiveFact } from './turn-facts.ts'

/** A draft that passed the guard. */
interface GuardedQuery {
  readonly draft: Draft
  readonly sql: ReadOnlySql
  /** The statement with its row limit; the only text that is ever run. */
  readonly runnable: ReadOnlySql
  readonly tables: readonly TableName[]
  /** The list of tables that its names were found in, newer than the turn's where a name was looked for in the source. */
  readonly catalog: Catalog
  /** What lets it make more rows than an estimate can tell; null where nothing does. */
  readonly unboundedRows: string | null
  /** Rows that will be delivered at most; null for all. */
  readonly maxRows: number | null
  /** Which part answers which words of the question; null without a question. */
  readonly ledger: readonly LedgerEntry[] | null
}

/** A query that passed the guard, the warehouse's compiler and the limits: what is proposed, and what is run. */
export interface ValidatedQuery extends GuardedQuery {
  readonly estimate: Estimate
  /** The query in plain words. */
  readonly explanation: string
  /** Binds an approval to connection, text, row limit and the kind of file written. */
  readonly digest: string
}

/**
 * Validates a draft in two steps. Throws `sql_refused`, `sql_invalid`, `sql_unsupported`, `query_too_large`, and what `judge` throws when the
 * ledger leaves words over.
 */
export async function* validateQuery(
  run: RunningJourney,
  draft: Draft,
  judge: (leftOver: readonly string[]) => void = () => {},
): AsyncGenerator<LiveFact, ValidatedQuery> {
  const guarded = yield* runStep('check-query', run.signal, async () => {
    const value = await guardDraft(run, draft)
    judge(wordsLeftOver(value.ledger ?? []))
    return { fact: 'Only reads; every name exists', value }
  })
  return yield* runStep('estimate', run.signal, async () => {
    const value = await compileQuery(run, guarded)
    const fact = [estimateInWords(value.estimate), ...(value.estimate.warnings ?? [])].join('. ')
    return { fact, value }
  })
}

/** The same without events, for an edit that may be refused while the earlier proposal stands. Throws also what `demandWriter` throws. */
export async function validateEdit(run: RunningJourney, draft: Draft): Promise<ValidatedQuery> {
  demandWriter(run.connection.policy, run.connection.label, 'sql')
  return await compileQuery(run, await guardDraft(run, draft))
}

/** Throws `forbidden` where queries by this writer may not be run; `sql` is a person who writes them by hand. */
export function demandWriter({ writers }: ConnectionPolicy, label: string, writer: string): void {
  if (writers === null || writers.includes(writer)) return
  const allowed = writers.filter((id) => id !== 'sql')
  throw problem(
    'forbidden',
    writer === 'sql' ? `Queries of your own may not be run on ${label}.` : `${label} may not be asked with ${writer}.`,
    allowed.length === 0 ? 'Ask the owner of the connection.' : `Ask a question with ${listed(allowed)}.`,
  )
}

/** Guards a draft. What was repaired in names (case, quotes, qualifiers) and how its files were read become assumptions. */
async function guardDraft(run: RunningJourney, draft: Draft): Promise<GuardedQuery> {
  const { needs, order, connection, signal } = run
  const { guard: policy, limits } = connection.policy
  const judge = (sql: string, catalog: Catalog) => judgeNames(sql, { guard: needs.guard, connection, catalog, signal })
  const judged = await judge(draft.sql, run.catalog)
  const first = judged.verdict
  const { verdict, catalog } =
    first.ok || first.repaired === null ? judged : await judge(first.repaired, judged.catalog)
  if (!verdict.ok) throw refusalProblem(explainUnread(verdict, catalog))
  const maxRows = rowLimit(order, limits)
  const cap = capOf(order, maxRows)
  // The names are resolved already; the spliced text is guarded again all the same.
  const runnable = cap === null ? verdict.sql : await needs.guard.capRows(verdict.sql, cap, { catalog: null, policy })
  const repaired = first.ok ? [] : ['Names were spelled as the warehouse stores them.']
  const named = { ...draft, sql: verdict.sql, assumptions: [...draft.assumptions, ...repaired] }
  const notes = await notesOnFiles(catalog, verdict.tables, () => needs.placedParts(verdict.sql))
  return {
    draft: { ...named, assumptions: [...named.assumptions, ...notes] },
    sql: verdict.sql,
    runnable,
    tables: verdict.tables,
    catalog,
    unboundedRows: verdict.unboundedRows,
    maxRows,
    ledger: await accountFor({ ...run, catalog }, named, verdict.tables),
  }
}

/** Accounts for the words of the turn's question in a draft, which reads these tables where that is known; null without a question, for an edit of the query before, or where the draft cannot be read. */
export async function accountFor(
  { needs, order: { question }, catalog, pinned }: RunningJourney,
  { sql, assumptions, links, isEdit = false }: Draft,
  tables: readonly TableName[] | null = null,
): Promise<readonly LedgerEntry[] | null> {
  const parts = question === null || isEdit ? null : await needs.placedParts(sql)
  if (question === null || parts === null) return null
  // A writer that hands over its links has nothing to add in its assumptions.
  const evidence = links === undefined ? { links: [], assumptions } : { links, assumptions: [] }
  return needs.readLedger({ question, today: dayOf(needs.clock.now()), parts, catalog, pinned, tables, ...evidence })
}

/** The UTC day of a moment, `YYYY-MM-DD`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10)

/** A file may hold every row unless its order or the connection says otherwise; `maxRowsLimit` bounds only what is streamed. */
function rowLimit({ file, maxRows }: JourneyOrder, limits: ConnectionLimits): number | null {
  if (file === null) return Math.min(maxRows, limits.maxRows)
  const allowed = limits.maxRows < maxRowsLimit ? limits.maxRows : null
  return file.maxRows === null || allowed === null ? (file.maxRows ?? allowed) : Math.min(file.maxRows, allowed)
}

/** One row more than will be delivered proves that there was more. A file is written by the engine and takes no such row. */
const capOf = ({ file }: JourneyOrder, maxRows: number | null): number | null =>
  maxRows === null ? null : file === null ? maxRows + 1 : maxRows

/** Compiles the query in the warehouse, refuses it when its estimate exceeds the limit, and explains it. */
async function compileQuery(
  { needs, order, connection, signal }: RunningJourney,
  guarded: GuardedQuery,
): Promise<ValidatedQuery> {
  const [{ estimate }, explanation] = await Promise.all([
    connection.warehouse.compile(guarded.runnable, { signal, asker: askerOf(order) }),
    needs.explain(guarded.sql, { catalog: guarded.catalog }),
  ])
  refuseTooLarge(estimate, connection.policy.limits)
  const bound = [connection.ref, guarded.sql, guarded.maxRows, order.file?.form ?? null]
  return { ...guarded, estimate, explanation, digest: needs.identity.sha256(JSON.stringify(bound)) }
}

/** Says of an unknown table that it may not have been read yet, while tables are still being read for the first time. */
const explainUnread = (refusal: Refusal, { unread }: Pick<Catalog, 'unread'>): Refusal =>
  unread === undefined || refusal.code !== 'unknown_table'
    ? refusal
    : { ...refusal, action: `It may not have been read yet (${unread}): wait a moment, or do this: ${refusal.action}` }

/** Throws `query_too_large` for a query that may read more than the connection ever allows. */
function refuseTooLarge({ bytes }: Estimate, { refuseAboveBytes }: ConnectionLimits): void {
  if (bytes === null || bytes <= refuseAboveBytes) return
  throw problem(
    'query_too_large',
    `The query may read ${bytesInWords(bytes)}; no query may read more than ${bytesInWords(refuseAboveBytes)} here.`,
    'Ask for less: a shorter period, or fewer tables. An operator may raise the limit.',
  )
}

/** What is taken for the width of a row where an engine counts only rows. */
const assumedRowBytes = 128

/** Why a query waits for a person although their own setting lets queries run by themselves; null when it does not. */
export function reasonToAsk(
  { estimate: { bytes, rows } }: Pick<ValidatedQuery, 'estimate'>,
  { maxBytes }: AutoRun,
): string | null {
  const known = bytes ?? (rows === null ? null : rows * assumedRowBytes)
  if (known !== null && known <= maxBytes) return null
  if (known === null) return 'How much it will read cannot be estimated, so it waits for you.'
  return `It may read ${bytes === null ? 'about ' : ''}${bytesInWords(known)}, and your settings let queries run by themselves up to ${bytesInWords(maxBytes)}.`
}

/** Why a query waits for a person although queries run by themselves; null when it does not. */
export function reasonToHold(
  { estimate: { bytes, rows }, unboundedRows, ledger }: Pick<ValidatedQuery, 'estimate' | 'unboundedRows' | 'ledger'>,
  { limits: { askAboveBytes }, autoRunAllowed }: Pick<ConnectionPolicy, 'limits' | 'autoRunAllowed'>,
): string | null {
  if (!autoRunAllowed) return "On this connection a query runs only with somebody's approval."
  const leftOver = wordsLeftOver(ledger ?? [])
  if (leftOver.length > 0) return `${notFoundInQuery(leftOver)} It runs only with somebody's approval.`
  if (bytes !== null && bytes > askAboveBytes)
    return `It may read ${bytesInWords(bytes)}, and more than ${bytesInWords(askAboveBytes)} is read only with somebody's approval.`
  if (unboundedRows !== null)
    return `It contains ${unboundedRows}: how much work that makes cannot be estimated, so it runs only with somebody's approval.`
  return bytes === null && rows === null
    ? "How much it will read cannot be estimated, so it runs only with somebody's approval."
    : null
}

/** Who a turn's statements are for, as the warehouse's query history notes it. */
export const askerOf = ({ caller, turnId }: JourneyOrder): Asker => ({ userId: caller.userId, turnId })
