import type { Cell } from '../../contract/result.ts'
import type { RowBatch } from '../ports/warehouse.ts'

/** The longest text of one value that is delivered in a row, in UTF-16 code units; a file holds it whole. */
const maxCellLength = 1_048_576
/** The most bytes that one code unit takes as JSON, with the marks around a value: `\u0000` takes six. */
const bytesPerUnit = 8

/** A batch of rows that fits what a result may still deliver. */
export interface FittedBatch extends RowBatch {
  /** How many of its values are cut. */
  readonly cutCells: number
  /** True when rows were left out: the result ends here. */
  readonly isFull: boolean
}

/**
 * Cuts values that are too long, then leaves out the rows that exceed what the result may deliver. Engines count bytes between rows, so that
 * one row may exceed it by far. The first row of a result always fits: its values are cut until it does. An ordinary batch is not even parsed.
 */
export function fitBatch(
  batch: RowBatch,
  { maxBytes, usedBytes }: { readonly maxBytes: number; readonly usedBytes: number },
): FittedBatch {
  const roomBytes = maxBytes - usedBytes
  if (batch.bytes <= Math.min(roomBytes, maxCellLength)) return { ...batch, cutCells: 0, isFull: false }
  const kept: string[] = []
  // The brackets around the rows.
  let bytes = 2
  let cutCells = 0
  let isFull = false
  for (const row of JSON.parse(batch.rowsJson) as Cell[][]) {
    let fitted = cutRow(row, maxCellLength)
    if (usedBytes === 0 && kept.length === 0 && bytes + fitted.bytes > roomBytes)
      fitted = cutRow(row, Math.floor(maxBytes / bytesPerUnit / row.length))
    isFull = bytes + fitted.bytes > roomBytes
    if (isFull) break
    kept.push(fitted.json)
    bytes += fitted.bytes
    cutCells += fitted.cutCells
  }
  return { rowsJson: `[${kept.join(',')}]`, rowCount: kept.length, bytes, cutCells, isFull }
}

function cutRow(row: readonly Cell[], maxLength: number) {
  const cells = row.map((cell) => cutCell(cell, maxLength))
  const json = JSON.stringify(cells)
  const cutCells = cells.filter((cell, at) => cell !== row[at]).length
  // One more for the comma between rows.
  return { json, cutCells, bytes: utf8Length(json) + 1 }
}

/** Code units below U+0080 take one byte, others two or three; each half of a surrogate pair takes two of its four. */
const utf8Length = (text: string): number =>
  text.length +
  (text.match(/[\u0080-\u07ff\ud800-\udfff]/g)?.length ?? 0) +
  2 * (text.match(/[\u0800-\ud7ff\ue000-\uffff]/g)?.length ?? 0)

/** Keeps the beginning and says how long the value was. */
function cutCell(cell: Cell, maxLength: number): Cell {
  if (typeof cell !== 'string' || cell.length <= maxLength) return cell
  const mark = `… (cut: ${cell.length.toLocaleString('en-US')} characters)`
  return cell.slice(0, Math.max(0, maxLength - mark.length)).replace(/[\uD800-\uDBFF]$/, '') + mark
}
