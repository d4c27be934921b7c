import type { Caller } from '../caller.ts'
import type { Connections } from '../ports/connections.ts'
import type { Interpreter } from '../ports/interpreter.ts'
import { ProblemError } from '../problem.ts'

/** Questions that a connection can answer; none when it cannot be opened, because asking it explains why. */
export type Starters = (caller: Caller, connection: string, signal: AbortSignal) => Promise<readonly string[]>

export function makeStarters({
  connections,
  suggestQuestions,
}: {
  readonly connections: Connections
  readonly suggestQuestions: Interpreter['suggestQuestions']
}): Starters {
  return async (caller, ref, signal) => {
    try {
      const connection = await connections.open(caller, ref, signal)
      return await suggestQuestions(await connection.catalog(signal), signal)
    } catch (error) {
      if (error instanceof ProblemError) return []
      throw error
    }
  }
}
