import type { Cell, Column } from '../../contract/result.ts'
import { exactCell } from '../../contract/words/cells.ts'
import { compareCellsOf, compareMoments, compareNumbers, numberOf, type CompareCells } from './cell-order.ts'
import { momentOf, momentText, parseMoment, type MomentForm, type ParsedMoment } from './moments.ts'

/** Columns are kept in chunks of this many rows, so that adding rows never copies those that are there. */
const chunkBits = 16
const chunkRows = 1 << chunkBits
const inChunk = chunkRows - 1
/** Rows for which there is room in a column's first chunk, so that thousands of columns with few rows stay small. */
const firstRows = 64

/** What of a cell its double does not say. Larger flags name a form of the column's moments. */
const flagOf = { plain: 0, missing: 1, text: 2 } as const
const mostForms = 200
const anyForm: MomentForm = { shows: 'both', separator: ' ', zone: '' }
const usualForms: Partial<Record<Column['kind'], MomentForm>> = {
  date: { shows: 'day', separator: '', zone: '' },
  time: { shows: 'clock', separator: '', zone: '' },
}

const microsPerDay = 86_400_000_000

interface MeasuredChunk {
  values: Float64Array | Int32Array
  /** What a value has to be multiplied by. */
  unit: number
  /** Null while every cell of the chunk is plain. */
  flags: Uint8Array | null
  /** Cells that are kept as they came; null while there are none. */
  texts: (Cell | undefined)[] | null
}

function growChunk(chunk: MeasuredChunk): void {
  const { values, flags, texts } = chunk
  chunk.values = new Float64Array(values.length * 4)
  chunk.values.set(values)
  if (flags !== null) {
    chunk.flags = new Uint8Array(values.length * 4)
    chunk.flags.set(flags)
  }
  if (texts !== null) chunk.texts = Array.from({ length: values.length * 4 }, (_, at) => texts[at])
}

/** Numbers and moments: a double for each cell, which orders it, and its exact text where the double does not say everything. */
export class MeasuredColumn {
  readonly layout = 'measured'
  readonly column: Column
  /** Orders cells of which the doubles are equal. */
  readonly compare: CompareCells
  /** True for numbers, false for moments. */
  readonly isNumber: boolean
  /** True once a cell is kept as text, so that equal doubles may stand for different values. */
  hasTexts = false
  readonly #chunks: MeasuredChunk[] = []
  readonly #forms: MomentForm[] = []
  readonly #parsed: ParsedMoment = { micros: 0, shows: 'day', separator: '', zone: '' }
  #rows = 0

  constructor(column: Column) {
    this.column = column
    this.isNumber = column.kind === 'number'
    this.compare = this.isNumber ? compareNumbers : compareMoments
  }

  append(cell: Cell): void {
    const at = this.#rows & inChunk
    if (at === 0) this.#seal()
    this.#rows += 1
    const chunk = this.#chunks.at(-1)
    if (chunk === undefined) return
    if (at === chunk.values.length) growChunk(chunk)
    if (cell === null) this.#flag(chunk, at, flagOf.missing)
    else if (this.isNumber && typeof cell === 'number' && !Number.isNaN(cell)) chunk.values[at] = cell
    else if (this.isNumber || !this.#appendMoment(chunk, at, String(cell))) this.#appendText(chunk, at, cell)
  }

  #appendMoment(chunk: MeasuredChunk, at: number, text: string): boolean {
    if (!parseMoment(text, this.#parsed)) return false
    const { micros, shows, separator, zone } = this.#parsed
    let form = this.#forms.findIndex(
      (known) => known.shows === shows && known.zone === zone && known.separator === separator,
    )
    if (form < 0) {
      if (this.#forms.length === mostForms) return false
      form = this.#forms.push({ shows, separator, zone }) - 1
    }
    chunk.values[at] = micros
    if (form > 0) this.#flag(chunk, at, flagOf.text + form)
    return true
  }

  #appendText(chunk: MeasuredChunk, at: number, cell: Cell): void {
    this.#flag(chunk, at, flagOf.text)
    this.hasTexts = true
    chunk.texts ??= Array.from({ length: chunk.values.length })
    chunk.texts[at] = cell
    chunk.values[at] = this.keyOf(String(cell))
  }

  #flag(chunk: MeasuredChunk, at: number, flag: number): void {
    chunk.flags ??= new Uint8Array(chunk.values.length)
    chunk.flags[at] = flag
  }

  /** Begins a chunk, and halves the one before where its values are whole numbers, or whole days, of 32 bits. */
  #seal(): void {
    const full = this.#chunks.at(-1)
    const fits = (unit: number) => full?.values.every((value) => Object.is((value / unit) | 0, value / unit)) === true
    const unit = [1, microsPerDay].find(fits)
    if (full !== undefined && unit !== undefined) {
      full.values = Int32Array.from(full.values, (value) => value / unit)
      full.unit = unit
    }
    this.#chunks.push({
      values: new Float64Array(this.#rows === 0 ? firstRows : chunkRows),
      unit: 1,
      flags: null,
      texts: null,
    })
  }

  /** The double of a text as its cell would have it; NaN for text that is neither a number nor a moment. */
  keyOf(text: string): number {
    if (this.isNumber) return numberOf(text)
    const moment = momentOf(text)
    if (moment === null) return Number.NaN
    const micros = moment.seconds * 1e6
    // Farther away doubles lie so wide apart that adding to one could overtake the next second.
    return Math.abs(micros) > 2 ** 59 ? micros : micros + Math.floor(moment.nanos / 1_000)
  }

  /** Orders a cell that its double says whole against a text of the same double. */
  compareKey(key: number, text: string): number {
    if (this.isNumber) return this.compare(key, text)
    // Such a moment is whole microseconds; the text may say nanoseconds above them.
    return (momentOf(text)?.nanos ?? 0) % 1_000 > 0 ? -1 : 0
  }

  keyAt(row: number): number {
    const chunk = this.#chunks[row >> chunkBits]
    return chunk === undefined ? Number.NaN : (chunk.values[row & inChunk] ?? 0) * chunk.unit
  }

  isMissing(row: number): boolean {
    return this.#flagAt(row) === flagOf.missing
  }

  /** Whether a cell is kept as text. */
  isText(row: number): boolean {
    return this.#flagAt(row) === flagOf.text
  }

  /** Whether the double of a cell is all of it. */
  isPlain(row: number): boolean {
    return this.#flagAt(row) === flagOf.plain
  }

  #flagAt(row: number): number {
    return this.#chunks[row >> chunkBits]?.flags?.[row & inChunk] ?? flagOf.plain
  }

  cellAt(row: number): Cell {
    const flag = this.#flagAt(row)
    if (flag === flagOf.missing) return null
    if (flag === flagOf.text) return this.#chunks[row >> chunkBits]?.texts?.[row & inChunk] ?? null
    return this.cellOf(this.keyAt(row), flag === flagOf.plain ? 0 : flag - flagOf.text)
  }

  /** A double as a cell: a moment in the form that its column's first cell has, unless another one is named. */
  cellOf(key: number, form = 0): Cell {
    return this.isNumber ? key : momentText(key, this.#forms[form] ?? usualForms[this.column.kind] ?? anyForm)
  }

  /** A cell's text as `exactCell` writes it; null for NULL. */
  textAt(row: number): string | null {
    return exactCell(this.cellAt(row), this.column)
  }
}

/** Texts up to this length are looked up, so that equal ones are kept once. */
const mostLookedUp = 256
/** Once so many texts were kept and few of them were equal, looking up costs more than it saves. */
const mostDistinct = 65_536

/** Everything else: each different text once, and a number for it in each cell. A text may be kept more than once. */
export class DictionaryColumn {
  readonly layout = 'dictionary'
  readonly column: Column
  readonly compare: CompareCells
  /** The cells by their codes; code 0 is NULL. */
  readonly values: Cell[] = [null]
  /** The place of each code among the values as they were when rows were last sorted by the column. */
  ranks: Uint32Array = new Uint32Array(0)
  readonly #chunks: (Uint8Array | Uint16Array | Uint32Array)[] = []
  #known: Map<Cell, number> | null = new Map()
  #rows = 0

  constructor(column: Column) {
    this.column = column
    this.compare = compareCellsOf(column)
  }

  append(cell: Cell): void {
    const at = this.#rows & inChunk
    if (at === 0) this.#seal()
    this.#rows += 1
    let chunk = this.#chunks.at(-1) ?? new Uint32Array(0)
    if (at === chunk.length) {
      const grown = new Uint32Array(Math.max(firstRows, at * 4))
      grown.set(chunk)
      this.#chunks[this.#chunks.length - 1] = chunk = grown
    }
    if (cell !== null) chunk[at] = this.#codeOf(cell)
  }

  #codeOf(cell: Cell): number {
    const isLookedUp = typeof cell === 'string' && cell.length <= mostLookedUp
    const known = isLookedUp || typeof cell === 'boolean' ? this.#known?.get(cell) : undefined
    if (known !== undefined) return known
    const code = this.values.push(cell) - 1
    if (typeof cell !== 'number') this.#known?.set(cell, code)
    if (code >= mostDistinct && code * 2 > this.#rows) this.#known = null
    return code
  }

  #seal(): void {
    const full = this.#chunks.pop()
    const { length } = this.values
    if (full !== undefined)
      this.#chunks.push(length <= 0x100 ? Uint8Array.from(full) : length <= 0x1_0000 ? Uint16Array.from(full) : full)
    this.#chunks.push(new Uint32Array(full === undefined ? firstRows : chunkRows))
  }

  codeAt(row: number): number {
    return this.#chunks[row >> chunkBits]?.[row & inChunk] ?? 0
  }

  cellAt(row: number): Cell {
    return this.values[this.codeAt(row)] ?? null
  }

  /** A cell's text as `exactCell` writes it; null for NULL. */
  textAt(row: number): string | null {
    return this.textOf(this.codeAt(row))
  }

  /** The text of a code as `exactCell` writes it; null for NULL. */
  textOf(code: number): string | null {
    return exactCell(this.values[code] ?? null, this.column)
  }
}

/** The cells of one column. */
export type StoredColumn = MeasuredColumn | DictionaryColumn

const measuredKinds: readonly Column['kind'][] = ['number', 'date', 'time', 'timestamp']

/** Makes an empty column. */
export const makeColumn = (column: Column): StoredColumn =>
  measuredKinds.includes(column.kind) ? new MeasuredColumn(column) : new DictionaryColumn(column)
