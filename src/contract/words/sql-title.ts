/** Stands for a query that has no words of its own. */
const unnamed = 'Query in SQL'
const longest = 80

/** What a query in SQL is called in lists: its first words, on one line and without the comments before them. */
export function sqlTitle(sql: string): string {
  const text = sql
    .slice(0, 4_000)
    .replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (text === '') return unnamed
  if (text.length <= longest) return text
  const cut = text.slice(0, longest)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), longest / 2)).trimEnd()}…`
}
