import * as z from 'zod/mini'

/** What is audited. */
export const AuditAction = z.enum([
  'sign_in',
  'sign_in.refused',
  'sign_in.failed',
  'token.refused',
  'access.refused',
  'id.refused',
  'origin.refused',
  'rate.refused',
  'sign_out',
  'session.ended',
  'token.made',
  'token.ended',
  'app.connected',
  'app.refused',
  'app.revoked',
  'app.registration_refused',
  'person.invited',
  'person.changed',
  'person.removed',
  'group.made',
  'group.renamed',
  'group.removed',
  'group.joined',
  'group.left',
  'preferences.changed',
  'data.exported',
  'budget.set',
  'budget.removed',
  'model_key.set',
  'model_key.removed',
  'model_key.restored',
  'model_key.refused',
  'model_settings.changed',
  'question.asked',
  'query.approved',
  'query.edited',
  'query.refused',
  'query.run',
  'result.read',
  'result.exported',
  'conversation.removed',
  'conversation.restored',
  'share.made',
  'share.ended',
  'share.opened',
  'feedback.given',
  'feedback.withdrawn',
  'favorite.shared',
  'favorite.unshared',
  'favorite.opened',
  'favorite.verified',
  'favorite.unverified',
  'audit.exported',
  'retention.applied',
  'connection.added',
  'connection.changed',
  'connection.removed',
  'connection.restored',
  'connection.shared',
  'connection.unshared',
])
export type AuditAction = z.infer<typeof AuditAction>

/**
 * What of it tells of an attack or of a change of rights, and is counted for alerts besides. `id.refused`: asked for what is not there or
 * not theirs, which are answered alike.
 */
export const securityEvents = [
  'sign_in.refused',
  'sign_in.failed',
  'token.refused',
  'access.refused',
  'id.refused',
  'origin.refused',
  'rate.refused',
  'query.refused',
  'app.registration_refused',
  'person.changed',
] as const satisfies readonly AuditAction[]
export type SecurityEvent = (typeof securityEvents)[number]

export const AuditEntry = z.object({
  /** Names the entry's place in the order. */
  cursor: z.string(),
  at: z.iso.datetime(),
  /** The person, as far as they are still known; a removed person keeps a name that tells nothing of them. */
  person: z.nullable(z.object({ id: z.uuid(), name: z.string(), email: z.nullable(z.string()) })),
  /** `page`, `api`, `mcp`, `cli`; null where nobody was signed in. */
  door: z.nullable(z.string()),
  action: AuditAction,
  /** What it was done to: names and settings, no secrets and no rows. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** Newest first; `next` is null on the last page. */
export const AuditPage = z.object({ entries: z.array(AuditEntry), next: z.nullable(z.string()) })
export type AuditPage = z.infer<typeof AuditPage>

/** `ndjson` has an `AuditEntry` a line. */
export const AuditFormat = z.enum(['csv', 'ndjson'])
export type AuditFormat = z.infer<typeof AuditFormat>

/** Words that an entry holds in its action, its person or its facts; all entries without any. */
export const AuditWords = z._default(z.string().check(z.maxLength(200)), '')
