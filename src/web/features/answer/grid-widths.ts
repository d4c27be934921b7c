import { useCallback, useMemo, useState } from 'react'
import type { Cell, Column } from '../../../contract/result.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle, unitOf } from '../../../contract/words/columns.ts'
import { mostWholeColumns } from '../../rows/row-source.ts'
import type { Row } from '../../turns/turn-view.ts'
import { useFormats } from '../../ui/formats.ts'
import type { CellAt } from './grid-rows.ts'

/** The size of `text-sm`. */
const fontPx = 13

/** Cells in the reader's formats; the head of a column tells other units than the sign of percentages. */
export function useCellText(columns: readonly Column[], rows: readonly Row[]): TextOf {
  const formats = useFormats()
  // Of thousands of columns few may be percentages, so that each batch of rows has few to look at.
  const candidates = useMemo(() => columns.flatMap((column, at) => (unitOf(column, []) === '%' ? [at] : [])), [columns])
  const percent = useMemo(() => {
    const isShare = (at: number): boolean => {
      const column = columns[at]
      return column !== undefined && unitOf(column, cellsOf(rows, at)) === '%'
    }
    return candidates.filter(isShare).join(' ')
  }, [candidates, columns, rows])
  const isPercent = useMemo(() => new Set(percent.split(' ').map((at) => (at === '' ? -1 : Number(at)))), [percent])
  return useCallback(
    (cell, at) => {
      const column = columns[at]
      if (column === undefined) return ''
      // Laying out a megabyte would freeze the page, and so would writing it anew.
      const short = typeof cell === 'string' && cell.length > mostInCell ? cell.slice(0, mostInCell) : cell
      return shownCell(short, column, formats, isPercent.has(at) ? '%' : null)
    },
    [columns, formats, isPercent],
  )
}

function* cellsOf(rows: readonly Row[], at: number): Generator {
  for (const row of rows) yield row[at]
}

/** Characters that a cell draws, more than its width can show. */
const mostInCell = 300

const cellPaddingPx = 26
/** What stands beside a name in its head: the sign of the type, the order, the button of the menu. */
const headSignsPx = 68
/** The narrowest that a column is drawn. */
export const narrowestPx = 56
const [widestTextPx, widestPx] = [400, 4_000]
/** Tabular digits are 3 % wider than the zeros that a canvas measures, which has no setting for them. */
const tabularWidth = 1.04
/** More characters than the widest text column can show. */
const measuredLength = 100

export interface NaturalWidths {
  /** The width that a column asks for, in px. */
  readonly natural: (position: number) => number
  /** Widens columns where a cell of these rows has more than was measured so far. */
  readonly widen: (
    rows: { readonly first: number; readonly end: number },
    positions: readonly number[],
    cellAt: CellAt,
  ) => void
}

/**
 * How wide columns have to be: as wide as their names and a sample of their cells are drawn, and wider as soon as a wider cell comes into
 * sight. Text has a bound, numbers have none.
 */
export function useNaturalWidths(columns: readonly Column[], sample: readonly Row[], textOf: TextOf): NaturalWidths {
  const [grown, setGrown] = useState<{ readonly widths: Float64Array; readonly version: number } | null>(null)
  const { widths, grow } = useMemo(() => measureColumns(columns, sample, textOf), [columns, sample, textOf])
  const version = grown?.widths === widths ? grown.version : 0
  // Another function for wider columns, so that what was computed with the narrower ones is computed anew.
  // oxlint-disable-next-line react/exhaustive-deps, react/memo-dependencies -- the widths grow in place, which the version tells
  const natural = useCallback((position: number): number => widths[position] ?? narrowestPx, [widths, version])
  const widen = useCallback<NaturalWidths['widen']>(
    ({ first, end }, positions, cellAt) => {
      let hasGrown = false
      for (let row = first; row < end; row += 1)
        for (const position of positions) {
          const cell = cellAt(row, position)
          if (cell !== undefined && grow(position, cell)) hasGrown = true
        }
      if (hasGrown) setGrown((before) => ({ widths, version: (before?.version ?? 0) + 1 }))
    },
    [widths, grow],
  )
  return { natural, widen }
}

type TextOf = (cell: Cell, position: number) => string
type Measure = (text: string, weight: number) => number

/** The widths of columns as far as they are known, and what widens them. */
function measureColumns(columns: readonly Column[], sample: readonly Row[], textOf: TextOf) {
  const widths = new Float64Array(columns.length)
  const measure = makeTextMeasure()
  const isWide = columns.length > mostWholeColumns
  const add = addLetters(measure)
  const headOf = (title: string, text: Measure): number =>
    Math.ceil(Math.min(widestTextPx, Math.max(narrowestPx, text(title, 500) + headSignsPx)))
  /** Columns whose names were not measured as they are written. */
  const guessed = new Set(isWide ? columns.keys() : [])
  const widthOf = (position: number, cell: Cell, text: Measure): number => {
    const isNumber = columns[position]?.kind === 'number'
    const drawn = text(textOf(cell, position), 400) * (isNumber ? tabularWidth : 1) + cellPaddingPx
    return Math.ceil(Math.min(isNumber ? widestPx : widestTextPx, drawn))
  }
  const growTo = (position: number, wanted: number): boolean => {
    if (wanted <= (widths[position] ?? 0)) return false
    widths[position] = wanted
    return true
  }
  const grow = (position: number, cell: Cell): boolean => {
    const title = guessed.delete(position) ? columnTitle(columns[position]?.name ?? '') : null
    const isHeadWider = title !== null && growTo(position, headOf(title, measure))
    return growTo(position, widthOf(position, cell, measure)) || isHeadWider
  }
  const guess = isWide ? guessWidths(columns, (position, cell) => widthOf(position, cell, add)) : null
  columns.forEach(({ name }, position) => {
    // To write thousands of names for people takes long: their letters are about as wide.
    widths[position] = isWide ? headOf(name.toLowerCase(), add) : headOf(columnTitle(name), measure)
    for (const row of sample) {
      const cell = row[position] ?? null
      if (guess === null) grow(position, cell)
      else growTo(position, guess(position, cell))
    }
  })
  return { widths, grow }
}

/**
 * Adds up the widths of letters, each of which is measured once: laying out thousands of names would freeze the page. The sum is a little
 * wider than the text, whose letters stand closer.
 */
function addLetters(measure: Measure): Measure {
  const known = new Map<string, number>()
  return (text, weight) => {
    let px = 0
    for (const letter of text.slice(0, measuredLength)) {
      const key = `${weight}${letter}`
      let letterPx = known.get(key)
      if (letterPx === undefined) known.set(key, (letterPx = measure(letter, weight)))
      px += letterPx
    }
    return px
  }
}

/** Takes cells of as many characters in columns of one type for equally wide, text apart, until they come into sight. */
function guessWidths(columns: readonly Column[], widthOf: (position: number, cell: Cell) => number) {
  const known = new Map<string, number>()
  return (position: number, cell: Cell): number => {
    const { kind, type } = columns[position] ?? {}
    if (kind === 'text' || kind === 'nested') return widthOf(position, cell)
    const key = `${String(cell).length} ${type}`
    let px = known.get(key)
    if (px === undefined) known.set(key, (px = widthOf(position, cell)))
    return px
  }
}

/** Measures text in the table's font. Digits count as zeros, which all are as wide as in a column of numbers. */
function makeTextMeasure(): Measure {
  const context = document.createElement('canvas').getContext('2d')
  const { fontFamily } = getComputedStyle(document.body)
  return (text, weight) => {
    const measured = text.slice(0, measuredLength).replaceAll(/\d/g, '0')
    if (context === null) return measured.length * fontPx * 0.65
    const font = `${weight} ${fontPx}px ${fontFamily}`
    if (context.font !== font) context.font = font
    return context.measureText(measured).width
  }
}
