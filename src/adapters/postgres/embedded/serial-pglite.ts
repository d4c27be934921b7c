import { PGlite, protocol, type QueryOptions, type Results } from '@electric-sql/pglite'

const code = (letter: string): number => letter.charCodeAt(0)
/** Messages of a statement in several parts, which `sync` ends. */
const parts = new Set(['P', 'B', 'D', 'E', 'C', 'H'].map(code))
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
    if (this.#inParts) {
      await super.execProtocolRawStream(protocol.serialize.sync(), ignore)
      this.#inParts = false
    }
    return await super.exec(query, options)
  }

  /** Writes everything to the tables' files, which lets the log of changes be used again; nothing else would do it while it runs. */
  async checkpoint(): Promise<void> {
    if (this.#statementsSinceCheckpoint === 0 || this.isInTransaction()) return
    this.#statementsSinceCheckpoint = 0
    await super.execProtocolRawStream(protocol.serialize.query('checkpoint'), ignore)
  }
}
