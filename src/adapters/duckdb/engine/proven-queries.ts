import type { DuckDBConnection } from '@duckdb/node-api'
import type { EngineSettings } from './engine-settings.ts'
import { type ProvenQuery, proveQuery } from './prove-query.ts'
import { expectedRows } from './query-plan.ts'

/** A query expected to produce more rows than this in any of its steps counts as heavy. */
const heavyRows = 3_000_000
/** Proofs kept. A query is compiled and then run: the second time its proof is at hand. */
const keptProofs = 200

export interface WeighedQuery extends ProvenQuery {
  /** Whether it may take only some of the places, so that small queries pass it by. */
  readonly heavy: boolean
}

/** Proves texts and remembers the latest: the database cannot change, so the same text has the same proof. */
export interface ProvenQueries {
  /** Throws what `proveQuery` throws. */
  prove(connection: DuckDBConnection, text: string): Promise<WeighedQuery>
}

export function makeProvenQueries(settings: EngineSettings): ProvenQueries {
  const kept = new Map<string, WeighedQuery>()
  return {
    async prove(connection, text) {
      const known = kept.get(text)
      if (known !== undefined) return known
      const query = await proveQuery(connection, text, settings)
      const weighed = { ...query, heavy: (await expectedRows(connection, query.sql)) > heavyRows }
      const [oldest] = kept.keys()
      if (kept.size >= keptProofs && oldest !== undefined) kept.delete(oldest)
      kept.set(text, weighed)
      return weighed
    },
  }
}
