import type { ConnectionReport, DoctorStep } from '../../contract/connection.ts'
import type { Problem } from '../../contract/problem.ts'
import { escapeLines } from './terminal-text.ts'

const marks = { ok: 'ok      ', warning: 'WARNING ', failed: 'FAILED  ', skipped: 'skipped ' } as const

/** The steps of a tried connection for people, each with what to do and the SQL for it. */
export const describeReport = (connection: string, { steps, warning }: ConnectionReport): string =>
  escapeLines(
    steps.map((step) => describeStep(connection, step)).join('') +
      (warning === null ? '' : `WARNING   ${connection}: ${warning}\n`),
  )

/** The same for programs, a JSON object a line. */
export const reportLines = (connection: string, { steps }: ConnectionReport): string =>
  steps.map((step) => `${JSON.stringify({ connection, ...step })}\n`).join('')

function describeStep(connection: string, { name, state, detail, action, sql }: DoctorStep): string {
  const indented = (text: string, by: string) => text.replace(/^/gm, by)
  return [
    `${marks[state]}  ${connection}: ${name}: ${detail}`,
    ...(action === null ? [] : [indented(action, '          ')]),
    ...(sql === null ? [] : [indented(sql, '            ')]),
    '',
  ].join('\n')
}

/** A problem as the command line says it: what happened, its details, what to do. */
export const describeProblem = ({ message, details = [], action }: Problem): string =>
  escapeLines(`floe: ${message}\n${details.map((detail) => `  ${detail}\n`).join('')}  ${action}\n`)
