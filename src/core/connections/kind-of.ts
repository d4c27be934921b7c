import type { ConnectionKind, KindName } from '../ports/connection-kind.ts'
import { problem } from '../problem.ts'

/** The kind that reads a connection's settings. Throws `connection_broken` for one that this version of Floe does not have. */
export function kindOf(kinds: readonly ConnectionKind[], name: string): ConnectionKind {
  const kind = kinds.find((one) => one.kind === name)
  if (kind !== undefined) return kind
  throw problem(
    'connection_broken',
    `This version of Floe has no connections of the kind "${name}".`,
    'Use the version that saved the connection, or remove it.',
  )
}

/** A kind among others. It is only ever given what is its own: connections are told apart by their kind's name before it is called. */
export const anyKind = <Name extends KindName>(kind: ConnectionKind<Name>): ConnectionKind =>
  kind as unknown as ConnectionKind
