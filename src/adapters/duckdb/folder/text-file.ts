import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The encodings that text files are read in. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** Enough to see the layout of any sensible file. */
const headBytes = 256 * 1024

/** The first part of a text file. */
export interface Head {
  readonly text: string
  /** Whether that is all of it. */
  readonly whole: boolean
  readonly encoding: Encoding
}

const bytesOf = (path: string, end?: number): AsyncIterable<Buffer> => {
  const isPacked = path.endsWith('.gz')
  const file = createReadStream(path, isPacked || end === undefined ? {} : { end })
  return isPacked ? pipeline(file, createGunzip(), () => undefined) : file
}

/** Reads the first part of a file, unpacked when its name ends in `.gz`. Throws when it is no text. */
export async function readHead(path: string): Promise<Head> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of bytesOf(path, headBytes)) {
    parts.push(part)
    size += part.length
    if (size > headBytes) break
  }
  const whole = size <= headBytes
  const bytes = Buffer.concat(parts)
  const encoding = encodingOf(bytes, whole)
  const text = new TextDecoder(encoding).decode(bytes, { stream: !whole })
  checkText(text, encoding)
  return { text, whole, encoding }
}

/** By the byte order mark; without one UTF-16 shows in its zeros, and what is not UTF-8 is taken for Windows-1252. */
function encodingOf(bytes: Buffer, whole: boolean): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  for (const [index, byte] of bytes.subarray(0, 1_000).entries())
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  const many = Math.min(bytes.length, 1_000) / 5
  if (odd > many && even < odd / 10) return 'utf-16le'
  if (even > many && odd < even / 10) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole })
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

/** Throws where decoded text has letters that no text has. */
function checkText(text: string, encoding: Encoding): void {
  if (text.includes('\0')) throw new Error('it is no text: it holds zero bytes.')
  if (encoding === 'windows-1252' && /[\u0081\u008D\u008F\u0090\u009D]/.test(text))
    throw new Error('the text is neither UTF-8 nor Windows-1252: save it as UTF-8.')
}

/** The text of a whole file in pieces, unpacked and decoded. Throws when it is no text. */
export async function* readText(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const part of bytesOf(path)) {
    const text = decoder.decode(part, { stream: true })
    checkText(text, encoding)
    yield text
  }
  yield decoder.decode()
}

/** One record of a text file: its cells and the line it begins in, from 1. */
export interface TextRecord {
  readonly cells: readonly string[]
  readonly line: number
}

/** Cuts text into records, whatever ends its lines; a quote that is not closed before its cell ends is part of the cell. */
export interface RecordParser {
  /** Takes a piece of text and gives the records that are whole. Empty lines give none. */
  push(text: string): TextRecord[]
  /** The last record, where no line end follows it. Throws where a quoted cell never ends. */
  end(): TextRecord[]
  /** Whether every line ended in one of the ways that DuckDB reads: all alike. */
  hasMixedLineEnds(): boolean
}

export function makeRecordParser(delimiter: string): RecordParser {
  let cells: string[] = []
  let cell = ''
  let state: 'start' | 'plain' | 'quoted' | 'closing' = 'start'
  let line = 1
  let begun = 1
  let quoteLine = 1
  let afterReturn = false
  const ends = new Set<string>()
  let found: TextRecord[] = []

  const endCell = (): void => {
    cells.push(cell)
    cell = ''
    state = 'start'
  }
  const endRecord = (): void => {
    endCell()
    if (cells.length > 1 || cells[0] !== '') found.push({ cells, line: begun })
    cells = []
    begun = line
  }
  const take = (letter: string): void => {
    if (afterReturn) {
      afterReturn = false
      ends.add(letter === '\n' ? '\r\n' : '\r')
      if (letter === '\n') return
    }
    if (state === 'quoted') {
      if (letter === '"') state = 'closing'
      else {
        if (letter === '\n') line += 1
        cell += letter
      }
      return
    }
    if (letter === delimiter) return endCell()
    if (letter === '\n' || letter === '\r') {
      if (letter === '\n') ends.add('\n')
      afterReturn = letter === '\r'
      line += 1
      return endRecord()
    }
    if (letter !== '"') {
      // The quote before it closed nothing: it is a part of the text.
      if (state === 'closing') cell += '"'
      cell += letter
      if (state === 'closing') state = 'quoted'
      if (state === 'quoted') return
    } else if (state === 'start' && cell === '') {
      state = 'quoted'
      quoteLine = line
      return
    } else if (state === 'closing') {
      state = 'quoted'
      cell += letter
      return
    } else cell += letter
    state = 'plain'
  }
  return {
    push(text) {
      found = []
      for (const letter of text) take(letter)
      return found
    },
    end() {
      found = []
      if (afterReturn) ends.add('\r')
      if (state === 'quoted') throw new Error(`line ${quoteLine}: a quote is opened and never closed.`)
      if (cell !== '' || cells.length > 0) endRecord()
      return found
    },
    hasMixedLineEnds: () => ends.size > 1,
  }
}
