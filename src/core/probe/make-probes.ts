import type { Cell } from '../../contract/result.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ConnectionPolicy, Probing } from '../connections/connection-policy.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import { limits } from '../limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { Asker, Warehouse } from '../ports/warehouse.ts'
import { ProblemError } from '../problem.ts'
import { untilAborted } from '../until-aborted.ts'

/** Small read-only questions to the data for the sake of one turn. */
export interface Probes {
  readonly probing: Probing
  readonly catalog: Catalog
  /**
   * The rows of a statement, at most `maxRows`; null where it was not answered: probing is off, the turn's time or number of statements is
   * used up, it would read too much, or it failed. Rejects only once the turn's signal is aborted.
   */
  ask(sql: string, maxRows: number): Promise<readonly (readonly Cell[])[] | null>
  /** How many statements were run so far. */
  count(): number
}

export interface ProbesNeeds {
  readonly guard: Guard
  readonly clock: Clock
  readonly connection: { readonly warehouse: Warehouse; readonly policy: ConnectionPolicy }
  readonly catalog: Catalog
  readonly asker: Omit<Asker, 'purpose'>
  /** The turn's. */
  readonly signal: AbortSignal
  /** Told of defects: a probe that fails never fails the turn. */
  readonly onFault: (error: unknown) => void
}

/** The most bytes that the rows of one probe may take. */
const maxBytes = 1_048_576

/** Makes the probes of one turn. Each is guarded, capped and tagged; time and number of all together are bounded. */
export function makeProbes({ guard, clock, connection, catalog, asker, signal, onFault }: ProbesNeeds): Probes {
  const { warehouse, policy } = connection
  const { probing } = policy
  const { statements, readMs, compareMs, bytes } = limits.probes
  const mostBytes = Math.min(bytes, policy.limits.askAboveBytes)
  let leftMs = probing === 'read' ? readMs : compareMs
  let count = 0

  const guarded = async (text: string, maxRows: number): Promise<ReadOnlySql | null> => {
    const verdict = await guard.guardSql(text, { catalog, policy: policy.guard })
    return verdict.ok ? guard.capRows(verdict.sql, maxRows, { catalog: null, policy: policy.guard }) : null
  }
  const read = async (sql: ReadOnlySql, maxRows: number, until: AbortSignal) => {
    until.throwIfAborted()
    count += 1
    const tagged = { signal: until, asker: { ...asker, purpose: 'probe' } } as const
    const { estimate } = await warehouse.compile(sql, tagged)
    const isSmall = estimate.bytes === null ? estimate.rows !== null : estimate.bytes <= mostBytes
    if (!isSmall) return null
    const timeoutMs = Math.min(Math.max(1, leftMs), policy.limits.queryTimeoutMs)
    const { batches } = await warehouse.run(sql, { ...tagged, maxRows, maxBytes, timeoutMs })
    const rows: (readonly Cell[])[] = []
    for await (const { rowsJson } of batches) rows.push(...(JSON.parse(rowsJson) as Cell[][]))
    return rows.slice(0, maxRows)
  }
  const readInTime = async (sql: ReadOnlySql, maxRows: number) => {
    const startedMs = clock.monotonicMs()
    const late = new AbortController()
    const takeBack = clock.after(leftMs, () => late.abort(new Error('The probes of this turn took too long.')))
    const until = AbortSignal.any([signal, late.signal])
    try {
      // The engine stops by itself; the turn does not wait for that.
      return await untilAborted(read(sql, maxRows, until), until)
    } catch (error) {
      if (late.signal.aborted && !signal.aborted) return null
      throw error
    } finally {
      takeBack()
      leftMs -= clock.monotonicMs() - startedMs
    }
  }

  return {
    probing,
    catalog,
    count: () => count,
    async ask(text, maxRows) {
      signal.throwIfAborted()
      if (probing === 'off' || count >= statements || leftMs <= 0) return null
      try {
        // The guard has a deadline of its own. Its first start would use up the time that is meant for the data.
        const sql = await untilAborted(guarded(text, maxRows), signal)
        return sql === null ? null : await readInTime(sql, maxRows)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof ProblemError)) onFault(error)
        return null
      }
    },
  }
}
