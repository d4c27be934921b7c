import type { CatalogColumn, CatalogTable, ForeignKey } from '../catalog/catalog.ts'
import { quoteName } from '../catalog/sql-quoting.ts'

/** Levels of detail, richest first. Each later form drops what helps a model least. */
const forms = [
  { samples: 8, sampleLength: 40, comment: 200, types: true },
  { samples: 3, sampleLength: 24, comment: 80, types: true },
  { samples: 0, sampleLength: 0, comment: 80, types: true },
  { samples: 0, sampleLength: 0, comment: 0, types: true },
  { samples: 0, sampleLength: 0, comment: 0, types: false },
] as const
type Form = (typeof forms)[number]

/** Estimated characters per token; models' tokenizers come within a fifth of it on names and SQL. */
const charactersPerToken = 4
const namesOnly = forms[4]
const endOfTable = '\n\n'

/**
 * Tables, best first, as compact text for a prompt: names as SQL spells them, types, comments, keys, row counts and sampled values, in at
 * most `budgetTokens` estimated tokens. Over budget, the last tables lose samples first, then comments, types and columns, and are dropped
 * at last; the text counts what was dropped. Names and values cannot start a line of their own.
 */
export function renderTables(
  tables: readonly CatalogTable[],
  budgetTokens: number,
): { readonly text: string; readonly tokens: number } {
  const budget = budgetTokens * charactersPerToken
  const texts = fitForms(tables, budget)
  const kept = fitTables(texts, budget)
  const text = kept.length === 0 ? fitColumns(tables[0], budget, tables.length - 1) : kept
  return { text, tokens: Math.ceil(text.length / charactersPerToken) }
}

/** Renders each table in the richest form that lets all fit. Shortens from the last table to the first, one level at a time. */
function fitForms(tables: readonly CatalogTable[], budget: number): readonly string[] {
  // A column takes at least three characters, so a wider table cannot fit in any richer form.
  const widest = budget / 3
  const texts = tables.map((table) => renderTable(table, table.columns.length > widest ? namesOnly : forms[0]))
  const shorten = [...forms.slice(1).map((form) => (table: CatalogTable) => renderTable(table, form)), headOf]
  let size = texts.reduce((sum, text) => sum + text.length + endOfTable.length, 0)
  for (const render of shorten) {
    // The first table keeps its columns, because a query cannot be written without any.
    for (let at = tables.length - 1; at >= (render === headOf ? 1 : 0) && size > budget; at -= 1) {
      const [table, before] = [tables[at], texts[at]]
      if (table === undefined || before === undefined || (render !== headOf && table.columns.length > widest)) continue
      const after = render(table)
      size += after.length - before.length
      texts[at] = after
    }
  }
  return texts
}

/** The first tables that fit and a count of the others; empty when the first does not fit. */
function fitTables(texts: readonly string[], budget: number): string {
  const whole = texts.join(endOfTable)
  if (whole.length <= budget) return whole
  let [size, count] = [0, 0]
  for (const text of texts) {
    size += text.length + endOfTable.length
    if (size + leftOut(texts.length, 'table').length > budget) break
    count += 1
  }
  return count === 0 ? '' : [...texts.slice(0, count), leftOut(texts.length - count, 'table')].join(endOfTable)
}

const leftOut = (count: number, noun: string) => `(${count} more ${noun}${count === 1 ? '' : 's'} not shown)`

/** The first table with as many columns as fit, keys first; empty when none fits. */
function fitColumns(table: CatalogTable | undefined, budget: number, others: number): string {
  if (table === undefined) return ''
  const keys = new Set([...table.primaryKey, ...table.foreignKeys.flatMap((key) => key.columns)])
  const inOrder = [
    ...table.columns.filter(({ name }) => keys.has(name)),
    ...table.columns.filter(({ name }) => !keys.has(name)),
  ]
  const rest = others > 0 ? endOfTable + leftOut(others, 'table') : ''
  const room = budget - headOf(table).length - rest.length - leftOut(table.columns.length, 'column').length - 8
  const names: string[] = []
  let size = 0
  for (const { name } of inOrder) {
    size += quoteName(name).length + 2
    if (size > room) break
    names.push(quoteName(name))
  }
  if (names.length === 0) return ''
  return `${headOf(table)}\n  ${names.join(', ')} ${leftOut(table.columns.length - names.length, 'column')}${rest}`
}

function renderTable(table: CatalogTable, form: Form): string {
  const keys = new Map(
    table.foreignKeys.flatMap((key) => (key.columns.length === 1 ? [[key.columns[0] ?? '', key]] : [])),
  )
  const wide = table.foreignKeys.filter((key) => key.columns.length > 1)
  const columns = form.types
    ? table.columns.map((column) => `  ${renderColumn(column, keys.get(column.name), table, form)}`)
    : [`  ${table.columns.map((column) => renderColumn(column, keys.get(column.name), table, form)).join(', ')}`]
  const references = wide.map((key) => `  (${key.columns.map(quoted).join(', ')}) ${arrow(key, table)}`)
  return [headOf(table, form), ...columns, ...references].join('\n')
}

/** The table's name, row count, primary key and comment. */
function headOf(table: CatalogTable, form: Form = namesOnly): string {
  const facts = [
    table.rowCount === null ? '' : `${table.rowCount} row${table.rowCount === 1 ? '' : 's'}`,
    table.primaryKey.length === 0 ? '' : `primary key (${table.primaryKey.map(quoted).join(', ')})`,
    remark(table.comment, form.comment),
  ].filter((fact) => fact !== '')
  const name = [table.database, table.schema, table.name].map(quoted).join('.')
  return `${table.kind === 'view' ? 'VIEW' : 'TABLE'} ${name}${facts.length === 0 ? '' : ` -- ${facts.join('; ')}`}`
}

function renderColumn(column: CatalogColumn, key: ForeignKey | undefined, table: CatalogTable, form: Form): string {
  const reference = key === undefined ? '' : ` ${arrow(key, table)}`
  if (!form.types) return `${quoted(column.name)}${reference}`
  const unit = column.unit === undefined ? '' : `in ${oneLine(column.unit, 8)}`
  const facts = [remark(column.comment, form.comment), unit, sampleText(column, form)].filter((fact) => fact !== '')
  const required = column.nullable ? '' : ' NOT NULL'
  const told = facts.length === 0 ? '' : ` -- ${facts.join('; ')}`
  return `${quoted(column.name)} ${oneLine(column.type, 80)}${required}${reference}${told}`
}

/** The target of a foreign key, without database and schema when they are the table's own. */
function arrow(key: ForeignKey, table: CatalogTable): string {
  const { database, schema, name } = key.target
  const near = database === table.database && schema === table.schema
  const target = (near ? [name] : [database, schema, name]).map(quoted).join('.')
  return `-> ${target}(${key.targetColumns.map(quoted).join(', ')})`
}

function sampleText(column: CatalogColumn, form: Form): string {
  if (form.samples === 0 || column.samples.length === 0) return ''
  const shown = column.samples.slice(0, column.samplesComplete && form === forms[0] ? form.samples * 2 : form.samples)
  const all = column.samplesComplete && shown.length === column.samples.length
  return `${all ? 'only' : 'such as'} ${shown.map((value) => literal(value, column.type, form.sampleLength)).join(', ')}`
}

const literal = (value: string, type: string, length: number) =>
  /^(?:NUMBER|DECIMAL|NUMERIC|INT|BIGINT|FLOAT|DOUBLE|REAL)/i.test(type) && /^-?[\d.]{1,40}$/.test(value)
    ? value
    : `'${oneLine(value, length).replaceAll("'", "''")}'`

const remark = (comment: string | null, length: number) =>
  comment === null || length === 0 ? '' : oneLine(comment, length)

const quoted = (name: string) => oneLine(quoteName(name), 260)

const plainLine = /^[!-~](?: ?[!-~])*$/

/** Foreign text on one line, cut to a length, so that it cannot start a line of its own. */
export function oneLine(text: string, length: number): string {
  if (text.length <= length && plainLine.test(text)) return text
  const line = text
    .slice(0, length * 4)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return line.length > length ? `${line.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…` : line
}
