import { problem } from '../../../core/problem.ts'

/** What may stand before a statement's first word: blanks, semicolons, brackets and the three kinds of comment. */
const leading = /^(?:[\s;(\uFEFF]+|--[^\n\r]*|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)+/

/** Statements that move files or speak to the driver, not to the warehouse. */
const transfers = /^(?:put|get|list|ls|remove|rm)\b/i

/**
 * The last look before a statement leaves: PUT and GET move files. The guard has refused them long before; this holds whatever led here.
 * Throws `sql_refused`.
 */
export function refuseTransfer(sql: string): void {
  const text = sql.replace(leading, '')
  if (!transfers.test(text) && !text.startsWith('/*')) return
  throw problem('sql_refused', 'Statements that move files are never run.', 'Send a single SELECT.')
}
