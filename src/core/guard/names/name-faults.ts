import type { Span } from '../../../contract/problem.ts'
import { fold } from '../trees/tree-facts.ts'
import type { NamePart, TableRef } from '../trees/tree-facts.ts'
import type { CatalogIndex, NamedTable } from './catalog-index.ts'
import type { NameFault, Source } from './resolution.ts'
import { nearestNames } from './nearest-names.ts'

/** Writes a stored name: unquoted if folding preserves it, else quoted. */
export const written = (name: string): string =>
  /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`

const writtenTable = (table: NamedTable): string => [table.database, table.schema, table.name].map(written).join('.')
const shown = (parts: readonly NamePart[]): string =>
  parts.map((part) => (part.quoted ? `"${part.text}"` : part.text)).join('.')

/** The fault of an unknown table, with the only table that differs in case, quotes or qualifier, or with the nearest tables. */
export function tableFault(ref: TableRef, index: CatalogIndex): NameFault {
  const names = ref.parts.map(fold)
  const [only, ...more] = index.meant(names)
  const reason = `There is no table ${shown(ref.parts)}.`
  if (only !== undefined && more.length === 0 && ref.span !== null) {
    const text = writtenTable(only)
    return { code: 'unknown_table', reason, action: `Write ${text}.`, span: ref.span, fix: { span: ref.span, text } }
  }
  const near = (only === undefined ? index.nearest(names, 3) : [only, ...more].slice(0, 3)).map(writtenTable)
  const action = near.length === 0 ? 'Use a table that exists.' : `Did you mean ${near.join(', ')}?`
  return {
    code: 'unknown_table',
    reason: near.length === 0 ? reason : `${reason} The nearest: ${near.join(', ')}.`,
    action,
    span: ref.span,
    fix: null,
  }
}

/** The fault of a column that no source has. */
export function columnFault(
  parts: readonly NamePart[],
  span: Span | null,
  sources: readonly Source[],
  aliases: readonly string[],
): NameFault {
  const last = parts.at(-1)
  const name = last === undefined ? '' : fold(last)
  const names = new Set([...sources.flatMap((source) => [...source.columns]), ...aliases])
  const same = [...names].filter((candidate) => candidate.toUpperCase() === name.toUpperCase())
  const reason = `There is no column ${shown(parts)}${placeOf(sources)}.`
  const [only, ...more] = same
  if (only !== undefined && more.length === 0) return slip(reason, written(only), parts, span)
  const near = (same.length > 0 ? same : nearestNames(name, names, 3)).map(written)
  const action = near.length === 0 ? 'Use a column that exists.' : `Did you mean ${near.join(', ')}?`
  const full = near.length === 0 ? reason : `${reason} The nearest: ${near.join(', ')}.`
  return { code: 'unknown_column', reason: full, action, span, fix: null }
}

/** The fault of a column whose case or quotes are wrong, with the correction. */
function slip(reason: string, text: string, parts: readonly NamePart[], span: Span | null): NameFault {
  const before = parts
    .slice(0, -1)
    .map((part) => `${part.quoted ? `"${part.text.replaceAll('"', '""')}"` : part.text}.`)
  const whole = before.join('') + text
  const fix = span === null ? null : { span, text: whole }
  return { code: 'unknown_column', reason, action: `Write ${whole}.`, span, fix }
}

function placeOf(sources: readonly Source[]): string {
  const [only, ...more] = sources
  if (only === undefined || more.length > 0) return ''
  const name = only.table === null ? only.alias : only.table.name
  return name === null ? '' : ` in ${name}`
}

/** The fault of a qualifier that names nothing in FROM. */
export function qualifierFault(parts: readonly NamePart[], span: Span | null, sources: readonly Source[]): NameFault {
  const holder = parts.slice(0, -1)
  const names = sources.flatMap((source) => source.alias ?? source.qualified.at(-1) ?? [])
  const wanted = holder.map(fold).join('.')
  const same = names.filter((name) => name.toUpperCase() === wanted.toUpperCase())
  const reason = `Nothing in FROM is called ${shown(holder)}.`
  const [only] = same
  const last = parts.at(-1)
  if (only !== undefined && same.length === 1 && span !== null && last !== undefined) {
    const text = `${written(only)}.${last.quoted ? `"${last.text.replaceAll('"', '""')}"` : last.text}`
    return { code: 'unknown_column', reason, action: `Write ${text}.`, span, fix: { span, text } }
  }
  const near = nearestNames(wanted, names, 3).map(written)
  const action = near.length === 0 ? `Name a table of this query.` : `Did you mean ${near.join(', ')}?`
  return { code: 'unknown_column', reason, action, span, fix: null }
}
