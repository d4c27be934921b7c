import { z } from 'zod'
import { problem } from '../../../core/problem.ts'

const KeySecret = z.object({ privateKeyPem: z.string() })
const TokenSecret = z.object({ token: z.string() })
const OauthSecret = z.object({
  clientSecret: z.string().nullable(),
  refreshToken: z.string().nullable(),
  accessToken: z.string().nullable(),
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt: z.number().nullable(),
})

/** What is sealed for a browser sign-in: the client's own secret and what it was granted last. */
export type OauthSecret = z.infer<typeof OauthSecret>

export const readKeySecret = (text: string | null) => read(KeySecret, text)
export const readTokenSecret = (text: string | null) => read(TokenSecret, text)
export const readOauthSecret = (text: string | null): OauthSecret => read(OauthSecret, text)

/** The parser's own error would hold the text. */
function read<T>(shape: z.ZodType<T>, text: string | null): T {
  const parsed = shape.safeParse(parse(text))
  if (parsed.success) return parsed.data
  throw problem('connection_broken', 'The secret of this connection is not readable.', 'Enter its sign-in again.')
}

function parse(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
