import { PGlite, protocol, type QueryOptions, type Results } from '@electric-sql/pglite'
import { compileWasmPlainly } from '../../processes/memory.ts'

/** Small, because one person's history fits and memory is limited: by default the buffers alone are 128 MB. */
const settings = [
  'shared_buffers=4MB',
  'wal_buffers=256kB',
  'min_wal_size=2MB',
  'max_wal_size=16MB',
  // PGlite has one session; more would only reserve memory.
  'max_connections=8',
  'max_wal_senders=0',
]

/** The version of PostgreSQL inside, which decides whether a folder can be opened. */
export const postgresMajor = '18'

/** PostgreSQL's log line for the error that ends it. */
const fatalLine = /\b(?:FATAL|PANIC):\s+(.*)$/

interface OpenPglite {
  readonly db: SerialPglite
  /** Registers what is called when the database can no longer be trusted. */
  readonly watch: (giveUp: (reason: string) => void) => void
}

/** Opens the PostgreSQL cluster of a folder, or creates it when the folder is new. Throws `EngineRefusal` with PostgreSQL's own messages. */
export async function openPglite(folder: string): Promise<OpenPglite> {
  // Statements take a third longer then, and the database 500 MB less at its peak. It has a process of its own.
  compileWasmPlainly()
  const said: string[] = []
  let giveUp = (reason: string): void => void said.push(reason)
  const db = new SerialPglite({
    dataDir: folder,
    startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
    // Small write-ahead log segments: a new folder takes 25 MB instead of 40.
    initDbStartParams: ['--wal-segsize=1', '--no-sync'],
    onStderr: (line) => {
      const reason = line.startsWith('Aborted(') ? line : fatalLine.exec(line)?.[1]
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

/** PostgreSQL refused to open a folder. */
export class EngineRefusal extends Error {
  readonly reasons: readonly string[]
  constructor(reasons: readonly string[]) {
    super(reasons.join(' '))
    this.reasons = reasons
  }
}

/** Message types of the extended query protocol (Parse, Bind, Describe, Execute, Close, Flush); Sync ends such a series. */
const extendedQueryMessages = new Set(['P', 'B', 'D', 'E', 'C', 'H'].map((letter) => letter.charCodeAt(0)))
/** The exit status with which an ordinary PostgreSQL error leaves the WebAssembly code; PGlite handles it. */
const jumpToErrorHandler = 100
const ignore = { onRawData: () => undefined }

/**
 * A PGlite whose single session several clients of the socket server can share. The server forwards messages one by one and keeps clients
 * apart only inside transactions, so that one client's Parse could replace another's between Parse and Execute. Here an extended query
 * counts as a transaction until its Sync.
 */
class SerialPglite extends PGlite {
  #inExtendedQuery = false
  #statementsSinceCheckpoint = 0

  override isInTransaction(): boolean {
    return this.#inExtendedQuery || super.isInTransaction()
  }

  override async execProtocolRawStream(...call: Parameters<PGlite['execProtocolRawStream']>): Promise<void> {
    this.#inExtendedQuery = extendedQueryMessages.has(call[0][0] ?? 0)
    this.#statementsSinceCheckpoint += 1
    await super.execProtocolRawStream(...call)
  }

  /** The server calls this to roll back for a client that disconnected, perhaps in the middle of an extended query. */
  override async exec(query: string, options?: QueryOptions): Promise<Results[]> {
    if (!this.#inExtendedQuery) return await super.exec(query, options)
    this.#inExtendedQuery = false
    // Both are queued in one go, so that no other client's message comes between them.
    await Promise.all(
      [protocol.serialize.sync(), protocol.serialize.query(query)].map((message) =>
        super.execProtocolRawStream(message, ignore),
      ),
    )
    return []
  }

  /**
   * Calls `giveUp` when the WebAssembly code traps, out of stack or memory. PGlite would go on with the broken state and report success.
   */
  watchTraps(giveUp: (reason: string) => void): void {
    const run = this.Module._PostgresMainLoopOnce
    this.Module._PostgresMainLoopOnce = () => {
      try {
        run()
      } catch (error) {
        const status: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined
        if (status !== jumpToErrorHandler) giveUp(String(error))
        throw error
      }
    }
  }

  /** Runs a checkpoint, which lets the write-ahead log be recycled; PGlite has no background process that would. */
  async checkpoint(): Promise<void> {
    if (this.#statementsSinceCheckpoint === 0 || this.isInTransaction()) return
    this.#statementsSinceCheckpoint = 0
    await super.execProtocolRawStream(protocol.serialize.query('checkpoint'), ignore)
  }
}
