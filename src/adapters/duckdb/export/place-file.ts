import { createReadStream, createWriteStream, type Stats } from 'node:fs'
import { copyFile, lstat, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../../core/problem.ts'

/**
 * Gives a finished file its name, also on another disk; under that name it is whole or not there. Only new names and regular files are
 * replaced, the file behind a link instead of the link. A pipe or a character device such as /dev/null is written into; folders,
 * disks, sockets and links to nothing are refused. Throws `bad_request`.
 */
export async function placeFile(file: string, target: string): Promise<void> {
  try {
    const link = await found(lstat(target))
    const behind = link?.isSymbolicLink() === true ? await found(stat(target)) : link
    if (link !== null && behind === null) throw refused(target, 'is a link to nothing')
    if (behind === null) return await moveTo(file, target)
    if (behind.isFIFO() || behind.isCharacterDevice()) return await writeInto(file, target)
    if (!behind.isFile()) throw refused(target, behind.isDirectory() ? 'is a folder' : 'is a disk or a socket')
    // Links into /proc, as /dev/stdout is one, mean an open file rather than a name.
    if (link?.isSymbolicLink() === true && (await readlink(target)).startsWith('/proc/')) await writeInto(file, target)
    else await moveTo(file, await realpath(target))
  } catch (error) {
    throw unwritten(target, error)
  }
}

async function found(looking: Promise<Stats>): Promise<Stats | null> {
  try {
    return await looking
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const writeInto = (file: string, target: string): Promise<void> =>
  pipeline(createReadStream(file), createWriteStream(target, { flags: 'r+' }))

async function moveTo(file: string, target: string): Promise<void> {
  try {
    await rename(file, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyThenName(file, target)
  }
}

async function copyThenName(file: string, target: string): Promise<void> {
  const part = `${target}.${process.pid}.part`
  try {
    await copyFile(file, part)
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

const refused = (target: string, why: string): Error => new Error(`${target} ${why}`)

const unwritten = (target: string, cause: unknown): Error =>
  problem(
    'bad_request',
    `The file ${target} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Check the name, the folder and the room on the disk, then run it again.',
    { cause },
  )
