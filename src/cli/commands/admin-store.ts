import type { Command } from 'commander'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { mkdtemp, open, realpath, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BackupReport, RestoreReport } from '../../core/ports/store-upkeep.ts'
import { problem } from '../../core/problem.ts'
import { withServices, type CliContext } from '../cli-io.ts'
import { exitCodes } from '../exit-codes.ts'
import { escapeLines } from '../format/terminal-text.ts'

interface JsonOption {
  readonly json?: true
}

/** `floe admin migrate`: brings the store to the form of this program, which every start does as well. */
export function addMigrate(admin: Command, { needs, output }: CliContext, finish: (exitCode: number) => void): void {
  admin
    .command('migrate')
    .description('brings the store to the form of this program, as every start does')
    .option('--check', 'changes nothing and only says whether there is something to apply')
    .option('--json', 'prints one JSON object')
    .action(async ({ check, json }: JsonOption & { readonly check?: true }) => {
      if (check !== true) {
        const report = await withServices(needs, ({ upkeep }) => upkeep.migrate())
        const { from, to, applied } = report
        const words =
          applied.length === 0
            ? `The store is at ${to} already.\n`
            : `Migrated from ${from ?? 'an empty store'} to ${to}: ${applied.join(', ')}.\n`
        await output.write(json ? `${JSON.stringify(report)}\n` : words)
        return
      }
      const report = await withServices(needs, ({ upkeep }) => upkeep.level())
      const { level, missing } = report
      const place = level === null ? 'The store is empty' : `The store is at ${level}`
      const words =
        missing.length === 0 ? `${place}; nothing is to be applied.\n` : `${place}; to apply: ${missing.join(', ')}.\n`
      await output.write(json ? `${JSON.stringify(report)}\n` : words)
      finish(missing.length === 0 ? exitCodes.done : exitCodes.unhealthy)
    })
}

/** `floe admin backup`: everything that is stored, in one file that either engine of the store takes. */
export function addBackup(admin: Command, context: CliContext): void {
  admin
    .command('backup')
    .description('writes everything that is stored into one file, also while servers run')
    .argument('<file>', 'the file, or - for stdout')
    .option('--json', 'prints one JSON object')
    .addHelpText('after', '\nStored secrets stay sealed: keep SECRET_KEYS, or the key file of DATA_DIR, elsewhere.')
    .action(async (file: string, { json }: JsonOption) => {
      if (file === '-' && json)
        throw problem('bad_request', 'The backup itself goes to stdout.', 'Name a file, or leave out --json.')
      const { io, output, needs, signal } = context
      const backUp = (write: (chunk: Uint8Array) => Promise<void>): Promise<BackupReport> =>
        withServices(needs, ({ upkeep }) => upkeep.backup(write, signal))
      const report = await orStopped(signal, () =>
        file === '-' ? backUp((chunk) => output.write(chunk)) : intoFile(file, backUp),
      )
      if (json) await output.write(`${JSON.stringify(report)}\n`)
      else {
        const words = `Backed up ${countRows(report)} at ${report.level}. Its secrets stay sealed: keep the keys elsewhere.\n`
        if (file === '-') io.stderr.write(words)
        else await output.write(words)
      }
    })
}

/** `floe admin restore`: fills an empty store from a backup. */
export function addRestore(admin: Command, context: CliContext): void {
  admin
    .command('restore')
    .description('fills an empty store from a backup, all or nothing, and migrates it')
    .argument('<file>', 'the backup, or - for stdin')
    .option('--json', 'prints one JSON object')
    .action(async (file: string, { json }: JsonOption) => {
      const { output, needs, signal } = context
      const restoreFrom = (path: string): Promise<RestoreReport> =>
        withServices(needs, ({ upkeep }) => upkeep.restore({ open: () => readFile(path) }, signal))
      const report = await orStopped(signal, () => (file === '-' ? withCopy(context, restoreFrom) : restoreFrom(file)))
      const { level, created, migratedTo } = report
      const migrated = level === migratedTo ? '' : `, migrated to ${migratedTo}`
      const words = `Restored ${countRows(report)} of ${created} at ${level}${migrated}. People sign in again; secrets open with the keys of then.\n`
      await output.write(json ? `${JSON.stringify(report)}\n` : escapeLines(words))
    })
}

const countRows = ({ rows }: Pick<BackupReport, 'rows'>): string => {
  const counts = Object.values(rows)
  const all = counts.reduce((sum, count) => sum + count, 0)
  return `${all.toLocaleString('en-US')} ${all === 1 ? 'row' : 'rows'} of ${counts.length} tables`
}

/** A stop ends the command as a stop, whatever it broke on its way. */
async function orStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}

/** Lets `fill` write a file that only its owner may read and that gets its name once it is whole and on the disk. */
async function intoFile<T>(
  file: string,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found !== undefined && !found.isFile())
    throw problem('bad_request', `${file} is no file.`, 'Name a file, or - for stdout.')
  const target = found === undefined ? resolve(file) : await realpath(file)
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.part`)
  const handle = await orUnwritable(file, () => open(draft, 'wx', 0o600))
  try {
    const filled = await fill((chunk) => orUnwritable(file, () => handle.writeFile(chunk)))
    await orUnwritable(file, () => handle.sync())
    await handle.close()
    await orUnwritable(file, () => rename(draft, target))
    await syncFolder(dirname(target))
    return filled
  } catch (error) {
    // The failure that led here is told, not that of closing after it.
    await handle.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}

async function orUnwritable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw problem(
      'bad_request',
      `${file} could not be written${code}.`,
      'Look at its folder and disk, or name another.',
      {
        cause,
      },
    )
  }
}

/** Without it the name could be lost with the power. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause
    const code = 'code' in cause ? String(cause.code) : 'unknown'
    throw problem('bad_request', `${path} cannot be read (${code}).`, 'Name a backup, or - for stdin.', { cause })
  }
}

/** Stdin can be read once, and a backup is read twice. */
async function withCopy<T>({ io, signal }: CliContext, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'floe-restore-'))
  try {
    const path = join(folder, 'backup')
    await pipeline(io.stdin, createWriteStream(path, { mode: 0o600 }), { signal })
    return await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
