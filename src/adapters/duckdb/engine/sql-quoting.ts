/** A name as DuckDB's SQL writes it, whatever it holds. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as DuckDB's SQL writes it. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
