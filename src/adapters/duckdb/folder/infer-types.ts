import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../engine/sql-quoting.ts'
import { dateKinds, decimal, dressedKinds } from './written-kinds.ts'
import { matches, plainKinds } from './value-kinds.ts'
import type { Convention, Reading, ValueKind, Verdict } from './value-kinds.ts'

/** A table of text cells whose columns are to be typed. */
export interface TextTable {
  /** SQL for FROM: a stored table, read several times. */
  readonly source: string
  readonly columns: readonly TextColumn[]
  /** What stands between the cells of the file; null where that says nothing about how its numbers are written. */
  readonly delimiter: string | null
}

export interface TextColumn {
  /** An identifier that needs no quotes. */
  readonly cell: string
  /** The values of the first rows, as written. */
  readonly first: readonly string[]
  /** Whole numbers and truth values stay text: the file could have written them as such and did not. */
  readonly isQuoted?: boolean
}

/** How one column is stored, and what to tell people about it. */
export interface TypedColumn {
  readonly type: string
  /** SQL for the stored value. */
  readonly sql: string
  /** How its values were read, a sentence; left out where that goes without saying. */
  readonly reading?: string
  /** What the values of a text column look like though they could not be read so, a phrase. */
  readonly looksLike?: string
  readonly unit?: string
}

/** From narrow to wide; the first that every value of a column passes counts. */
const valueKinds: readonly ValueKind[] = [
  plainKinds.truth,
  plainKinds.integer,
  decimal,
  plainKinds.float,
  plainKinds.day,
  plainKinds.timestamp,
  plainKinds.instant,
  plainKinds.time,
  ...dateKinds,
  ...dressedKinds,
]
const compiled = valueKinds.map((kind) => ({ kind, test: new RegExp(`^(?:${kind.pattern})$`, 'u') }))

/** Cells that say "no value" among numbers or dates; in a column of text they may be meant. */
const blankWords: readonly string[] =
  'n/a na n.a. #n/a - -- \u2013 \u2014 null (null) none nil #div/0! #value! #ref! #name? #num! #null!'.split(' ')
const isBlank = (value: string): boolean => value === '' || blankWords.includes(value.toLowerCase())

const trimmed = (cell: string): string => `nullif(trim(${cell}), '')`
const withoutBlankWords = (v: string): string =>
  `CASE WHEN lower(${v}) IN (${blankWords.map(quoteText).join(', ')}) THEN NULL ELSE ${v} END`

/** A query over more columns than this takes the engine disproportionately long to plan. */
const columnsAtOnce = 50

/**
 * The narrowest type that every value of each column has, over all rows: guessed from the first rows, then proved. Where the proof fails,
 * the next guess is made from one value of each shape in the column. Blank cells decide nothing, no digit of a number is lost, and where
 * values fit two conventions the other columns of the file decide.
 */
export async function inferTypes(connection: DuckDBConnection, table: TextTable): Promise<readonly TypedColumn[]> {
  const drafts = table.columns.map((column): Draft => ({
    column,
    kind: guessKind(column, column.first),
    blankWords: saysBlank(column.first),
  }))
  await prove(connection, table.source, drafts)
  for (const draft of drafts) if (needsShapes(draft)) await guessFromShapes(connection, table.source, draft)
  await prove(
    connection,
    table.source,
    drafts.filter((draft) => draft.verdict === undefined),
  )
  const proved = drafts.flatMap(({ verdict }) => (verdict?.kind === 'read' ? [verdict.reading] : []))
  return await Promise.all(
    drafts.map((draft) => finish(connection, draft, resolve(draft.verdict, proved, table.delimiter))),
  )
}

/** What is known about a column so far. */
interface Draft {
  readonly column: TextColumn
  kind: ValueKind | null
  /** Whether cells that say "no value" are read as blank. */
  blankWords: boolean
  /** Left out until the kind has been proved; null where the proof failed. */
  verdict?: Verdict | null
  /** Some value that is not blank. */
  example?: string
  /** How many cells say "no value". */
  blanks?: number
  looksLike?: string
}

const saysBlank = (values: readonly string[]): boolean =>
  values.some((value) => blankWords.includes(value.trim().toLowerCase()))

/** The first kind whose pattern fits all of some values; null where none does or there is no value. */
function guessKind({ isQuoted = false }: TextColumn, values: readonly string[]): ValueKind | null {
  const present = values.map((value) => value.trim()).filter((value) => !isBlank(value))
  if (present.length === 0) return null
  const fits = ({ kind, test }: (typeof compiled)[number]): boolean =>
    !(isQuoted && (kind === plainKinds.integer || kind === plainKinds.truth)) &&
    present.every((value) => test.test(value))
  const found = compiled.find(fits)?.kind ?? null
  return isQuoted && present.every((value) => /^-?\d+$/.test(value)) ? null : found
}

/** Columns whose first rows are all text are text; the others deserve a second look. */
function needsShapes({ column, kind, verdict }: Draft): boolean {
  if (kind !== null) return verdict === null
  const present = column.first.map((value) => value.trim()).filter((value) => value !== '')
  const typed = present.filter((value) => compiled.some(({ test }) => test.test(value)) || isBlank(value))
  return typed.length * 2 >= present.length
}

/** Checks the guesses of the columns that have one against all rows. */
async function prove(connection: DuckDBConnection, source: string, drafts: readonly Draft[]): Promise<void> {
  const guessed = drafts.filter((draft) => draft.kind !== null)
  for (let at = 0; at < guessed.length; at += columnsAtOnce) {
    await proveSome(connection, source, guessed.slice(at, at + columnsAtOnce))
  }
}

async function proveSome(connection: DuckDBConnection, source: string, drafts: readonly Draft[]): Promise<void> {
  const measures = drafts.map(({ column: { cell }, kind }) => [
    `count(${cell})`,
    `coalesce(bool_and(${isOfKind(kind, cell)}) FILTER (WHERE ${cell} IS NOT NULL), false)`,
    `min(${cell})`,
    `count(raw_${cell}) - count(${cell})`,
    ...(kind?.measures.map((measure) => measure(cell)) ?? []),
  ])
  const cells = drafts.map(({ column: { cell }, blankWords }) => {
    const v = trimmed(cell)
    return `${v} AS raw_${cell}, ${blankWords ? withoutBlankWords(v) : v} AS ${cell}`
  })
  const reader = await connection.runAndReadAll(
    `SELECT ${measures.flat().join(', ')} FROM (SELECT ${cells.join(', ')} FROM ${source})`,
  )
  const answers = (reader.getRows()[0] ?? []).map(plainValue)
  let at = 0
  for (const [index, draft] of drafts.entries()) {
    const [count, fits, example, blanks, ...measured] = answers.slice(at, (at += measures[index]?.length ?? 0))
    draft.verdict = count !== 0 && fits === true && draft.kind !== null ? draft.kind.decide(...measured) : null
    draft.example = String(example)
    draft.blanks = Number(blanks)
  }
}

const plainValue = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

/** SQL for whether a value is of a kind. */
function isOfKind(kind: ValueKind | null, v: string): string {
  if (kind === null) return 'false'
  const fits = matches(v, kind.pattern)
  return kind.check === null ? fits : `(${fits} AND ${kind.check(v)})`
}

/** Values of so many shapes are text. */
const mostShapes = 2_000

interface Shape {
  readonly example: string
  readonly count: number
  readonly row: number
}

/** Guesses from one value of each shape in the whole column, two values being alike when they differ in digits only. */
async function guessFromShapes(connection: DuckDBConnection, source: string, draft: Draft): Promise<void> {
  const { column } = draft
  const v = trimmed(column.cell)
  const reader = await connection.runAndReadAll(
    `SELECT min(v), count(*), min(row) FROM (SELECT ${v} AS v, rowid AS row FROM ${source}) WHERE v IS NOT NULL
     GROUP BY translate(v, '0123456789', '9999999999'), regexp_matches(v, '^[^0-9]*0') ORDER BY 3 LIMIT ${mostShapes + 1}`,
  )
  const shapes = reader
    .getRows()
    .map(([example, count, row]): Shape => ({ example: String(example), count: Number(count), row: Number(row) }))
  const examples = shapes.map(({ example }) => example)
  const hadBlankWords = draft.blankWords
  draft.blankWords = saysBlank(examples)
  const failed = draft.verdict === null ? draft.kind : null
  draft.kind = shapes.length > mostShapes ? null : guessKind(column, examples)
  if (draft.kind === null || (draft.kind === failed && draft.blankWords === hadBlankWords)) {
    draft.kind = null
    draft.verdict = null
    const looksLike = describeMisfits(shapes)
    if (looksLike !== null) draft.looksLike = looksLike
  } else delete draft.verdict
}

/** A column of which so many values are of one kind is said to look like it. */
const mostlyShare = 0.8

function describeMisfits(shapes: readonly Shape[]): string | null {
  const present = shapes.filter(({ example }) => !isBlank(example))
  const sum = (some: readonly Shape[]): number => some.reduce((total, { count }) => total + count, 0)
  const all = sum(present)
  const misfitsOf = compiled.map(({ kind, test }) => ({
    kind,
    misfits: present.filter(({ example }) => !test.test(example)),
  }))
  const numbers = new Set<ValueKind>([decimal, ...dressedKinds])
  const isNumber = ({ example }: Shape): boolean =>
    compiled.some(({ kind, test }) => numbers.has(kind) && test.test(example))
  const [best] = misfitsOf.sort((a, b) => sum(a.misfits) - sum(b.misfits))
  const [odd] = best?.misfits ?? []
  if (best === undefined || odd === undefined) return null
  if (all > 0 && present.every(isNumber)) {
    const other = present.find((shape) => !best.misfits.includes(shape))?.example ?? odd.example
    const money = present.some(({ example }) => /\p{Sc}|[A-Za-z]/u.test(example)) ? 'amounts of money' : 'numbers'
    return `${money} with two different decimal marks, as in "${other}" and "${odd.example}"`
  }
  if (sum(best.misfits) > all * (1 - mostlyShare)) return null
  const count = sum(best.misfits).toLocaleString('en')
  return `${best.kind.label}, but ${count} of ${all.toLocaleString('en')} values ${count === '1' ? 'is' : 'are'} not: "${odd.example.slice(0, 40)}" in row ${odd.row + 1}`
}

/** Settles what fits two conventions by what the other columns of the file prove. */
function resolve(
  verdict: Verdict | null | undefined,
  proved: readonly Reading[],
  delimiter: string | null,
): Reading | { readonly looksLike: string | null } {
  if (verdict === null || verdict === undefined) return { looksLike: null }
  if (verdict.kind === 'read') return verdict.reading
  if (verdict.kind === 'text') return verdict
  const { readings } = verdict
  const seen = new Set(proved.flatMap(({ proves }) => proves ?? []))
  const decided = (Object.keys(readings) as Convention[]).filter((convention) => seen.has(convention))
  // Where no number tells, days with full stops are a sign of the decimal comma.
  const [only = null] = decided.length === 1 ? decided : []
  const dotted = decided.length === 0 && 'comma' in readings && proved.some(isDottedDay) ? 'comma' : null
  const taken = only ?? dotted ?? (decided.length === 0 ? verdict.otherwise(delimiter) : null)
  const reading = taken === null ? undefined : readings[taken]
  if (reading === undefined) return verdict
  const because = only !== null || dotted !== null ? ', as the other columns of the file are written' : ''
  return reading.takenFor === undefined ? reading : { ...reading, takenFor: reading.takenFor + because }
}

const isDottedDay = ({ proves, convert }: Reading): boolean =>
  proves === 'day-first' && convert?.('v').includes("'%d.%m.") === true

/** The SQL of a column and the sentences about it. */
async function finish(
  connection: DuckDBConnection,
  draft: Draft,
  found: Reading | { readonly looksLike: string | null },
): Promise<TypedColumn> {
  const { cell } = draft.column
  if (!('type' in found)) {
    const looksLike = found.looksLike ?? draft.looksLike
    return { type: 'VARCHAR', sql: cell, ...(looksLike === undefined ? {} : { looksLike }) }
  }
  const { type, convert, takenFor, unit } = found
  const value = (v: string): string => `CAST(${convert?.(v) ?? v} AS ${type})`
  const v = trimmed(cell)
  const sentences: string[] = []
  if (takenFor !== undefined && draft.example !== undefined) {
    const reader = await connection.runAndReadAll(`SELECT CAST(${value(quoteText(draft.example))} AS VARCHAR)`)
    sentences.push(`"${draft.example}" is read as ${String(reader.getRows()[0]?.[0])}, ${takenFor}.`)
  }
  const blanks = draft.blankWords ? (draft.blanks ?? 0) : 0
  if (blanks > 0) {
    const words = draft.column.first.map((cell) => cell.trim()).find((cell) => cell !== '' && isBlank(cell))
    const cells = `${blanks.toLocaleString('en')} ${blanks === 1 ? 'cell says' : 'cells say'}`
    sentences.push(
      `${cells} ${words === undefined ? 'that there is no value' : `"${words}"`} and ${blanks === 1 ? 'is' : 'are'} read as blank.`,
    )
  }
  return {
    type,
    sql: value(blanks > 0 ? withoutBlankWords(v) : v),
    ...(sentences.length === 0 ? {} : { reading: sentences.join(' ') }),
    ...(unit === undefined ? {} : { unit }),
  }
}
