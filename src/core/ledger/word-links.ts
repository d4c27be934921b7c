import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { makeLikeness } from '../catalog/likeness.ts'
import { nameCatalog, type NamedTable } from '../catalog/named-catalog.ts'
import { separate } from '../catalog/split-name.ts'
import { makeSynonyms } from '../catalog/synonyms.ts'
import { rootOf, singular } from '../catalog/word-forms.ts'
import { makeValueAliases } from '../language/value-aliases.ts'
import { contains, type QueryPart } from './query-parts.ts'

/** Finds the parts of a query that a word of the question names. Words are in lower case. */
export interface WordLinks {
  /** Tables, columns, literals, functions and named results that match the word, best first. */
  partsFor(word: string, beside: readonly string[]): readonly QueryPart[]
  /** The literals that hold a text. */
  literalsFor(text: string): readonly QueryPart[]
  /** The table that a column part belongs to; null when it cannot be told. */
  tableOf(part: QueryPart): NamedTable | null
}

/** Makes the links of one query. */
export type MakeWordLinks = (parts: readonly QueryPart[], catalog: Catalog) => WordLinks

/** Catalogs up to this many tables are named as a whole, which tells prefixes that all names share. */
const smallCatalog = 60

/** Words for a quality and the words of columns that hold it. */
const concepts: readonly (readonly [words: string, names: string])[] = [
  [
    'old young age aged older younger oldest youngest',
    'age birth birthday birthdate born dob founded established opened built year date',
  ],
  ['tall high height taller', 'height altitude elevation'],
  ['long short length far duration', 'length duration runtime distance minutes hours time'],
  ['heavy light weigh weighs', 'weight mass'],
  ['expensive cheap costly cost price costs', 'price cost fare fee rate amount value charge total'],
  ['rich wealthy wealth', 'worth wealth money balance earning salary income budget gdp'],
  ['fast slow speed', 'speed velocity horsepower pace time duration'],
  ['large big small size', 'size area population capacity total amount quantity number'],
  [
    'revenue revenues sales turnover income spent spend spends spending money sold paid pay expenditure value worth',
    'price amount total cost revenue sale value fee payment paid charge spent',
  ],
  [
    'earn earns earned earning',
    'price amount total cost revenue sale value fee payment paid charge spent salary wage pay income compensation earning',
  ],
  ['origin from', 'country nation source nationality city hometown'],
  ['popular popularity common frequent', 'popularity count number'],
  ['rated rating ratings', 'rating score star grade gpa point'],
  ['born', 'birth birthday birthdate year date dob country place city'],
  ['named names name titled title called', 'name title label'],
  ['weekday weekdays', 'dayname dayofweek dayofweekiso weekday day'],
  ['date day time year month week quarter when', 'date day time year month timestamp created at'],
]
const conceptsOf: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  concepts.flatMap(([words, names]) => words.split(' ').map((word) => [word, new Set(names.split(' '))] as const)),
)

/** Makes the maker, which holds the synonyms. */
export function makeWordLinker(): MakeWordLinks {
  const synonyms = makeSynonyms()
  const { ofWords } = makeLikeness(synonyms)
  const aliases = makeValueAliases()
  const named = new WeakMap<Catalog, readonly NamedTable[]>()

  const tablesOf = (parts: readonly QueryPart[], catalog: Catalog): readonly NamedTable[] => {
    const names = new Set(parts.flatMap(({ kind, name }) => (kind === 'table' ? [name.toUpperCase()] : [])))
    const isUsed = (table: CatalogTable): boolean => names.has(table.name.toUpperCase())
    if (catalog.tables.length > smallCatalog)
      return nameCatalog({ ...catalog, tables: catalog.tables.filter(isUsed) }).tables
    const all = named.get(catalog) ?? nameCatalog(catalog).tables
    named.set(catalog, all)
    return all.filter(({ table }) => isUsed(table))
  }

  const isLike = (word: string, name: string): boolean => word === name || ofWords(word, name) > 0

  return (parts, catalog) => {
    const tables = tablesOf(parts, catalog)
    const byQualifier = new Map<string, NamedTable>()
    for (const part of parts) {
      const table =
        part.kind === 'table' ? tables.find((t) => t.table.name.toUpperCase() === part.name.toUpperCase()) : undefined
      if (table !== undefined) byQualifier.set(part.qualifier ?? part.name, table)
    }
    const holders = (part: QueryPart): readonly NamedTable[] => {
      const own = part.qualifier === undefined ? undefined : byQualifier.get(part.qualifier)
      const among = own === undefined ? tables : [own]
      return among.filter((table) =>
        table.columns.some(({ column }) => column.name.toUpperCase() === part.name.toUpperCase()),
      )
    }
    const known = new Map<QueryPart, readonly string[]>()
    const readWords = (part: QueryPart): readonly string[] => {
      if (part.kind === 'table') return (byQualifier.get(part.qualifier ?? part.name)?.ways ?? []).flat()
      if (part.kind === 'column') {
        const found = holders(part).flatMap((table) =>
          table.columns
            .filter(({ column }) => column.name.toUpperCase() === part.name.toUpperCase())
            .flatMap(({ ways }) => ways.flat()),
        )
        return [...new Set([...found, ...plainWords(part.name)])]
      }
      return plainWords(part.name)
    }
    const wordsOf = (part: QueryPart): readonly string[] => {
      const found = known.get(part) ?? readWords(part)
      known.set(part, found)
      return found
    }
    const names = parts.filter((part) => isNamed(part, parts))
    const literals = parts.filter(({ kind }) => kind === 'text')

    return {
      tableOf: (part) =>
        part.kind === 'table' ? (byQualifier.get(part.qualifier ?? part.name) ?? null) : (holders(part)[0] ?? null),
      literalsFor: (text) => literals.filter((part) => holdsText(part.name, text)),
      partsFor(word, beside) {
        const asked = singular(word)
        const root = rootOf(word)
        const forms = [
          ...new Set([asked, root, ...beside.map(singular), ...synonyms.of(root), ...synonyms.of(`${root}e`)]),
        ]
        const concept = conceptsOf.get(word) ?? conceptsOf.get(asked)
        const exact = names.filter((part) => wordsOf(part).some((name) => forms.some((form) => isLike(form, name))))
        const values = literals.filter((part) => isValue(asked, word, part.name))
        const meant = names.filter((part) => wordsOf(part).some((name) => concept?.has(name) === true))
        return [...new Set([...values, ...exact, ...meant])]
      },
    }

    function isValue(asked: string, word: string, literal: string): boolean {
      const text = plainText(literal)
      const words = text.split(' ')
      if (words.some((one) => one === word || singular(one) === asked)) return true
      if (
        [...aliases(word), ...aliases(asked)].some(
          (alias) => alias === text || (alias.length > 3 && words.includes(alias)),
        )
      )
        return true
      return (
        asked.length >= 4 &&
        words.some(
          (one) =>
            rootOf(one) === rootOf(asked) || (one.length >= 4 && (one.startsWith(asked) || asked.startsWith(one))),
        )
      )
    }
  }
}

/** Whether a part has a name that the question may use. An alias counts where it names something computed from columns. */
function isNamed(part: QueryPart, parts: readonly QueryPart[]): boolean {
  if (part.kind === 'table' || part.kind === 'column' || part.kind === 'call') return true
  const { refers } = part
  return (
    part.kind === 'alias' && refers !== undefined && parts.some((one) => one.kind === 'column' && contains(refers, one))
  )
}

const plainWords = (name: string): readonly string[] => separate(name).map((word) => singular(word.toLowerCase()))

/** A literal as words: lower case, without signs and wildcards. */
const plainText = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

function holdsText(literal: string, text: string): boolean {
  const [held, asked] = [plainText(literal), plainText(text)]
  if (asked === '') return literal.includes(text)
  return held === asked || ` ${held} `.includes(` ${asked} `) || literal.toLowerCase().includes(text.toLowerCase())
}
