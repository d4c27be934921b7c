import type { TableName } from '../../contract/turn-event.ts'
import type { ColumnUse } from './names/name-scope.ts'
import type { NameFacts } from './names/resolve-names.ts'
import type { FunctionRef } from './trees/tree-facts.ts'
import type { ColumnName, Mention, QueryFacts } from './verdict.ts'

/** What a query touches, each thing once, and every place that names one. */
export function queryFacts({ tables, columns }: NameFacts, functions: readonly FunctionRef[]): QueryFacts {
  const mentions = [
    ...tables.flatMap(({ table, span }) => mention('table', tableParts(table), span)),
    ...columns.flatMap((column) => mention('column', columnParts(column), column.span)),
    ...functions.flatMap(({ name, span }) => mention('function', [name], span)),
  ]
  const touched = once(
    tables.map(({ table }) => table),
    (table) => tableParts(table).join(apart),
  )
  const read = once(columns, (column) => columnParts(column).join(apart))
  return {
    tables: touched.map(({ database, schema, name }): TableName => ({ database, schema, name })),
    functions: [...new Set(functions.map((call) => call.name))],
    columns: read.map(({ database, schema, table, name }): ColumnName => ({ database, schema, table, name })),
    mentions: once(mentions, ({ kind, name, span }) => `${span.start}-${span.end}${kind}${name}`).toSorted(
      (a, b) => a.span.start - b.span.start,
    ),
  }
}

const tableParts = ({ database, schema, name }: TableName) => [database, schema, name]
const columnParts = (column: ColumnUse) => [column.database, column.schema, column.table, column.name]

const mention = (kind: Mention['kind'], parts: readonly string[], span: Mention['span'] | null): readonly Mention[] =>
  span === null ? [] : [{ kind, name: parts.filter((part) => part !== '').join('.'), span }]

/** Each thing once, told apart by what `keyOf` gives. */
function once<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  const seen = new Map<string, Item>()
  for (const item of items) {
    const key = keyOf(item)
    if (!seen.has(key)) seen.set(key, item)
  }
  return [...seen.values()]
}

/** Separates the parts of a key; it can be in no name. */
const apart = '\0'
