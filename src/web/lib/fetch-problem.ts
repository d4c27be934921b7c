import { z } from 'zod'
import { Problem } from '../../contract/problem.ts'

const Wrapped = z.object({ data: Problem })

/** The problem inside a failed HTTP answer, or one made from its status. Never throws. */
export async function readHttpProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const bare = Problem.safeParse(body)
  if (bare.success) return bare.data
  const wrapped = Wrapped.safeParse(body)
  if (wrapped.success) return wrapped.data.data
  return {
    code: response.status === 404 ? 'not_found' : 'internal',
    message: `Floe answered with status ${response.status}.`,
    action: 'Try again in a moment.',
    whoseTurn: 'operator',
  }
}
