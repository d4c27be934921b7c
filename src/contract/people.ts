import * as z from 'zod/mini'
import { line } from './text-fields.ts'

/** What a person may do in an organisation: viewers read what is shared with them, members ask and keep connections, admins also manage people. */
export const Role = z.enum(['viewer', 'member', 'admin'])
export type Role = z.infer<typeof Role>

/** The person who asks, as the page shows them. */
export const Me = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Null for the one person of a server without sign-in. */
  email: z.nullable(z.string()),
  role: Role,
  /** True on a server without sign-in, which serves one person on its own machine. */
  isLocal: z.boolean(),
})
export type Me = z.infer<typeof Me>

export const MyChange = z.object({ name: line(100) })

/** Deleting needs one's own address typed once more. */
export const MyRemoval = z.object({ confirm: line(320) })

/** A browser in which the person is signed in. */
export const SessionSummary = z.object({
  id: z.uuid(),
  /** Browser and system, as far as the browser tells. */
  device: z.string(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  /** When it ends if it is not used until then. */
  expiresAt: z.iso.datetime(),
  /** Whether the request came from this one. */
  isCurrent: z.boolean(),
})
export type SessionSummary = z.infer<typeof SessionSummary>

/** What an app may do for a person who agreed. Apps never manage people. */
export const AppScope = z.enum(['ask', 'connections'])
export type AppScope = z.infer<typeof AppScope>

/** What a token may do for its person, at most what their role allows: reading is always included. */
export const TokenScope = z.enum([...AppScope.options, 'people'])
export type TokenScope = z.infer<typeof TokenScope>

/** An app that acts for the person. */
export const AppSummary = z.object({
  /** Names the agreement. */
  id: z.string(),
  /** What the app calls itself. */
  name: z.string(),
  /** Where its answers go; null for a program on the person's own computer. */
  host: z.nullable(z.string()),
  /** The host that publishes the app's description; null for an app that only says what it is called. */
  publisher: z.nullable(z.string()),
  /** What it may do beside reading. */
  scopes: z.array(AppScope),
  connectedAt: z.iso.datetime(),
  lastUsedAt: z.nullable(z.iso.datetime()),
})
export type AppSummary = z.infer<typeof AppSummary>

export const NewToken = z.object({
  name: line(100),
  scopes: z.array(TokenScope).check(
    z.maxLength(TokenScope.options.length),
    z.refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice'),
  ),
  /** Days until it ends. */
  days: z.int().check(z.gte(1), z.lte(366)),
})
export type NewToken = z.infer<typeof NewToken>

export const TokenSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(TokenScope),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.nullable(z.iso.datetime()),
})
export type TokenSummary = z.infer<typeof TokenSummary>

/** The token itself is in this answer and never again. */
export const MadeToken = z.extend(TokenSummary, { token: z.string() })
export type MadeToken = z.infer<typeof MadeToken>

export const PersonSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.nullable(z.string()),
  role: Role,
  /** A disabled person is signed out everywhere and cannot sign in. */
  isDisabled: z.boolean(),
  /** Invited by address, and has not signed in yet. */
  isInvited: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.nullable(z.iso.datetime()),
})
export type PersonSummary = z.infer<typeof PersonSummary>

export const Invitation = z.object({ email: z.email().check(z.maxLength(320)), role: Role })
export type Invitation = z.infer<typeof Invitation>

export const PersonChange = z.object({ role: z.optional(Role), isDisabled: z.optional(z.boolean()) })
export type PersonChange = z.infer<typeof PersonChange>
