import { catalogId, type CatalogAge } from '../../../contract/catalog.ts'
import { say } from '../../words/language.ts'
import { schemaWords as words } from '../../words/schema.ts'

/** The SQL that lets a role read a database; placeholders stand for names that are not known. */
export function grantsFor(role: string | null, database: string | null): string {
  const [to, of] = [
    role === null ? 'my_role' : catalogId(role),
    database === null ? 'my_database' : catalogId(database),
  ]
  return `GRANT USAGE ON DATABASE ${of} TO ROLE ${to};
GRANT USAGE ON ALL SCHEMAS IN DATABASE ${of} TO ROLE ${to};
GRANT SELECT ON ALL TABLES IN DATABASE ${of} TO ROLE ${to};
GRANT SELECT ON ALL VIEWS IN DATABASE ${of} TO ROLE ${to};`
}

const typeWords: readonly (readonly [RegExp, string])[] = [
  [/^(?:number|decimal|numeric|\w*int|float|double|real|decfloat)/i, words.types.number],
  [/^(?:varchar|char|string|text|nchar|nvarchar|enum|uuid)/i, words.types.text],
  [/^(?:timestamp|datetime)/i, words.types.moment],
  [/^date/i, words.types.date],
  [/^time/i, words.types.time],
  [/^bool/i, words.types.boolean],
]

/** What a column holds, in plain words; for anything unusual the type itself. */
export const sayType = (type: string): string =>
  typeWords.find(([pattern]) => pattern.test(type))?.[1] ?? type.toLowerCase()

/** How the list stands, one short phrase; `ago` says when it was compared with the source. */
export function sayAge({ state, readAt }: CatalogAge, ago: (at: string) => string): string {
  return readAt === null ? words.ages[state] : say(words.ages[`${state}Since`], { ago: ago(readAt) })
}

/** The address of a table's details. */
export const pathOfTable = (connection: string, table: string): string =>
  `/data/${encodeURIComponent(connection)}?table=${encodeURIComponent(table)}`
