import type { Column } from '../../../contract/result.ts'
import { harmlessCell } from '../../../contract/words/spreadsheet.ts'
import type { Row } from '../../lib/turn-view.ts'

/** The rows as tab-separated text with the columns' names, exact values, NULL as nothing: what spreadsheets take from the clipboard. */
export function tableText(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => column.name), ...rows.map((row) => row.map((cell) => String(cell ?? '')))]
  return lines.map((line) => line.map(quoted).join('\t')).join('\n')
}

function quoted(text: string): string {
  const harmless = harmlessCell(text)
  return /[\t\n\r"]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
