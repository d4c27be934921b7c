import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'
import { SerialPglite } from './serial-pglite.ts'

/** Small, because one person's questions fit and memory is counted: by default the buffers alone are 128 MB. */
const settings = [
  'shared_buffers=4MB',
  'wal_buffers=256kB',
  'min_wal_size=2MB',
  'max_wal_size=16MB',
  // There is one session; more would only reserve memory.
  'max_connections=8',
  'max_wal_senders=0',
]

/** The version of PostgreSQL inside, which decides whether a folder can be opened. */
export const postgresMajor = '18'

/** The line in which PostgreSQL says why it gives up. */
const lastWords = /\b(?:FATAL|PANIC):\s+(.*)$/

interface OpenPglite {
  readonly db: SerialPglite
  /** From here on, `giveUp` is called when the engine can no longer be trusted. */
  readonly watch: (giveUp: (reason: string) => void) => void
}

/** Opens the PostgreSQL of a folder, or makes it when the folder is new. The error says what PostgreSQL said. */
export async function openPglite(folder: string): Promise<OpenPglite> {
  spareMemory()
  const said: string[] = []
  let giveUp = (reason: string): void => void said.push(reason)
  const db = new SerialPglite({
    dataDir: folder,
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
    // Small pieces of the log of changes, so that a new folder takes 25 MB instead of 40.
    initDbStartParams: ['--wal-segsize=1', '--no-sync'],
    onStderr: (line) => {
      const reason = line.startsWith('Aborted(') ? line : lastWords.exec(line)?.[1]
      if (reason !== undefined) giveUp(reason)
      else if (/^\S+ \S+ \S+ \[\d+\] DETAIL: /.test(line)) said.push(line.replace(/^.*DETAIL:\s+/, ''))
      return false
    },
  })
  try {
    await db.waitReady
  } catch (error) {
    throw said.length > 0 ? new EngineRefusal(said) : error
  }
  return {
    db,
    watch: (call) => {
      giveUp = call
      db.watchTraps(call)
    },
  }
}

/** PostgreSQL did not accept a folder. */
export class EngineRefusal extends Error {
  readonly reasons: readonly string[]
  constructor(reasons: readonly string[]) {
    super(reasons.join(' '))
    this.reasons = reasons
  }
}

/**
 * The optimising compiler takes 500 MB for one function of PostgreSQL and 80 MB for good, to make its statements about a third
 * faster. Flags hold for a whole process, which is why the engine has one of its own.
 */
function spareMemory(): void {
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only']) setFlagsFromString(flag)
}
