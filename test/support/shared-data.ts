import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../shared/data')

/** Whether the open benchmark data lies beside the repository; elsewhere tests over it are skipped by name. */
export const hasSharedData = existsSync(folder)

/** The lines of a JSON Lines file of the open benchmark data; none where it is absent. */
export const sharedLines = (name: string): readonly unknown[] =>
  hasSharedData ? jsonLines(readFileSync(resolve(folder, name), 'utf8')) : []

/** The lines of a JSON Lines file under `test/data`. */
export const dataLines = (name: string): readonly unknown[] =>
  jsonLines(readFileSync(resolve(import.meta.dirname, '../data', name), 'utf8'))

const jsonLines = (text: string): readonly unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
