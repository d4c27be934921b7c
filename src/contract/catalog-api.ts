import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod/mini'
import {
  CatalogChildren,
  CatalogNames,
  CatalogRefreshEvent,
  CatalogSearch,
  CatalogTableDetails,
  maxSearchLength,
  mostCatalogItems,
} from './catalog.ts'
import { maxSqlLength } from './command.ts'
import { Problem } from './problem.ts'
import { problems } from './route-parts.ts'

/** A connection as `AppInfo` lists it (`sample`, `folder:PATH`, a saved name, `shared:ID`), or the id of a saved one. */
const connection = z.string().check(z.minLength(1), z.maxLength(1_000))
const cursor = z.optional(z.string().check(z.maxLength(1_000)))
const limit = z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(mostCatalogItems)), 200)

/** What data a connection holds and which queries it would take, as the role sees it that the caller uses it with. */
export const catalogApi = {
  catalog: {
    /** The nodes below `parent`: databases without one, then schemas, then tables and families, then columns or members. */
    children: oc
      .route({ method: 'GET', path: '/catalog/{connection}/children' })
      .input(z.object({ connection, parent: z.optional(z.string().check(z.maxLength(2_000))), cursor, limit }))
      .errors(problems)
      .output(CatalogChildren),
    search: oc
      .route({ method: 'GET', path: '/catalog/{connection}/search' })
      .input(
        z.object({
          connection,
          q: z.string().check(z.maxLength(maxSearchLength)),
          /** Kinds to look for, separated by commas; all of them where it is left out. */
          kinds: z.optional(z.string().check(z.maxLength(200))),
          cursor,
          limit,
        }),
      )
      .errors(problems)
      .output(CatalogSearch),
    /** Every name at once; `version` is the one that the caller has. */
    names: oc
      .route({ method: 'GET', path: '/catalog/{connection}/names' })
      .input(z.object({ connection, version: z.optional(z.string().check(z.maxLength(100))) }))
      .errors(problems)
      .output(CatalogNames),
    /** `name` is an id, or a name with its database or schema left out where the connection has defaults. */
    table: oc
      .route({ method: 'GET', path: '/catalog/{connection}/tables/{name}' })
      .input(z.object({ connection, name: z.string().check(z.minLength(1), z.maxLength(2_000)) }))
      .errors(problems)
      .output(CatalogTableDetails),
    /** Compares the list with the source and tells how far that is; leaving the stream stops it unless somebody else waits for it. */
    refresh: oc
      .route({ method: 'POST', path: '/catalog/{connection}/refresh' })
      .input(z.object({ connection }))
      .errors(problems)
      .output(eventIterator(CatalogRefreshEvent)),
  },
  sql: {
    /** Judges a text by what it says, names included, without asking the warehouse or proposing it: `problem` is why it would be refused. */
    check: oc
      .route({ method: 'POST', path: '/sql/check' })
      .input(z.object({ connection, sql: z.string().check(z.maxLength(maxSqlLength)) }))
      .errors(problems)
      .output(z.object({ problem: z.nullable(Problem) })),
  },
}
