import { threadWords } from '../words/thread.ts'

/** SQL in tidy lines, or why it stays as it is. */
export type FormattedSql =
  { readonly sql: string; readonly fault: null } | { readonly sql: null; readonly fault: string }

/** Lays SQL out anew, without changing what it says. The formatter is fetched when it is first wanted. */
export async function formatSql(sql: string): Promise<FormattedSql> {
  try {
    const { formatDialect, snowflake } = await import('sql-formatter')
    return { sql: formatDialect(sql, { dialect: snowflake, keywordCase: 'upper', tabWidth: 2 }), fault: null }
  } catch {
    return { sql: null, fault: threadWords.notFormatted }
  }
}
