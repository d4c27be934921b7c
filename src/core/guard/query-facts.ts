import type { TableName } from '../../contract/turn-event.ts'
import type { ColumnUse } from './names/name-scope.ts'
import type { NameFacts } from './names/resolve-names.ts'
import type { FunctionRef } from './trees/tree-facts.ts'
import type { ColumnName, Mention, QueryFacts } from './verdict.ts'

/** What a query touches, each thing once, and every place that names one. */
export function queryFacts({ tables, columns }: NameFacts, functions: readonly FunctionRef[]): QueryFacts {
  const mentions = [
    ...tables.flatMap(({ table, span }) => mention('table', [table.database, table.schema, table.name], span)),
    ...columns.flatMap((column) => mention('column', columnParts(column), column.span)),
    ...functions.flatMap(({ name, span }) => mention('function', [name], span)),
  ]
  return {
    tables: once(tables.map(({ table: { database, schema, name } }): TableName => ({ database, schema, name }))),
    functions: [...new Set(functions.map((call) => call.name))],
    columns: once(columns.map(({ database, schema, table, name }): ColumnName => ({ database, schema, table, name }))),
    mentions: once(mentions).toSorted((a, b) => a.span.start - b.span.start),
  }
}

const columnParts = (column: ColumnUse) => [column.database, column.schema, column.table, column.name]

const mention = (kind: Mention['kind'], parts: readonly string[], span: Mention['span'] | null): readonly Mention[] =>
  span === null ? [] : [{ kind, name: parts.filter((part) => part !== '').join('.'), span }]

const once = <Item extends object>(items: readonly Item[]): readonly Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
]
