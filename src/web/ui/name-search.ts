import type { CatalogHit, CatalogNames } from '../../contract/catalog.ts'
import { readName, writeName } from '../../contract/words/names.ts'

/** Something that can be named after `@`. */
export interface NamedItem {
  readonly kind: 'table' | 'view' | 'family' | 'column' | 'favorite'
  readonly name: string
  /** Database, schema, table and column as they are stored. */
  readonly path: readonly string[]
  /** What it lies in, for the eye. */
  readonly place: string
  /** Its full name, each part quoted where it is no plain word. */
  readonly fullName: string
  /** The shortest text that names it alone, without the `@`; empty for a family, which stands for several tables; a favorite's question. */
  readonly text: string
  readonly comment: string
}

/** Finds tables by what is typed, the likeliest first. */
export interface NameSearch {
  find(query: string, limit: number): readonly NamedItem[]
  /** The tables that a finished name before a dot may mean. */
  tablesCalled(parts: readonly string[]): readonly NamedItem[]
  /** A column that the server found, by the shortest text that names it; null where its table is not known. */
  columnOf(hit: CatalogHit): NamedItem | null
}

interface Entry extends NamedItem {
  readonly lower: string
  readonly lowerPlace: string
  readonly lowerComment: string
}

/** Makes the search over all names of a connection. Each look goes once over flat arrays, which takes milliseconds for 12,000 tables. */
export function makeNameSearch(schemas: NonNullable<CatalogNames['schemas']>): NameSearch {
  const counts = countNames(schemas)
  const entries = schemas.flatMap(({ database, schema, names, kinds, comments }) =>
    names.flatMap((name, at): readonly Entry[] => {
      const kind = kindOf(kinds.charAt(at))
      if (kind === null) return []
      const comment = comments[at] ?? ''
      const place = `${database}.${schema}`
      return [
        {
          kind,
          name,
          path: [database, schema, name],
          place,
          fullName: writeName([database, schema, name]),
          text: kind === 'family' ? '' : shortest(counts, [database, schema, name]),
          comment,
          lower: name.toLowerCase(),
          lowerPlace: place.toLowerCase(),
          lowerComment: comment.toLowerCase(),
        },
      ]
    }),
  )
  const byPath = new Map(entries.map((entry) => [entry.fullName, entry]))
  return {
    columnOf: (hit) => columnOfHit(hit, (fullName) => byPath.get(fullName)?.text ?? fullName),
    find: (query, limit) => findEntries(entries, query, limit),
    tablesCalled: (parts) => {
      const wanted = parts.map((part) => part.toLowerCase())
      return entries.filter(({ kind, lower, lowerPlace }) => {
        if (kind === 'family' || lower !== wanted.at(-1)) return false
        const around = wanted.slice(0, -1).join('.')
        return around === '' || lowerPlace === around || lowerPlace.endsWith(`.${around}`)
      })
    },
  }
}

function kindOf(letter: string): 'table' | 'view' | 'family' | null {
  if (letter === 'v') return 'view'
  if (letter === 'f') return 'family'
  // A semantic view is no table that a query can read.
  return letter === 't' ? 'table' : null
}

/** How many tables have a name, and how many of one schema name, without regard to case. */
function countNames(schemas: NonNullable<CatalogNames['schemas']>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const { schema, names } of schemas)
    for (const name of names) {
      count(name.toLowerCase())
      count(`${schema}.${name}`.toLowerCase())
    }
  return counts
}

function shortest(counts: ReadonlyMap<string, number>, [database, schema, name]: [string, string, string]): string {
  if (counts.get(name.toLowerCase()) === 1) return writeName([name])
  return writeName(counts.get(`${schema}.${name}`.toLowerCase()) === 1 ? [schema, name] : [database, schema, name])
}

/** What is typed, as letters to look for: quotes do not matter, and a dot parts a schema from its tables. */
export function lettersOf(query: string): { readonly around: string; readonly letters: string } {
  const plain = query.replaceAll('"', '').toLowerCase()
  const dot = plain.lastIndexOf('.')
  return { around: dot < 0 ? '' : plain.slice(0, dot), letters: plain.slice(dot + 1) }
}

/** The finished parts before the last dot of what is typed; null without a dot. */
export function ownerOf(query: string): readonly string[] | null {
  const dot = query.lastIndexOf('.')
  return dot < 0 ? null : (readName(query.slice(0, dot))?.map(({ text }) => text) ?? null)
}

function findEntries(entries: readonly Entry[], query: string, limit: number): readonly NamedItem[] {
  const { around, letters } = lettersOf(query)
  const isAround = ({ lowerPlace }: Entry): boolean =>
    around === '' || lowerPlace === around || lowerPlace.endsWith(`.${around}`)
  const ranks: Entry[][] = [[], [], [], []]
  for (const entry of entries) {
    const rank = rankOf(entry.lower, letters)
    const found = rank === null ? undefined : ranks[rank]
    if (found !== undefined && (rank === 0 || found.length < limit) && isAround(entry)) found.push(entry)
  }
  const named = ranks.flat()
  if (named.length >= limit || letters.length < 3) return named.slice(0, limit)
  // Comments are read only where names do not fill the list.
  const known = new Set(named)
  const told = entries.filter((entry) => entry.lowerComment.includes(letters) && !known.has(entry) && isAround(entry))
  return [...named, ...told].slice(0, limit)
}

/** 0 for the very name, then the beginning of it, of a word in it, and any part of it; null for no match. */
function rankOf(lower: string, letters: string): number | null {
  const at = lower.indexOf(letters)
  if (at < 0) return null
  if (at > 0) return /[^a-z0-9]/.test(lower.charAt(at - 1)) ? 2 : 3
  return lower.length === letters.length ? 0 : 1
}

/** The columns of a table that fit what is typed after its dot. */
export function columnItems(
  table: NamedItem,
  columns: readonly { readonly name: string; readonly type: string; readonly comment: string | null }[],
  letters: string,
): readonly NamedItem[] {
  const found = columns.filter(({ name }) => name.toLowerCase().includes(letters))
  const begins = (name: string): number => Number(!name.toLowerCase().startsWith(letters))
  return found
    .toSorted((a, b) => begins(a.name) - begins(b.name))
    .map(({ name, type, comment }) => ({
      kind: 'column',
      name,
      path: [...table.path, name],
      place: `${type} · ${table.name}`,
      fullName: `${table.fullName}.${writeName([name])}`,
      text: `${table.text}.${writeName([name])}`,
      comment: comment ?? '',
    }))
}

/** The tables that a family folds together. */
export const memberItems = ({ path, place }: NamedItem, names: readonly string[]): readonly NamedItem[] =>
  names.map((name) => {
    const own = [...path.slice(0, 2), name]
    const fullName = writeName(own)
    return { kind: 'table', name, path: own, place, fullName, text: fullName, comment: '' }
  })

function columnOfHit(
  { name, table, type, comment, kind }: CatalogHit,
  textOf: (table: string) => string,
): NamedItem | null {
  const owner = table === null ? null : readName(table)?.map(({ text }) => text)
  if (owner === null || owner === undefined || kind !== 'column') return null
  const tableName = writeName(owner)
  const own = writeName([name])
  return {
    kind: 'column',
    name,
    path: [...owner, name],
    place: [type ?? '', owner.at(-1) ?? ''].filter((part) => part !== '').join(' · '),
    fullName: `${tableName}.${own}`,
    text: `${textOf(tableName)}.${own}`,
    comment: comment ?? '',
  }
}

/** A name as ids write it: quoted wherever SQL would need it. */
export const sqlName = (path: readonly string[]): string =>
  path.map((part) => (/^[A-Z_][A-Z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.')
