import type { NamedColumn, NamedTable } from './named-catalog.ts'

const keyWords = new Set([
  'id',
  'key',
  'code',
  'number',
  'uid',
  'uuid',
  'sk',
  'pk',
  'fk',
  'identifier',
  'symbol',
  'ref',
  'guid',
])
export const isKeyWord = (word: string | undefined): boolean => word !== undefined && keyWords.has(word)

/** The key column: the declared primary key, else the column named after the table or just "id"; null when there is none. */
export function keyColumnOf(table: NamedTable): NamedColumn | null {
  const declared = table.table.primaryKey
  if (declared.length > 1) return null
  if (declared.length === 1) return table.columns.find((c) => c.column.name === declared[0]) ?? null
  return (
    table.columns.find((c) => isOwnKey(c)) ??
    table.columns.find((c) => c.ways.some((way) => way.length === 1 && isKeyWord(way[0]))) ??
    table.columns.find((c, i) => i === 0 && c.unique && isKeyWord(c.ways[0]?.at(-1))) ??
    table.columns.find((c) => c.ways.some((way) => isSaid(table, way)) && (c.unique || c.kind === 'number')) ??
    table.columns.find(
      (c) => c.unique && c.ways.some((way) => way.at(-1) === 'name' && isSaid(table, way.slice(0, -1))),
    ) ??
    null
  )
}

/** Whether a column is named after its table plus a key word (`customer_id`, `PARTKEY` of `PART`). */
export const isOwnKey = (column: NamedColumn): boolean =>
  column.ways.some((way) => isKeyWord(way.at(-1)) && isSaid(column.table, way.slice(0, -1)))

/** Whether the words are the table's own name, in full or abbreviated (`cust` of `customers`). */
export const isSaid = (table: NamedTable, words: readonly string[]): boolean =>
  words.length > 0 && table.ways.some((way) => way.length === words.length && way.every((w, i) => isCutOf(words[i], w)))

const isCutOf = (short: string | undefined, word: string): boolean =>
  short === word || (short !== undefined && short.length >= 3 && word.length >= 6 && word.startsWith(short))
