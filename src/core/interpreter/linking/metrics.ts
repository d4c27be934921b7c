import { semanticMeasures, type SemanticMeasure } from '../../catalog/semantic-measures.ts'
import type { NamedCatalog, NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { aggregateFunctions, type AggregateFunction } from '../../language/phrase.ts'
import type { Candidate, MetricReading } from './mention.ts'
import { askedWords } from './schema-index.ts'

/** A metric of a semantic view that the interpreter can compute: one aggregate over one stored table. */
export interface Metric extends MetricReading {
  /** Its name and synonyms, each as singular words joined with blanks. */
  readonly names: ReadonlySet<string>
  readonly table: NamedTable
  /** What is aggregated; the table itself for a count of rows. */
  readonly candidate: Candidate
}

const aggregate = /^(\w+)\s*\(\s*(distinct\s+)?(.+?)\s*\)$/is
/** A column, a product of two, or a price less a discount: `a`, `a * b`, `a * (1 - b)`. */
const product = /^([^*()]+?)(?:\s*\*\s*(?:\(\s*1\s*-\s*([^*()]+?)\s*\)|([^*()]+?)))?$/s

/** The computable metrics of a catalog. A metric with any other expression is left to writers that can use it as it is. */
export function readMetrics({ catalog, tables }: NamedCatalog): readonly Metric[] {
  return semanticMeasures(catalog).flatMap((measure): readonly Metric[] => {
    const { field, view } = measure
    const [logical, ...others] = measure.tables
    const table = tables.find(
      ({ table: { database, schema, name } }) =>
        name === logical?.base.name && schema === logical.base.schema && database === logical.base.database,
    )
    const read = table === undefined || others.length > 0 ? null : readExpression(measure, table)
    if (read === null || table === undefined) return []
    const names = new Set([field.name, ...field.synonyms].map((name) => askedWords(name).join(' ')))
    const note = `${field.name} is the metric that ${view.name} defines as ${field.expression ?? ''}.`
    return [{ ...read, names, table, name: field.name, note }]
  })
}

type ReadExpression = Pick<Metric, 'fn' | 'distinct' | 'candidate'>

function readExpression({ field, view }: SemanticMeasure, table: NamedTable): ReadExpression | null {
  const [, called = '', distinct, argument = ''] = aggregate.exec(field.expression?.trim() ?? '') ?? []
  const fn = aggregateFunctions.find((name) => name === called.toLowerCase())
  if (field.kind !== 'metric' || fn === undefined) return null
  if (fn === 'count' && argument === '*') return { fn, distinct: false, candidate: { kind: 'table', table, score: 1 } }
  const factors = factorsOf(argument, { table, view, logical: field.table, depth: 0 })
  const [only] = factors?.columns ?? []
  if (factors === null || only === undefined) return null
  const isColumn = factors.columns.length === 1 && factors.discount === null
  if (fn === 'count') return isColumn ? readCount(fn, only, distinct !== undefined) : null
  if (distinct !== undefined) return null
  const candidate: Candidate = isColumn
    ? { kind: 'column', column: only, score: 1 }
    : { kind: 'formula', formula: { table, factors: factors.columns, discount: factors.discount }, score: 1 }
  return { fn, distinct: false, candidate }
}

/** A count of a column without NULLs is a count of rows. */
function readCount(fn: AggregateFunction, column: NamedColumn, distinct: boolean): ReadExpression | null {
  if (distinct) return { fn, distinct, candidate: { kind: 'column', column, score: 1 } }
  return column.column.nullable ? null : { fn, distinct, candidate: { kind: 'table', table: column.table, score: 1 } }
}

interface Names {
  readonly table: NamedTable
  readonly view: SemanticMeasure['view']
  readonly logical: string | null
  readonly depth: number
}

interface Factors {
  readonly columns: readonly NamedColumn[]
  readonly discount: NamedColumn | null
}

/** The columns of an expression; a name may also be a dimension or fact of the same logical table, with an expression of its own. */
function factorsOf(expression: string, names: Names): Factors | null {
  const [, first, subtracted, second] = product.exec(expression.trim()) ?? []
  if (first === undefined || names.depth > 3) return null
  const column = columnOf(first, names)
  if (subtracted === undefined && second === undefined && column === null) return fieldFactors(first, names)
  const other = columnOf(subtracted ?? second ?? first, names)
  if (column === null || other === null) return null
  if (subtracted !== undefined) return { columns: [column], discount: other }
  return { columns: second === undefined ? [column] : [column, other], discount: null }
}

function fieldFactors(name: string, names: Names): Factors | null {
  const stored = storedName(name, names.logical)
  const field = names.view.fields.find(
    (one) => one.name === stored && one.table === names.logical && one.kind !== 'metric',
  )
  const expression = field?.expression ?? null
  return expression === null ? null : factorsOf(expression, { ...names, depth: names.depth + 1 })
}

function columnOf(name: string, { table, logical }: Names): NamedColumn | null {
  const stored = storedName(name, logical)
  return table.columns.find(({ column }) => column.name === stored) ?? null
}

/** The stored spelling of `"Name"`, `name` or `logical.name`; null for anything else. */
function storedName(text: string, logical: string | null): string | null {
  const parts = [...text.matchAll(/(?:^|\.)(?:"([^"]+)"|([\w$]+))(?=\.|$)/g)].map(
    ([, quoted, bare]) => quoted ?? bare?.toUpperCase() ?? '',
  )
  const [first, second, ...more] = parts
  if (first === undefined || more.length > 0) return null
  if (second === undefined) return first
  return first === logical ? second : null
}
