import type { AppDescription } from '../../core/ports/oauth-store.ts'

/** A client's metadata, as RFC 7591 names its parts. */
export type ClientMetadata = Record<string, unknown>

const maxRedirects = 20
const maxAddressLength = 2_000
const loopbackHosts: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/** An address that answers may be sent to: https, or http to the person's own computer; null for any other. */
function readRedirect(address: unknown): { readonly url: URL; readonly isLocal: boolean } | null {
  const url = typeof address === 'string' && address.length <= maxAddressLength ? URL.parse(address) : null
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return null
  const isLocal = url.protocol === 'http:' && loopbackHosts.includes(url.hostname)
  return isLocal || url.protocol === 'https:' ? { url, isLocal } : null
}

/**
 * What is wrong with a client, in words for its maker; null for nothing. What Floe does not offer is taken out: every client is a public one
 * that proves itself by PKCE, so there is no secret to keep and no key to fetch.
 */
export function applyClientRules(metadata: ClientMetadata, isRegistered: boolean): string | null {
  const { redirect_uris: addresses, client_name: name } = metadata
  if (!Array.isArray(addresses) || addresses.length === 0 || addresses.length > maxRedirects)
    return `redirect_uris must hold 1 to ${maxRedirects} addresses`
  const redirects = addresses.map(readRedirect)
  if (redirects.includes(null))
    return 'redirect_uris must be https addresses, or http addresses of 127.0.0.1, [::1] or localhost'
  if (name !== undefined && (typeof name !== 'string' || name.length > 200)) return 'client_name must be a short text'
  // Programs on the person's own computer listen on whichever port is free (RFC 8252, section 7.3).
  metadata['application_type'] = redirects.some((redirect) => redirect?.isLocal) ? 'native' : 'web'
  if (isRegistered) metadata['token_endpoint_auth_method'] = 'none'
  for (const unused of ['client_secret', 'client_secret_expires_at', 'jwks', 'jwks_uri', 'sector_identifier_uri'])
    metadata[unused] = undefined
  return null
}

/** How a client is shown to people. Its name is a stranger's text: invisible and directional characters are taken out. */
export function describeApp(
  { clientId, clientName }: { readonly clientId: string; readonly clientName?: string | undefined },
  redirectUri: string,
): AppDescription {
  const redirect = readRedirect(redirectUri)
  const publisher = clientId.startsWith('https://') ? new URL(clientId).host : null
  const host = redirect === null || redirect.isLocal ? null : redirect.url.host
  const name = (clientName ?? '').replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim()
  const shown = name.length > 60 ? `${name.slice(0, 59)}…` : name
  return { name: shown === '' ? (publisher ?? host ?? 'A program on your computer') : shown, host, publisher }
}
