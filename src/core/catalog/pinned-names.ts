import type { Mention } from '../../contract/command.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { mentionText, readName, writeName, type WrittenPart } from '../../contract/words/names.ts'
import { nearestNames } from '../guard/names/nearest-names.ts'
import { problem } from '../problem.ts'
import { listed } from '../sentences.ts'
import type { Catalog, CatalogTable } from './catalog.ts'

/** A place of a question that stands for exactly one table or column. Offsets are UTF-16 code units, the end exclusive. */
export interface PinnedName {
  readonly from: number
  readonly to: number
  readonly table: TableName
  /** Null for the table itself. */
  readonly column: string | null
}

type Named = Pick<PinnedName, 'table' | 'column'>

/** The full name of what a place stands for, as a mention writes it. */
export const nameOfPinned = ({ table, column }: Named): string =>
  writeName([table.database, table.schema, table.name, ...(column === null ? [] : [column])])

/** The text that names it in a question: the one that is written there where that is certain by itself, else its full name after `@`. */
export function textOfPinned(pinned: Named, written: string, catalog: Catalog): string {
  const own = written.startsWith('@') ? findNamed(written.slice(1), null, catalog) : null
  return own !== null && nameOfPinned(own) === nameOfPinned(pinned) ? written : `@${nameOfPinned(pinned)}`
}

/**
 * The names that places of a question stand for: those that a person chose, and `@NAME` in the text where exactly one table or column has that
 * name. Throws `bad_question` for a chosen name that the catalog does not have exactly once.
 */
export function pinNames(question: string, chosen: readonly Mention[], catalog: Catalog): readonly PinnedName[] {
  const pinned = chosen.map(({ from, to, kind, name }): PinnedName => {
    const found = findNamed(name, kind, catalog)
    if (found === null) throw unknownName(question.slice(from, to), { from, to, kind, name }, catalog)
    return { from, to, ...found }
  })
  return [...pinned, ...writtenNames(question, pinned, catalog)].toSorted((a, b) => a.from - b.from)
}

/** The same for a question that was asked before: names that are gone meanwhile are words again. */
export function pinKnownNames(question: string, chosen: readonly Mention[], catalog: Catalog): readonly PinnedName[] {
  const known = chosen.filter(({ kind, name }) => findNamed(name, kind, catalog) !== null)
  return pinNames(question, known, catalog)
}

/** The table of a mention with a full name; null where parts of it are left out. */
export function tableOfMention({ name: written }: Mention): TableName | null {
  const [database, schema, name] = (readName(written) ?? []).map(({ text }) => text)
  return database === undefined || schema === undefined || name === undefined ? null : { database, schema, name }
}

/** The tables that places of a question stand for; the whole catalog where there are none. */
export function catalogOf(pinned: readonly PinnedName[], catalog: Catalog): Catalog {
  if (pinned.length === 0) return catalog
  const isPinned = (table: CatalogTable): boolean =>
    pinned.some(
      ({ table: { database, schema, name } }) =>
        table.name === name && table.schema === schema && table.database === database,
    )
  return { ...catalog, tables: catalog.tables.filter(isPinned) }
}

/** A question with the last part of each name in the place of what stands for it, for rules that know only words. */
export function withPlainNames(question: string, pinned: readonly PinnedName[]): string {
  return pinned.reduceRight(
    (text, { from, to, table, column }) => `${text.slice(0, from)}${column ?? table.name}${text.slice(to)}`,
    question,
  )
}

/** Names after `@` that are written out in a question, outside of the places that are pinned already. */
function writtenNames(question: string, pinned: readonly PinnedName[], catalog: Catalog): readonly PinnedName[] {
  return [...question.matchAll(mentionText)].flatMap(({ 0: text, 1: name = '', index }): readonly PinnedName[] => {
    const [from, to] = [index, index + text.length]
    if (pinned.some((one) => one.from < to && from < one.to)) return []
    const found = findNamed(name, null, catalog)
    return found === null ? [] : [{ from, to, ...found }]
  })
}

/** The one table or column of a dotted name; null where there is none or more than one. */
function findNamed(name: string, kind: Mention['kind'] | null, catalog: Catalog): Named | null {
  const parts = readName(name)
  if (parts === null) return null
  const column = parts.at(-1)
  const tables = kind === 'column' ? [] : tablesNamed(parts, catalog)
  const columns =
    kind === 'table' || column === undefined
      ? []
      : tablesNamed(parts.slice(0, -1), catalog).flatMap((table) =>
          namesLike(
            column,
            table.columns.map((one) => one.name),
          ).map((found) => ({ table, column: found })),
        )
  const [only, ...more] = [...tables.map((table) => ({ table, column: null })), ...columns]
  if (only === undefined || more.length > 0) return null
  const { database, schema, name: stored } = only.table
  return { table: { database, schema, name: stored }, column: only.column }
}

/** The tables that a name of one to three parts may mean. A name without its schema means the one of the default schema first. */
function tablesNamed(parts: readonly WrittenPart[], catalog: Catalog): readonly CatalogTable[] {
  const [name, schema, database, ...more] = parts.toReversed()
  if (name === undefined || more.length > 0) return []
  const isLike = (part: WrittenPart | undefined, stored: string): boolean =>
    part === undefined || namesLike(part, [stored]).length > 0
  const called = catalog.tables.filter(
    (table) => isLike(name, table.name) && isLike(schema, table.schema) && isLike(database, table.database),
  )
  const exact = called.filter(
    (table) =>
      table.name === name.text &&
      (schema === undefined || table.schema === schema.text) &&
      (database === undefined || table.database === database.text),
  )
  const best = exact.length > 0 ? exact : called
  const usual = best.filter(
    (table) => table.database === catalog.defaultDatabase && table.schema === catalog.defaultSchema,
  )
  return schema === undefined && usual.length > 0 ? usual : best
}

/** The stored names that a part may mean: the very same letters first, else, without quotes, those that differ in case alone. */
function namesLike({ text, quoted }: WrittenPart, stored: readonly string[]): readonly string[] {
  const exact = stored.filter((name) => name === text)
  const folded = text.toLowerCase()
  return exact.length > 0 || quoted ? exact : stored.filter((name) => name.toLowerCase() === folded)
}

function unknownName(words: string, { from, to, kind, name }: Mention, catalog: Catalog): Error {
  const parts = readName(name)
  const owner = kind === 'column' && parts !== null ? tablesNamed(parts.slice(0, -1), catalog) : []
  const [table] = owner
  const wanted = parts?.at(-1)?.text ?? name
  const names = table === undefined ? catalog.tables.map((one) => one.name) : table.columns.map((one) => one.name)
  const near = nearestNames(wanted, new Set(names), 3)
  const count = parts === null ? 0 : tablesNamed(kind === 'column' ? parts.slice(0, -1) : parts, catalog).length
  return problem(
    'bad_question',
    count > 1
      ? `"${words}" may be any of ${count} tables called ${name}.`
      : `There is no ${kind} ${name} that this connection can see.`,
    count > 1
      ? 'Name it with its schema.'
      : near.length === 0
        ? 'Choose it anew, or take it out of the question.'
        : `Choose it anew; the nearest ${near.length === 1 ? 'is' : 'are'} ${listed(near)}.`,
    { span: { start: from, end: to } },
  )
}
