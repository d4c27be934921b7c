import { InvalidArgumentError, type Command } from 'commander'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { mkdtemp, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
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

interface BackupOptions extends JsonOption {
  readonly keep?: number
  readonly every?: number
}

type BackUp = (write: (chunk: Uint8Array) => Promise<void>) => Promise<BackupReport>

/** `floe admin backup`: everything that is stored, in one file that either engine of the store takes. */
export function addBackup(admin: Command, context: CliContext): void {
  admin
    .command('backup')
    .description('writes everything that is stored into one file, also while servers run')
    .argument('<file>', 'the file, or - for stdout; with --keep a folder')
    .option(
      '--keep <count>',
      'makes a file named by its time in the folder and removes all but so many',
      readUpTo(10_000),
    )
    .option('--every <hours>', 'with --keep: goes on, with a new file as soon as the newest is so old', readUpTo(500))
    .option('--json', 'prints one JSON object')
    .addHelpText('after', '\nStored secrets stay sealed: keep SECRET_KEYS, or the key file of DATA_DIR, elsewhere.')
    .action(async (file: string, options: BackupOptions) => {
      const { keep, every } = options
      const { needs, signal } = context
      checkBackupOptions(file, options)
      await orStopped(signal, () =>
        withServices(needs, async ({ upkeep }) => {
          const backUp: BackUp = (write) => upkeep.backup(write, signal)
          if (keep === undefined) return await backUpOnce(context, file, backUp, options)
          for (;;) {
            if (every !== undefined) await delay(await timeUntilDue(file, every), undefined, { signal })
            await backUpOnce(context, join(file, nameByTime(new Date())), backUp, options)
            await keepNewest(file, keep)
            if (every === undefined) return undefined
          }
        }),
      )
    })
}

function checkBackupOptions(file: string, { json, keep, every }: BackupOptions): void {
  if (file === '-' && json)
    throw problem('bad_request', 'The backup itself goes to stdout.', 'Name a file, or leave out --json.')
  if (keep !== undefined && statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw problem('bad_request', `${file} is no folder.`, 'Make it, or leave out --keep to write one file.')
  if (every !== undefined && keep === undefined)
    throw problem('bad_request', 'Backups that go on fill the disk.', 'Say with --keep how many stay.')
}

/** A whole number from 1 to `most`, for an option. */
const readUpTo =
  (most: number) =>
  (text: string): number => {
    const count = Number(text)
    if (/^\d+$/.test(text) && count >= 1 && count <= most) return count
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }

async function backUpOnce(
  { io, output }: CliContext,
  file: string,
  backUp: BackUp,
  { json }: BackupOptions,
): Promise<void> {
  const report = await (file === '-' ? backUp((chunk) => output.write(chunk)) : intoFile(file, backUp))
  if (json) return await output.write(`${JSON.stringify({ ...report, file })}\n`)
  const place = file === '-' ? '' : ` into ${file}`
  const words = `Backed up ${countRows(report)} at ${report.level}${place}. Its secrets stay sealed: keep the keys elsewhere.\n`
  if (file === '-') io.stderr.write(words)
  else await output.write(escapeLines(words))
}

/** Such as `floe-20261130T041500Z.gz`: names sort by time, and files with other names are never removed. */
const nameByTime = (time: Date): string => `floe-${time.toISOString().replaceAll(/[-:]|\.\d+/g, '')}.gz`
const namedByTime = /^floe-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.gz$/

const listByTime = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => namedByTime.test(name)).toSorted()

async function keepNewest(folder: string, count: number): Promise<void> {
  for (const name of (await listByTime(folder)).slice(0, -count)) await rm(join(folder, name), { force: true })
}

/** Milliseconds until the newest backup of the folder is as old as it may get, so that a restart makes none before its time. */
async function timeUntilDue(folder: string, hours: number): Promise<number> {
  const newest = (await listByTime(folder)).at(-1)?.replace(namedByTime, '$1-$2-$3T$4:$5:$6Z')
  return newest === undefined ? 0 : Math.max(0, Date.parse(newest) + hours * 3_600_000 - Date.now())
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
