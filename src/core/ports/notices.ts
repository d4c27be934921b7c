import type { Notice } from '../../contract/notice.ts'

/**
 * Small news between the copies of the server. A notice may be lost, arrive late or arrive twice: it only tells its hearer to look at the
 * store sooner than it would have anyway, and is never the only record of a change.
 */
export interface Notices {
  /** Tells every copy, this one first and at once. Resolves when the others have been told as far as they can be; never rejects. */
  publish(notice: Notice): Promise<void>
  /** The returned function ends the subscription. */
  subscribe(onNotice: (notice: Notice) => void): () => void
  /** Whether notices of other copies arrive at present. Where they do not, the store has to be looked at more often. */
  hearsOthers(): boolean
}

/** Carries texts between copies. */
export interface NoticeWire {
  /** Hands a text to every copy that listens, which may include this one. Rejects where it cannot. */
  send(text: string): Promise<void>
  /** Begins to listen, and goes on across lost connections until `close`. */
  listen(onText: (text: string) => void): void
  isListening(): boolean
  close(): Promise<void>
}
