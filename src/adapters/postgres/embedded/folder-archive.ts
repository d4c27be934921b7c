import { createWriteStream, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gunzipSync } from 'node:zlib'

/** Sizes and places of the fields of a tar header (POSIX ustar). */
const block = 512
const field = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  sum: [148, 8],
  kind: [156, 1],
  magic: [257, 8],
} as const
type Field = keyof typeof field

/** Packs a folder of small files with short names as `.tar.gz`. */
export async function packFolder(folder: string, archive: string): Promise<void> {
  await pipeline(Readable.from(entriesOf(folder)), createGzip({ level: 9 }), createWriteStream(archive))
}

function* entriesOf(folder: string): Generator<Buffer> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield header(`${name}/`, 0, '5')
    else {
      const content = readFileSync(path)
      yield header(name, content.length, '0')
      yield content
      yield Buffer.alloc(-content.length & (block - 1))
    }
  }
  yield Buffer.alloc(2 * block)
}

function header(name: string, size: number, kind: '0' | '5'): Buffer {
  const bytes = Buffer.alloc(block)
  const put = (at: Field, text: string) => bytes.write(text, field[at][0], field[at][1], 'latin1')
  if (Buffer.byteLength(name) >= field.name[1]) throw new Error(`The name ${name} is too long for the archive.`)
  put('name', name)
  put('mode', kind === '5' ? '0000700\0' : '0000600\0')
  put('size', `${size.toString(8).padStart(11, '0')}\0`)
  put('kind', kind)
  put('magic', 'ustar\x0000')
  put('sum', ' '.repeat(8))
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put('sum', `${sum.toString(8).padStart(6, '0')}\0 `)
  return bytes
}

/** Unpacks what `packFolder` packed into a new folder. Takes the memory of all of it at once. */
export function unpackFolder(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const bytes = gunzipSync(readFileSync(archive))
  for (let at = 0; at + block <= bytes.length;) {
    const { name, size } = readHeader(bytes.subarray(at, at + block))
    if (name === '') return
    writeEntry(folder, name, bytes.subarray(at + block, at + block + size))
    at += block + Math.ceil(size / block) * block
  }
  throw new Error(`The archive ${archive} ends too early.`)
}

function writeEntry(folder: string, name: string, content: Buffer): void {
  const path = join(folder, name)
  if (relative(folder, path).startsWith('..')) throw new Error(`The archive's entry ${name} leaves its folder.`)
  // A folder's own entry comes before those of its files.
  if (name.endsWith('/')) mkdirSync(path)
  else writeFileSync(path, content)
}

function readHeader(bytes: Buffer): { readonly name: string; readonly size: number } {
  const get = (at: Field): string => bytes.toString('latin1', field[at][0], field[at][0] + field[at][1])
  const upToNul = (text: string): string => text.slice(0, Math.max(0, text.indexOf('\0')))
  return { name: upToNul(get('name')), size: Number.parseInt(upToNul(get('size')) || '0', 8) }
}
