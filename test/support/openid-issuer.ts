import { OAuth2Server } from 'oauth2-mock-server'

/** What an identity token says beside the issuer's own claims. */
export type IdentityClaims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** An OpenID Connect issuer on this machine, and what it says of whoever signs in next. */
export interface OpenidIssuer {
  readonly url: string
  /** Claims of the next tokens; they replace the issuer's own. */
  says: IdentityClaims
  /** Parameters that the next redirect back carries instead of the code's, such as an error. */
  answersWith: Readonly<Record<string, string>> | null
  /** Somebody between the issuer and Floe, who changes the identity token after it was signed; null for nobody. */
  changesToken: ((token: string) => string) | null
  readonly stop: () => Promise<void>
  readonly restart: () => Promise<void>
}

export const person = (name: string, more: Readonly<Record<string, unknown>> = {}): IdentityClaims => ({
  sub: `subject-of-${name}`,
  email: `${name}@example.com`,
  email_verified: true,
  name: `${name.charAt(0).toUpperCase()}${name.slice(1)} Example`,
  ...more,
})

export async function startIssuer(): Promise<OpenidIssuer> {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const { port } = server.address()
  server.issuer.url = `http://127.0.0.1:${port}`
  const issuer: OpenidIssuer = {
    url: server.issuer.url,
    says: person('somebody'),
    answersWith: null,
    changesToken: null,
    stop: () => server.stop(),
    restart: async () => {
      await server.start(port, '127.0.0.1')
      server.issuer.url = issuer.url
    },
  }
  server.service.on('beforeTokenSigning', (token: { payload: Record<string, unknown> }) => {
    Object.assign(token.payload, issuer.says)
  })
  server.service.on('beforeResponse', ({ body }: { body: Record<string, unknown> | '' }) => {
    if (issuer.changesToken !== null && body !== '') body['id_token'] = issuer.changesToken(String(body['id_token']))
  })
  server.service.on('beforeAuthorizeRedirect', (redirect: { url: URL }) => {
    if (issuer.answersWith === null) return
    redirect.url.searchParams.delete('code')
    for (const [name, value] of Object.entries(issuer.answersWith)) redirect.url.searchParams.set(name, value)
  })
  return issuer
}
