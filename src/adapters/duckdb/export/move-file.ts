import { copyFile, rename, rm } from 'node:fs/promises'
import { problem } from '../../../core/problem.ts'

/** Gives a finished file its name, also on another disk; under that name it is whole or not there. Throws `bad_request`. */
export async function moveFile(file: string, target: string): Promise<void> {
  try {
    await rename(file, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw unwritten(target, error)
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
    throw unwritten(target, error)
  }
}

const unwritten = (target: string, cause: unknown): Error =>
  problem(
    'bad_request',
    `The file ${target} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Check the folder and the room on the disk, then run it again.',
    { cause },
  )
