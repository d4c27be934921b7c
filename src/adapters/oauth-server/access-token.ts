import { readAppScopes, resourcePaths } from '../../core/people/app-scopes.ts'
import type { VerifiedToken } from '../../core/ports/authorization-server.ts'
import type { ResourceName } from '../../core/ports/oauth-store.ts'
import { algorithm, type SigningKeys } from './signing-keys.ts'

export interface Verification {
  readonly origin: string
  readonly resource: ResourceName
  readonly now: number
  readonly keys: SigningKeys
}

/** More than any of our tokens takes. */
const longestToken = 4_000

/** What is in an access token of ours (RFC 9068); null for any other text. Algorithm and type are fixed, so that no header chooses how it is checked. */
export async function verifyToken(
  token: string,
  { origin, resource, now, keys }: Verification,
): Promise<VerifiedToken | null> {
  if (token.length > longestToken) return null
  // Late, because few processes ever serve an app.
  const { errors, jwtVerify } = await import('jose')
  const verified = await jwtVerify(
    token,
    async ({ kid }) => {
      const key = kid === undefined ? null : await keys.find(kid)
      if (key === null) throw new errors.JWKSNoMatchingKey()
      return key.publicKey
    },
    {
      algorithms: [algorithm],
      typ: 'at+jwt',
      issuer: `${origin}/oauth`,
      audience: origin + resourcePaths[resource],
      requiredClaims: ['sub', 'exp', 'grant'],
      currentDate: new Date(now),
    },
  ).catch((error: unknown) => {
    if (error instanceof errors.JOSEError) return null
    throw error
  })
  if (verified === null) return null
  const { sub, grant, scope } = verified.payload
  if (typeof sub !== 'string' || typeof grant !== 'string') return null
  return { userId: sub, grantId: grant, scopes: readAppScopes(typeof scope === 'string' ? scope : '') }
}
