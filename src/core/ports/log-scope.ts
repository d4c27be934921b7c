/** The ids that lines of the log carry. */
export interface LogIds {
  readonly requestId?: string
  readonly turnId?: string
  /** The id of the person, which only the store leads to them. */
  readonly personId?: string
  readonly connectionId?: string
}

/** Has lines of the log carry the ids of what they belong to without these being handed along, and tells whose work runs. */
export interface LogScope {
  /** Runs `work`. Lines that it or whatever it starts writes carry these ids beside those around it, until `until` has settled. */
  within<T>(ids: LogIds, work: () => T, until?: Promise<unknown>): T
  /** Adds ids that became known only now. Outside of any scope this does nothing. */
  add(ids: LogIds): void
  /** The id of the person whose work runs; null outside of any scope. */
  readonly person: () => string | null
}

/** The scope of a log whose lines carry no ids. */
export const noLogScope: LogScope = { within: (_ids, work) => work(), add: () => undefined, person: () => null }

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** An id that a client sent, where it is one: any other text may be what a person typed. */
export const uuidIn = (value: unknown): string | null => (typeof value === 'string' && uuid.test(value) ? value : null)

/** A connection as lines of the log name it. The path of a folder may tell of a person, so all folders are one there. */
export function logNameOf(connection: unknown): string {
  if (connection === 'sample') return 'sample'
  if (typeof connection === 'string' && connection.startsWith('folder:')) return 'folder'
  return uuidIn(connection) ?? 'unknown'
}
