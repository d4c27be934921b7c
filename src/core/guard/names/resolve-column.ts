import type { Span } from '../../../contract/problem.ts'
import { fold } from '../trees/tree-facts.ts'
import type { NamePart } from '../trees/tree-facts.ts'
import { columnFault, qualifierFault } from './name-faults.ts'
import type { NameReading } from './name-reading.ts'
import { scopesFrom, sourceNamed } from './name-scope.ts'
import type { Scope, Source } from './name-scope.ts'

/** Words that look like columns and are values of the session, the row or the hierarchy. */
const pseudoColumns = new Set(
  (
    'LEVEL CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURRENT_ROLE CURRENT_DATABASE CURRENT_SCHEMA CURRENT_WAREHOUSE LOCALTIME ' +
    'LOCALTIMESTAMP SYSDATE TRUE FALSE NULL DEFAULT CONNECT_BY_ISLEAF CONNECT_BY_ISCYCLE ROWNUM'
  ).split(' '),
)

/** Looks a column up: notes which table it belongs to, or that it is nowhere. */
export function resolveColumn(reading: NameReading, parts: readonly NamePart[], span: Span | null, scope: Scope): void {
  const names = parts.map(fold)
  const name = names.at(-1) ?? ''
  if (/^\$\d+$/.test(name)) return
  if (names.length === 1) return resolveBare(reading, parts, name, span, scope)
  const source = sourceNamed(scope, names.slice(0, -1))
  if (source !== null) return resolveIn(reading, source, parts, span)
  const isOpen = allSources(scope).some(
    (candidate) => candidate.open && candidate.alias === null && candidate.table === null,
  )
  const isField = allSources(scope).some((candidate) => candidate.columns.has(names[0] ?? ''))
  if (!isOpen && !isField && reading.index !== null) reading.faults.push(qualifierFault(parts, span, allSources(scope)))
}

const allSources = (scope: Scope): readonly Source[] => [...scopesFrom(scope)].flatMap(({ sources }) => sources)

function resolveBare(
  reading: NameReading,
  parts: readonly NamePart[],
  name: string,
  span: Span | null,
  scope: Scope,
): void {
  for (const { sources, aliases } of scopesFrom(scope)) {
    const source = sources.find((candidate) => candidate.columns.has(name))
    if (source !== undefined) return noteColumn(reading, source, name, span)
    if (aliases.has(name)) return
    const open = sources.filter((candidate) => candidate.open)
    if (open.length > 0)
      return open.length === 1 && sources.length === 1 ? noteColumn(reading, open[0], name, span) : undefined
  }
  const isQuoted = parts.some((part) => part.quoted)
  if (pseudoColumns.has(name) || (isQuoted && allSources(scope).some((source) => source.loose))) return
  if (reading.index !== null) reading.faults.push(columnFault(parts, span, allSources(scope), aliasesIn(scope)))
}

const aliasesIn = (scope: Scope): readonly string[] => [...scopesFrom(scope)].flatMap(({ aliases }) => [...aliases])

function resolveIn(reading: NameReading, source: Source, parts: readonly NamePart[], span: Span | null): void {
  const last = parts.at(-1)
  const name = last === undefined ? '' : fold(last)
  const found = source.open || source.columns.has(name) || (source.loose && last?.quoted === true)
  if (found) noteColumn(reading, source, name, span)
  else if (reading.index !== null) reading.faults.push(columnFault(parts, span, [source], []))
}

function noteColumn(reading: NameReading, source: Source | undefined, name: string, span: Span | null): void {
  const table = source?.table ?? null
  if (table === null) return
  reading.columns.push({ database: table.database, schema: table.schema, table: table.name, name, span })
}
