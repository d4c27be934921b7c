import type { z } from 'zod'
import { problem } from '../../../core/problem.ts'

/** Reads a secret that was sealed as JSON. The parser's own error would quote the text, so it is not passed on. Throws `connection_broken`. */
export function readStoredSecret<T>(shape: z.ZodType<T>, text: string | null): T {
  const parsed = shape.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw problem('connection_broken', 'The secret of this connection is not readable.', 'Enter its sign-in again.')
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
