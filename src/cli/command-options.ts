import { InvalidArgumentError, Option } from 'commander'
import { defaultMaxRows, maxRowsLimit } from '../contract/command.ts'

/** `--connection`, as every command takes it. */
export const connectionOption = (): Option =>
  new Option('--connection <name>', 'a saved name, sample, or folder:PATH').default('sample')

/** `--max-rows`, as `ask` and `sql` take it. */
export const maxRowsOption = (): Option =>
  new Option('--max-rows <n>', 'the most rows to fetch').argParser(readMaxRows).default(defaultMaxRows)

function readMaxRows(text: string): number {
  const rows = Number(text)
  if (/^\d+$/.test(text) && rows >= 1 && rows <= maxRowsLimit) return rows
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${maxRowsLimit}.`)
}
