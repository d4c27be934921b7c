import type { DataSpan } from '../chart/unfinished-periods.ts'
import type { Probes } from './make-probes.ts'
import type { QueryParts } from './query-parts.ts'

/**
 * The first and the last day of a moment in the tables of a query: of all their rows that its conditions on days allow, so that a rare value
 * asked for beside them does not pass for the end of the data. Null where the data may not be read or did not answer.
 */
export async function readDataSpan(
  probes: Probes,
  { ctes, from, conditions }: QueryParts,
  moment: string,
): Promise<DataSpan | null> {
  if (probes.probing !== 'read') return null
  const days = conditions.filter((condition) => condition.days !== null).map(({ sql }) => `(${sql})`)
  const where = days.length === 0 ? '' : ` WHERE ${days.join(' AND ')}`
  const rows = await probes.ask(
    `${ctes}SELECT MIN(${moment}) AS FIRST_DAY, MAX(${moment}) AS LAST_DAY ${from}${where}`,
    1,
  )
  const [first, last] = (rows?.[0] ?? []).map((cell) => /^\d{4}-\d\d-\d\d/.exec(String(cell))?.[0] ?? null)
  return first === null || first === undefined || last === null || last === undefined ? null : { first, last }
}
