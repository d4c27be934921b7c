import type { DuckDBConnection } from '@duckdb/node-api'
import { guessKind, isOfKind, type ValueKind, valueKinds, type ValueType } from './value-kinds.ts'

const text: ValueType = { type: 'VARCHAR' }

/** SQL for a value without surrounding blanks; nothing but blanks is no value. */
export const trimmed = (column: string): string => `nullif(trim(${column}), '')`

/**
 * The narrowest type that every value of each text column has, over all rows of `source` (SQL for FROM): guessed from the first
 * rows, then proved, and sought among all kinds where the proof fails. What it says holds for the last row too, and no digit of
 * a number is lost.
 */
export async function inferTypes(
  connection: DuckDBConnection,
  source: string,
  columns: readonly string[],
  firstRows: readonly (readonly string[])[],
): Promise<readonly ValueType[]> {
  const guesses = columns.map((_, index) => guessKind(firstRows.map((row) => row[index] ?? '')))
  const empty = (index: number): boolean => firstRows.every((row) => (row[index] ?? '').trim() === '')
  const proved = await fitting(
    connection,
    source,
    columns,
    guesses.map((kind) => (kind === null ? [] : [kind])),
  )
  const again = columns.filter((_, index) => (guesses[index] !== null ? proved[index] === null : empty(index)))
  const wider = await fitting(
    connection,
    source,
    again,
    again.map(() => valueKinds),
  )
  return columns.map((column, index) => {
    const fit = proved[index] ?? wider[again.indexOf(column)] ?? null
    return fit?.kind.type(...fit.greatest) ?? text
  })
}

interface Fit {
  readonly kind: ValueKind
  readonly greatest: readonly number[]
}

/** For each column the first of its kinds that all values pass; null where none does or there are no values. */
async function fitting(
  connection: DuckDBConnection,
  source: string,
  columns: readonly string[],
  kinds: readonly (readonly ValueKind[])[],
): Promise<readonly (Fit | null)[]> {
  const found = columns.map((): Fit | null => null)
  const sought = columns.flatMap((column, index) => (kinds[index] ?? []).map((kind) => ({ column, index, kind })))
  if (sought.length === 0) return found
  const checks = sought.flatMap(({ column, kind }) => [
    `coalesce(bool_and(${isOfKind(kind, column)}), false)`,
    ...kind.measures.map((measure) => `max(${measure(column)})::BIGINT`),
  ])
  const values = [...new Set(sought.map(({ column }) => `${trimmed(column)} AS ${column}`))]
  const reader = await connection.runAndReadAll(
    `SELECT ${checks.join(', ')} FROM (SELECT ${values.join(', ')} FROM ${source})`,
  )
  const answers = reader.getRows()[0] ?? []
  let at = 0
  for (const { index, kind } of sought) {
    const greatest = kind.measures.map((_, place) => Number(answers[at + 1 + place] ?? 0))
    if (answers[at] === true) found[index] ??= { kind, greatest }
    at += 1 + kind.measures.length
  }
  return found
}
