import type { Problem } from '../contract/problem.ts'
import { escapeLines } from './format/terminal-text.ts'

/** A problem as the command line says it: what happened, its details, what to do. */
export const describeProblem = ({ message, details = [], action }: Problem): string =>
  escapeLines(`floe: ${message}\n${details.map((detail) => `  ${detail}\n`).join('')}  ${action}\n`)
