import { quotedName, quotedPath, quotedText } from '../catalog/sql-quoting.ts'
import { columnKindOf, type Catalog } from '../catalog/catalog.ts'
import { editDistance } from '../edit-distance.ts'
import type { ColumnName, FoundValue, KnownValue, ValueLookup } from '../ports/writer.ts'
import type { Probes } from './make-probes.ts'

/** Longer texts are no values that a question would mention. */
const longestText = 200
/** Values like the text that are read of one column, and those of them that are told. */
const mostRead = 500
const mostTold = 5
/** Columns that one statement asks. */
const columnsAtOnce = 8
/** Columns that are asked for one text. */
const mostColumns = 40

/** Looks for each text in its columns, as far as probing is allowed and the turn's budget reaches. One answer a lookup, in their order. */
export async function findValues(probes: Probes, lookups: readonly ValueLookup[]): Promise<readonly KnownValue[]> {
  const answers: KnownValue[] = []
  for (const lookup of lookups) answers.push(await findValue(probes, lookup))
  return answers
}

async function findValue(probes: Probes, { text, columns }: ValueLookup): Promise<KnownValue> {
  const found: FoundValue[] = []
  const asked: ColumnName[] = []
  const isAskable = text.trim() !== '' && text.length <= longestText
  const wanted = isAskable ? columns.slice(0, mostColumns).filter((column) => isText(probes.catalog, column)) : []
  const look = probes.probing === 'read' ? readAlike : compareAlike
  for (const part of inStatements(wanted)) {
    const seen = await look(probes, text, part)
    if (seen === null) continue
    asked.push(...part.columns)
    found.push(...seen)
  }
  const isKnown = found.length > 0 || (columns.length > 0 && asked.length === columns.length)
  const rank = ({ match }: FoundValue): number => matches.indexOf(match)
  return { text, state: isKnown ? 'known' : 'unknown', found: found.toSorted((a, b) => rank(a) - rank(b)), asked }
}

const matches = ['exact', 'case', 'near', 'contains'] as const satisfies readonly FoundValue['match'][]

/** A name that the catalog does not hold is never asked: it may have come from a text. */
function isText({ tables }: Catalog, { database, schema, name, column }: ColumnName): boolean {
  const table = tables.find((one) => one.name === name && one.schema === schema && one.database === database)
  const type = table?.columns.find((one) => one.name === column)?.type
  return type !== undefined && columnKindOf(type) === 'text'
}

/** The columns that one statement asks: some of one table, which is then read once. */
interface Asked {
  readonly table: string
  readonly columns: readonly ColumnName[]
}

function inStatements(columns: readonly ColumnName[]): readonly Asked[] {
  const tables = Map.groupBy(columns, ({ database, schema, name }) => quotedPath(database, schema, name))
  return [...tables].flatMap(([table, all]) =>
    Array.from({ length: Math.ceil(all.length / columnsAtOnce) }, (_, at) => ({
      table,
      columns: all.slice(at * columnsAtOnce, (at + 1) * columnsAtOnce),
    })),
  )
}

type Look = (probes: Probes, text: string, asked: Asked) => Promise<readonly FoundValue[] | null>

/** Reads the values that are like the text and judges them here. */
const readAlike: Look = async (probes, text, { table, columns }) => {
  const arms = columns.map((column, at) => {
    const name = quotedName(column.column)
    const isAlike = [`LOWER(${name}) = ${lower(text)}`, `CONTAINS(LOWER(${name}), ${lower(text)})`, ...near(name, text)]
    const rank = `CASE WHEN ${name} = ${quotedText(text)} THEN 0 WHEN LOWER(${name}) = ${lower(text)} THEN 1 ELSE 2 END`
    return `SELECT * FROM (SELECT ${at} AS COLUMN_AT, ${name} AS SPELLING, ${rank} AS MATCH_RANK FROM ${table} WHERE LENGTH(${name}) <= ${longestText} AND (${isAlike.join(' OR ')}) GROUP BY ${name} ORDER BY MATCH_RANK, LENGTH(${name}), ${name} LIMIT ${mostRead})`
  })
  const rows = await probes.ask(arms.join('\nUNION ALL\n'), columns.length * mostRead)
  if (rows === null) return null
  return columns.flatMap((column, at) => {
    const values = rows.flatMap(([from, spelling]) => (from === at && typeof spelling === 'string' ? [spelling] : []))
    return bestOf(text, values).map((value) => ({ column, ...value }))
  })
}

function bestOf(text: string, values: readonly string[]): readonly Omit<FoundValue, 'column'>[] {
  const sought = text.toLowerCase()
  const limit = lettersOff(text)
  const judged = values.flatMap((spelling) => {
    const value = spelling.toLowerCase()
    if (spelling === text) return { spelling, match: 'exact', distance: 0 } as const
    if (value === sought) return { spelling, match: 'case', distance: 0 } as const
    const distance = editDistance(value, sought, limit)
    if (distance <= limit) return { spelling, match: 'near', distance } as const
    return value.includes(sought) ? ({ spelling, match: 'contains', distance: value.length } as const) : []
  })
  return judged
    .toSorted((a, b) => matches.indexOf(a.match) - matches.indexOf(b.match) || a.distance - b.distance)
    .slice(0, mostTold)
    .map(({ spelling, match }) => ({ spelling, match }))
}

/** How many letters of a text may be wrong. */
const lettersOff = ({ length }: string): number => (length < 4 ? 0 : length < 6 ? 1 : 2)

/**
 * A condition that every value with up to two wrong letters meets: one of three pieces of the text is in it unchanged. `EDITDISTANCE` is not
 * used, because an engine may refuse it for letters beyond ASCII.
 */
function near(name: string, text: string): readonly string[] {
  const off = lettersOff(text)
  const letters = Array.from(text)
  if (off === 0) return []
  const cuts = [0, Math.floor(letters.length / 3), Math.floor((letters.length * 2) / 3), letters.length]
  const pieces = cuts.slice(1).map((end, index) => letters.slice(cuts[index], end).join(''))
  const holds = pieces.map((piece) => `CONTAINS(LOWER(${name}), ${lower(piece)})`)
  return [`(LENGTH(${name}) BETWEEN ${letters.length - off} AND ${letters.length + off} AND (${holds.join(' OR ')}))`]
}

/** Compares only. One number a column leaves the warehouse: which comparison holds for some row, the best of them. */
const compareAlike: Look = async (probes, text, { table, columns }) => {
  const spellings = [...new Set([text, text.toUpperCase(), text.toLowerCase(), inCapitals(text)])]
  const comparisons = (name: string): readonly string[] => [
    ...spellings.map((spelling) => `${name} = ${quotedText(spelling)}`),
    `LOWER(${name}) = ${lower(text)}`,
    `CONTAINS(LOWER(${name}), ${lower(text)})`,
  ]
  const shown = columns.map(({ column }, at) => {
    const ranked = comparisons(quotedName(column)).map((condition, rank) => `WHEN ${condition} THEN ${rank}`)
    return `MIN(CASE ${ranked.join(' ')} END) AS RANK_${at}`
  })
  const rows = await probes.ask(`SELECT ${shown.join(', ')} FROM ${table}`, 1)
  if (rows === null) return null
  return columns.flatMap((column, at) => {
    const rank = rows[0]?.[at] ?? null
    if (rank === null) return []
    const spelling = spellings[Number(rank)] ?? null
    const match = spelling === text ? 'exact' : Number(rank) <= spellings.length ? 'case' : 'contains'
    return [{ column, spelling, match } as const]
  })
}

const inCapitals = (text: string): string =>
  text.toLowerCase().replaceAll(/(?<=^|[^\p{L}\p{N}])\p{L}/gu, (letter) => letter.toUpperCase())

const lower = (text: string): string => `LOWER(${quotedText(text)})`
