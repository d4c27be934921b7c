import type { Catalog } from '../catalog/catalog.ts'
import type { Refusal } from '../guard/verdict.ts'

/** A refusal for an unknown table, said so that nobody looks for a mistake while the tables are still being read. */
export const whileUnread = <R extends Refusal>(refusal: R, { unread }: Pick<Catalog, 'unread'>): R =>
  unread === undefined || refusal.code !== 'unknown_table'
    ? refusal
    : { ...refusal, action: `It may not have been read yet (${unread}): wait a moment, or do this: ${refusal.action}` }
