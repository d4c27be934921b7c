import { AppScope } from '../../contract/people.ts'
import type { ResourceName } from '../ports/oauth-store.ts'

/** Where each resource begins below the server's address. */
export const resourcePaths: Readonly<Record<ResourceName, string>> = { api: '/api/v1', mcp: '/mcp' }

/** The scope of an app that only reads. Every other scope includes it. */
export const readScope = 'floe:read'

/** The scopes that a resource knows, by their names in the protocol. */
export const resourceScopes: Readonly<Record<ResourceName, readonly string[]>> = {
  api: [readScope, 'floe:ask', 'floe:connections'],
  mcp: [readScope, 'floe:ask'],
}

/** The scopes beside reading that a text of the protocol names. */
export const readAppScopes = (text: string): readonly AppScope[] =>
  AppScope.options.filter((scope) => text.split(' ').includes(`floe:${scope}`))
