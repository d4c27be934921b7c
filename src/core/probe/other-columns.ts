import { columnKindOf, type Catalog } from '../catalog/catalog.ts'
import type { ColumnName } from '../ports/writer.ts'
import type { QueryParts } from './query-parts.ts'

/** Columns that are asked beside the one of the condition. */
const mostOthers = 7
/** Columns of prose, in which a name occurs without being one. */
const prose = /COMMENT|DESCR|TEXT|NOTE|REMARK|ADDRESS|PHONE|MAIL|URL/i

/** Text columns that may hold a value which another column does not: of the tables of the query and of those their keys lead to, names first. */
export function otherColumns(
  { tables }: Catalog,
  used: QueryParts['tables'],
  asked: ColumnName,
): readonly ColumnName[] {
  const isOf = (place: QueryParts['tables'][number]) => (one: QueryParts['tables'][number]) =>
    one.name === place.name && one.schema === place.schema && one.database === place.database
  const direct = tables.filter((table) => used.some(isOf(table)))
  const targets = direct.flatMap(({ foreignKeys }) => foreignKeys.map(({ target }) => target))
  const near = tables.filter((table) => !direct.includes(table) && targets.some(isOf(table)))
  const columns = [...direct, ...near].flatMap(({ database, schema, name, columns: own }) =>
    own
      .filter((column) => columnKindOf(column.type) === 'text' && !prose.test(column.name))
      .map((column) => ({ database, schema, name, column: column.name })),
  )
  const isAsked = (one: ColumnName): boolean => one.column === asked.column && isOf(asked)(one)
  return columns
    .filter((one) => !isAsked(one))
    .toSorted((a, b) => Number(/NAME/i.test(b.column)) - Number(/NAME/i.test(a.column)))
    .slice(0, mostOthers)
}
