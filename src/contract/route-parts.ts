import * as z from 'zod/mini'
import { Problem } from './problem.ts'

/** What every route may answer instead of its output. */
export const problems = { PROBLEM: { data: Problem } }

/** The answer of routes that have nothing to tell but that it is done. */
export const ok = z.object({ ok: z.literal(true) })
