import type { Cell, Column } from '../../contract/result.ts'
import { countInWords } from '../../contract/words/amounts.ts'
import { exactCell } from '../../contract/words/cells.ts'
import type { ResultWriter, Rows, WriteText } from './result-writer.ts'
import { cutToWidth, displayWidth, escapeControls } from './terminal-text.ts'

/** Rows looked at before the widths are settled; longer results flow on under the same widths. */
const lookAheadRows = 1_000
/** Longer values are not cut but stand out of their column. */
const widestColumn = 80
/** What is left of a long value where a terminal is too narrow for the table. */
const narrowColumn = 40

/**
 * An aligned table. Up to 1,000 rows nothing is written before `end`, so that something may be said first. `maxWidth` is the
 * width of a terminal, to which wide tables are cut; null keeps everything.
 */
export function makeTableWriter(write: WriteText, maxWidth: number | null): ResultWriter {
  let columns: readonly Column[] = []
  let held: Rows = []
  let layout: Layout | null = null

  const settle = async (): Promise<Layout> => {
    const settled = chooseLayout(columns, held, maxWidth)
    layout = settled
    await write([...heading(columns, settled), ...held.map((row) => rowLine(row, columns, settled))].join(''))
    held = []
    return settled
  }
  return {
    start(given) {
      columns = given
      return Promise.resolve()
    },
    async rows(rows) {
      if (layout !== null) {
        const settled = layout
        await write(rows.map((row) => rowLine(row, columns, settled)).join(''))
        return
      }
      held = [...held, ...rows]
      if (held.length > lookAheadRows) await settle()
    },
    async end({ rowCount, truncated }) {
      if (layout === null) await settle()
      const rows = countInWords(rowCount, 'row')
      await write(truncated ? `The first ${rows}; there are more.\n` : `${rows}\n`)
    },
  }
}

interface Layout {
  readonly widths: readonly number[]
  /** Where a value is cut; null keeps it whole. */
  readonly cellLimit: number | null
  readonly lineLimit: number | null
}

function chooseLayout(columns: readonly Column[], rows: Rows, maxWidth: number | null): Layout {
  const natural = columns.map((column, index) => {
    let width = displayWidth(escapeControls(column.name))
    for (const row of rows) width = Math.max(width, displayWidth(shown(row[index] ?? null, column)))
    return Math.min(width, widestColumn)
  })
  const isTooWide = maxWidth !== null && natural.reduce((sum, width) => sum + width + 2, 0) > maxWidth
  if (!isTooWide) return { widths: natural, cellLimit: null, lineLimit: maxWidth }
  return { widths: natural.map((width) => Math.min(width, narrowColumn)), cellLimit: narrowColumn, lineLimit: maxWidth }
}

function heading(columns: readonly Column[], layout: Layout): readonly string[] {
  const names = columns.map((column) => ({ text: escapeControls(column.name), column }))
  return [
    lineOf(names, layout),
    lineOf(
      layout.widths.map((width) => ({ text: '─'.repeat(width) })),
      layout,
    ),
  ]
}

const rowLine = (row: readonly Cell[], columns: readonly Column[], layout: Layout): string =>
  lineOf(
    columns.map((column, index) => ({ text: shown(row[index] ?? null, column), column })),
    layout,
  )

function lineOf(cells: readonly { readonly text: string; readonly column?: Column }[], layout: Layout): string {
  const { widths, cellLimit, lineLimit } = layout
  const line = cells
    .map(({ text, column }, index) => {
      const cut = cellLimit === null ? text : cutToWidth(text, cellLimit)
      const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cut)))
      return column?.kind === 'number' ? padding + cut : cut + padding
    })
    .join('  ')
    .trimEnd()
  return `${lineLimit === null ? line : cutToWidth(line, lineLimit)}\n`
}

/** A value on screen; a text that spells NULL is quoted, so that it is not taken for one. */
function shown(cell: Cell, column: Column): string {
  const text = exactCell(cell, column)
  if (text === null) return 'NULL'
  return text === 'NULL' ? '"NULL"' : escapeControls(text)
}
