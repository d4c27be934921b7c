import * as z from 'zod/mini'
import { Problem } from './problem.ts'

/**
 * A problem as HTTP answers it: an RFC 9457 document (`application/problem+json`) that is a Problem too, so one schema reads
 * both doors. `detail` is the problem's message; `instance` names the request in the server's log.
 */
export const ProblemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().check(z.gte(400), z.lte(599)),
  detail: z.string(),
  instance: z.string(),
  ...Problem.shape,
})
export type ProblemDocument = z.infer<typeof ProblemDocument>
