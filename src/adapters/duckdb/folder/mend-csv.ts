import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { isComment } from './csv-layout.ts'
import type { CsvLayout } from './csv-layout.ts'
import { makeRecordParser, readText, type Encoding, type TextRecord } from './text-file.ts'

/** A regular copy of an irregular file, and what was irregular about it. */
export interface MendedCsv {
  /** Whether there is one more column than names, for what long lines have beyond the others. */
  readonly hasBeyond: boolean
  /** Sentences. */
  readonly notices: readonly string[]
}

/** How the copies are written: `,` between cells, every cell in quotes, a blank cell empty, no header. */
export const mendedDelimiter = ','

export const writeRecord = (cells: readonly string[]): string =>
  `${cells.map((cell) => (cell === '' ? '' : `"${cell.replaceAll('"', '""')}"`)).join(mendedDelimiter)}\n`

/**
 * Copies a CSV file as UTF-8 in which every row has as many cells as there are names and one more: short lines are filled with blank cells, what
 * long lines have beyond goes into the last. Title and comment lines and the header are left out. Throws where it is no text or
 * a quote stays open.
 */
export async function mendCsv(path: string, layout: CsvLayout, encoding: Encoding, target: string): Promise<MendedCsv> {
  const width = layout.names.length
  const seen = { short: [] as number[], long: [] as number[], comments: 0, shortCount: 0, longCount: 0 }
  const rowOf = (record: TextRecord): string => {
    const { cells, line } = record
    if (line < layout.beginsAt || (layout.header && line === layout.beginsAt)) return ''
    if (isComment(record, width)) {
      seen.comments += 1
      return ''
    }
    const beyond = cells.slice(width).filter((cell) => cell.trim() !== '')
    if (cells.length < width) {
      seen.shortCount += 1
      if (seen.short.length < 3) seen.short.push(line)
    }
    if (beyond.length > 0) {
      seen.longCount += 1
      if (seen.long.length < 3) seen.long.push(line)
    }
    const own = Array.from({ length: width }, (_, index) => cells[index] ?? '')
    return writeRecord([...own, beyond.join(layout.delimiter)])
  }
  async function* rows(): AsyncGenerator<string> {
    const parser = makeRecordParser(layout.delimiter)
    let isFirst = true
    for await (const text of readText(path, encoding)) {
      const records = parser.push(isFirst ? text.replace(/^\uFEFF/, '') : text)
      isFirst = false
      yield records.map(rowOf).join('')
    }
    yield parser.end().map(rowOf).join('')
  }
  await pipeline(rows(), createWriteStream(target))
  return {
    hasBeyond: seen.longCount > 0,
    notices: [
      ...describeLines(seen.shortCount, seen.short, `fewer than ${width} cells; the missing ones are blank`),
      ...describeLines(seen.longCount, seen.long, `more than ${width} cells; what is beyond is in a column of its own`),
      ...(seen.comments === 0
        ? []
        : [
            `${count(seen.comments, 'line that begins', 'lines that begin')} with # ${seen.comments === 1 ? 'is' : 'are'} left out.`,
          ]),
    ],
  }
}

const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

function describeLines(number: number, lines: readonly number[], what: string): readonly string[] {
  if (number === 0) return []
  const places = `${number === 1 ? 'line' : 'lines'} ${lines.join(', ')}${number > lines.length ? ', …' : ''}`
  return [`${count(number, 'line has', 'lines have')} ${what} (${places}).`]
}
