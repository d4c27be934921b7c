import { PGlite, protocol, type QueryOptions, type Results } from '@electric-sql/pglite'

const code = (letter: string): number => letter.charCodeAt(0)
/** Messages of a statement in several parts, which `sync` ends. */
const parts = new Set(['P', 'B', 'D', 'E', 'C', 'H'].map(code))
/** How PostgreSQL's own errors leave the compiled code: as an exit with this status, which PGlite then handles. */
const jumpToErrorHandler = 100
const statusOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined
const ignore = { onRawData: () => undefined }

/**
 * PGlite as the socket server can share it between clients. All of them use one session, and the server passes their messages on one
 * by one; kept apart only inside transactions, a second client's statement can replace the first one's between its parts. Here a
 * statement in several parts counts as a transaction until it ends.
 */
export class SerialPglite extends PGlite {
  #inParts = false
  #statementsSinceCheckpoint = 0

  override isInTransaction(): boolean {
    return this.#inParts || super.isInTransaction()
  }

  override async execProtocolRawStream(...call: Parameters<PGlite['execProtocolRawStream']>): Promise<void> {
    this.#inParts = parts.has(call[0][0] ?? 0)
    this.#statementsSinceCheckpoint += 1
    await super.execProtocolRawStream(...call)
  }

  /** The server calls this to roll back for a client that has gone, perhaps in the middle of a statement. */
  override async exec(query: string, options?: QueryOptions): Promise<Results[]> {
    if (!this.#inParts) return await super.exec(query, options)
    this.#inParts = false
    // Begun together, so that no other client's message comes between them.
    await Promise.all(
      [protocol.serialize.sync(), protocol.serialize.query(query)].map((message) =>
        super.execProtocolRawStream(message, ignore),
      ),
    )
    return []
  }

  /**
   * Calls `giveUp` when the compiled code breaks off, for want of stack or memory. PGlite goes on after that with whatever state is
   * left and answers that all is well.
   */
  watchTraps(giveUp: (reason: string) => void): void {
    const run = this.Module._PostgresMainLoopOnce
    this.Module._PostgresMainLoopOnce = () => {
      try {
        run()
      } catch (error) {
        if (statusOf(error) !== jumpToErrorHandler) giveUp(String(error))
        throw error
      }
    }
  }

  /** Writes everything to the tables' files, which lets the log of changes be used again; nothing else would do it while it runs. */
  async checkpoint(): Promise<void> {
    if (this.#statementsSinceCheckpoint === 0 || this.isInTransaction()) return
    this.#statementsSinceCheckpoint = 0
    await super.execProtocolRawStream(protocol.serialize.query('checkpoint'), ignore)
  }
}
