import type { NamedTable } from '../../catalog/named-catalog.ts'

/** Words that Snowflake does not take as a name without quotes. */
const reserved = new Set(
  (
    'ACCOUNT ALL ALTER AND ANY AS ASC BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE ' +
    'CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DESC DISTINCT DROP ELSE EXISTS FALSE FOLLOWING FOR FROM FULL GRANT GROUP ' +
    'GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN LATERAL LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP MINUS ' +
    'NATURAL NOT NULL OF OFFSET ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START ' +
    'TABLE TABLESAMPLE THEN TO TOP TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WINDOW WITH'
  ).split(' '),
)

/** A stored name as SQL must spell it: quoted only where Snowflake would fold or refuse it otherwise. */
export const identifier = (name: string): string =>
  /^[A-Z_][A-Z0-9_$]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`

/** The fully qualified name of a table. */
export const qualifiedName = ({ table }: NamedTable): string =>
  [table.database, table.schema, table.name]
    .filter((part) => part !== '')
    .map(identifier)
    .join('.')

export const textLiteral = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Short names for the tables of a query, from the first letters of their words. */
export function shortNames(tables: readonly NamedTable[]): ReadonlyMap<NamedTable, string> {
  const taken = new Set<string>()
  const names = new Map<NamedTable, string>()
  for (const table of tables) {
    const initials = (table.ways[0] ?? ['t'])
      .map((word) =>
        word
          .normalize('NFD')
          .replace(/[^a-z]/g, '')
          .slice(0, 1),
      )
      .join('')
      .toUpperCase()
    const start = initials === '' || reserved.has(initials) ? 'T' : initials
    let name = start
    for (let i = 2; taken.has(name); i += 1) name = `${start}${i}`
    taken.add(name)
    names.set(table, name)
  }
  return names
}
