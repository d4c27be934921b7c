import { alike } from './common-types.ts'
import { type OutputColumn, spelled } from './emitted.ts'
import { cannotRun, fields, listOf, type Node } from './syntax.ts'
import type { EmittedQuery, Translator } from './translator.ts'

/** `VALUES (1, 'a'), …`: columns are called COLUMN1, COLUMN2, … unless `names` says otherwise. */
export function valuesQuery(node: Node, t: Translator, names: readonly string[] = []): EmittedQuery {
  const { rows } = fields(node, 'VALUES', ['rows', 'explicit_row', 'value_keyword'])
  const table = listOf(rows).map((row) =>
    listOf(fields(row, 'VALUES', ['content', 'opening_token', 'closing_token'])['content']).map((cell) => t.expr(cell)),
  )
  const width = table[0]?.length ?? 0
  if (width === 0 || table.some((row) => row.length !== width)) throw cannotRun('VALUES with rows of different lengths')
  const columns = Array.from({ length: width }, (_, i) => alike(table.flatMap((row) => row.slice(i, i + 1))))
  const outputs: readonly OutputColumn[] = columns.map((column, i) => ({
    name: names[i] ?? `COLUMN${i + 1}`,
    kind: column.kind,
    scale: column.scale,
  }))
  const texts = table.map((_, r) => `(${columns.map((column) => column.list[r]?.text ?? 'NULL').join(', ')})`)
  const list = outputs.map(spelled).join(', ')
  return { text: `SELECT * FROM (VALUES ${texts.join(', ')}) AS "VALUES"(${list})`, columns: outputs, known: outputs }
}
