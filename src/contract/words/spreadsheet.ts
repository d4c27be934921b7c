import type { Cell, Column } from '../result.ts'
import { exactCell } from './cells.ts'

/**
 * What makes a spreadsheet take a cell for a formula (OWASP, ASVS 1.2.10), full-width forms included, behind any blanks, quotes,
 * semicolons, control and zero-width characters that spreadsheets skip. A leading apostrophe counts too: doubling it keeps the
 * rule reversible. The text is a regular expression that JavaScript (`u`) and RE2 read alike.
 */
export const formulaPattern = String.raw`^(?:'|\p{Cc}|[\p{Z}\p{Cc}\p{Cf}"';]*[=+\-@` + '＝＋－＠])'

/** A plain number, which stays a number even with a sign in front. The same two dialects read it. */
export const plainNumberPattern = String.raw`^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$`

const formula = new RegExp(formulaPattern, 'u')
const plainNumber = new RegExp(plainNumberPattern, 'u')

/** A cell's text for a spreadsheet: what would run as a formula gets a leading apostrophe, which makes it text. */
export const harmlessCell = (text: string): string =>
  formula.test(text) && !plainNumber.test(text) ? `'${text}` : text

/** Rows as tab-separated text with the columns' names, exact values, NULL as nothing: what spreadsheets take from the clipboard. */
export function tableText(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map((cell, index) => exactCell(cell, columns[index]) ?? ''))
  return [columns.map((column) => column.name), ...cells].map((line) => line.map(clipboardCell).join('\t')).join('\n')
}

/** Rows as a table in Markdown with the columns' names, exact values, NULL as nothing. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`
  return [
    line(columns.map(({ name }) => name)),
    `| ${columns.map(({ kind }) => (kind === 'number' ? '---:' : '---')).join(' | ')} |`,
    ...rows.map((row) => line(columns.map((column, at) => exactCell(row[at] ?? null, column) ?? ''))),
  ].join('\n')
}

/** Line breaks become blanks; what Markdown or HTML would take for markup is escaped. */
const markdownCell = (text: string): string =>
  text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll(/[\\|`*_[\]<>]/g, String.raw`\$&`)

function clipboardCell(text: string): string {
  const harmless = harmlessCell(text)
  return /[\t\n\r"]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/**
 * A line of CSV as RFC 4180 has it: CRLF, quotes doubled, null empty and empty text `""`. A text that a spreadsheet would run as a formula
 * gets a leading apostrophe; plain numbers stay numbers.
 */
export const csvLine = (fields: readonly (string | null)[]): string => `${fields.map(csvField).join(',')}\r\n`

function csvField(text: string | null): string {
  if (text === null) return ''
  const harmless = harmlessCell(text)
  return harmless === '' || /[",\r\n\0]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
