import type { SpanFacts, Tracer } from '../ports/tracer.ts'
import { presentProblem } from '../problem.ts'

/** Runs work as a span of its own, which ends with it. */
export async function traced<T>(tracer: Tracer, name: string, facts: SpanFacts, work: () => Promise<T>): Promise<T> {
  const span = tracer.begin(name, facts)
  try {
    const result = await span.run(work)
    span.end()
    return result
  } catch (error) {
    span.end(presentProblem(error).code)
    throw error
  }
}
