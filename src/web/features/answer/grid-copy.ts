import type { RowsView } from '../../../contract/result-view.ts'
import { exactCell } from '../../../contract/words/cells.ts'
import { harmlessCell, markdownTable, tableText } from '../../../contract/words/spreadsheet.ts'
import type { GridRange } from './grid-keys.ts'
import { letOthers } from '../../rows/row-engine.ts'
import { mostWholeColumns, type RowSource } from '../../rows/row-source.ts'
import type { Row } from '../../turns/turn-view.ts'

/** The most cells that a clipboard takes. */
export const mostCopiedCells = 2_000_000
const chunkCells = 50_000
const chunkLetters = 1_000_000

export interface CopyNeeds {
  readonly source: RowSource
  readonly view: RowsView
  /** Rows of the view. */
  readonly range: Pick<GridRange, 'top' | 'bottom'>
  /** Positions of the columns, in their order. */
  readonly positions: readonly number[]
}

/** How many cells would be copied. */
export const copiedCells = ({ range, positions }: CopyNeeds): number =>
  (range.bottom - range.top + 1) * positions.length

/** Cuts rows into pieces that are written in one go: of long cells few, or the page would stand still meanwhile. */
function* inPieces(rows: readonly Row[]): Generator<readonly Row[]> {
  let piece: Row[] = []
  let letters = 0
  for (const row of rows) {
    piece.push(row)
    for (const cell of row) letters += typeof cell === 'string' ? cell.length : 1
    if (letters < chunkLetters) continue
    yield piece
    piece = []
    letters = 0
  }
  if (piece.length > 0) yield piece
}

/** A range of a view as text: one cell as it is, several as lines with tabs or as a table in Markdown. Read in pieces, which never block the page. */
export async function copiedText(needs: CopyNeeds, form: 'cells' | 'heads' | 'markdown'): Promise<string> {
  const { source, view, range, positions } = needs
  const columns = positions.map(
    (position) => source.columns[position] ?? ({ name: '', type: '', kind: 'text', scale: null } as const),
  )
  const write = form === 'markdown' ? markdownTable : tableText
  const heads = write(columns, [])
  const pieces: string[] = form === 'cells' ? [] : [heads]
  // Rows of few columns are read whole, which the source may have at hand.
  const chosen = source.columns.length > mostWholeColumns ? positions : undefined
  const step = Math.max(1, Math.floor(chunkCells / Math.max(1, (chosen ?? source.columns).length)))
  for (let from = range.top; from <= range.bottom; from += step) {
    const count = Math.min(step, range.bottom - from + 1)
    const read = await source.rows(view, { from, count, columns: chosen })
    const rows = chosen === undefined ? read.map((row) => positions.map((position) => row[position] ?? null)) : read
    if (form === 'cells' && copiedCells(needs) === 1)
      return harmlessCell(exactCell(rows[0]?.[0] ?? null, columns[0]) ?? 'NULL')
    for (const piece of inPieces(rows)) {
      pieces.push(write(columns, piece).slice(heads.length + 1))
      await letOthers()
    }
    if (rows.length < count) break
  }
  return pieces.join('\n')
}
