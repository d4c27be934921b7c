import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Enough to see the shape of any sensible file. */
const headBytes = 256 * 1024

/** The first part of a text file, unpacked when its name ends in `.gz`. */
export async function readHead(path: string): Promise<{ readonly text: string; readonly whole: boolean }> {
  const file = createReadStream(path, path.endsWith('.gz') ? {} : { end: headBytes })
  const source = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file
  const parts: Buffer[] = []
  let size = 0
  for await (const part of source) {
    parts.push(part as Buffer)
    size += (part as Buffer).length
    if (size > headBytes) break
  }
  const text = Buffer.concat(parts).toString('utf8')
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text, whole: size <= headBytes }
}

/** The first records of CSV text; one that may be cut off at the end is left out. */
export function firstRecords(text: string, whole: boolean, delimiter: string, count: number): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length && records.length < count; at++) {
    const letter = text.charAt(at)
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (text.charAt(at + 1) === '"') {
        cell += letter
        at += 1
      } else quoted = false
    } else if (letter === '"' && cell === '') quoted = true
    else if (letter === delimiter || letter === '\n') {
      record.push(letter === '\n' && cell.endsWith('\r') ? cell.slice(0, -1) : cell)
      cell = ''
      if (letter === '\n') {
        if (record.length > 1 || record[0] !== '') records.push(record)
        record = []
      }
    } else cell += letter
  }
  if (whole && records.length < count && (cell !== '' || record.length > 0)) records.push([...record, cell])
  return records
}
