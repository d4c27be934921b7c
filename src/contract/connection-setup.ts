import * as z from 'zod/mini'
import { DoctorStep } from './connection.ts'
import { Problem } from './problem.ts'
import { folderPath, line, webAddress } from './text-fields.ts'

const kindName = z.enum(['snowflake', 'folder'])

/** What this server offers to the caller for new connections. */
export const ConnectionOptions = z.object({
  /** Every kind, with the reason why the caller cannot save one; null where they can. */
  kinds: z.array(z.object({ kind: kindName, refusal: z.nullable(z.string()) })),
  /** Every way to sign in to Snowflake, likewise. */
  signIns: z.array(z.object({ method: z.string(), refusal: z.nullable(z.string()) })),
  /** Where a browser sign-in comes back to; an OAuth integration has to name it. */
  redirectUri: z.string(),
  /** The addresses that Floe connects from; empty where the operator has named none. */
  egress: z.array(z.string()),
})
export type ConnectionOptions = z.infer<typeof ConnectionOptions>

/** The part of a new connection that says where it leads, as it was typed so far. */
export const PreviewRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snowflake'), account: line(500) }),
  z.object({ kind: z.literal('folder'), path: folderPath }),
])
export type PreviewRequest = z.infer<typeof PreviewRequest>

/** What that was understood as. */
export const ConnectionPreview = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snowflake'), account: z.string(), accessUrl: z.string() }),
  z.object({
    kind: z.literal('folder'),
    /** Absolute, and without links. */
    path: z.string(),
    /** The first of the files that become tables. */
    tables: z.array(
      z.object({
        table: z.string(),
        file: z.string(),
        bytes: z.number(),
        /** Why it cannot be read; null where it can. */
        fault: z.nullable(z.string()),
      }),
    ),
    /** How many there are in all. */
    tableCount: z.int(),
    /** The first of the files that hold no tables. */
    ignored: z.array(z.string()),
  }),
])
export type ConnectionPreview = z.infer<typeof ConnectionPreview>

const names = (most: number) => z._default(z.array(line(255)).check(z.maxLength(most)), [])

/** What the script for an administrator of an account is made from; names as SQL writes them. */
export const SetupRequest = z.object({
  /** The databases to read. */
  databases: names(100),
  /** Databases that another account shares. */
  shares: names(100),
  role: z.optional(line(255)),
  warehouse: z.optional(line(255)),
  /** The user that is made for Floe. */
  user: z.optional(line(255)),
  /** Base64 without PEM lines, for a sign-in by key pair. */
  publicKey: z.optional(line(4_000)),
  /** For a sign-in of each person by Snowflake's OAuth. */
  oauthRedirect: z.optional(webAddress),
  /** The users who may sign in so. */
  people: names(100),
  /** IPv4 addresses or ranges that Floe connects from; left out, those that the operator has named. */
  egress: z.optional(z.array(line(50)).check(z.maxLength(100))),
})
export type SetupRequest = z.infer<typeof SetupRequest>

/** The script as text. */
export const SetupScript = z.object({ sql: z.string() })
export type SetupScript = z.infer<typeof SetupScript>

/** What the sign-in of a saved connection may choose from. */
export const ConnectionPlaces = z.object({
  roles: z.array(z.string()),
  warehouses: z.array(z.object({ name: z.string(), size: z.nullable(z.string()), state: z.nullable(z.string()) })),
  databases: z.array(z.string()),
  /** What could not be listed and why, sentences. */
  notices: z.array(z.string()),
})
export type ConnectionPlaces = z.infer<typeof ConnectionPlaces>

/** What the operator allows on a connection. */
export const ConnectionPolicyView = z.object({
  maxRows: z.int(),
  queryTimeoutSeconds: z.number(),
  askAboveBytes: z.number(),
  refuseAboveBytes: z.number(),
  samplesToModel: z.boolean(),
  /** Names of functions and groups of functions that queries may call beyond the usual ones. */
  functions: z.array(z.string()),
  /** Whether limits or functions differ from those of a fresh installation. */
  isChanged: z.boolean(),
})
export type ConnectionPolicyView = z.infer<typeof ConnectionPolicyView>

/** A trial of a connection, as it goes on: each step once it is over, then how it ended. */
export const TestEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('step'), step: DoctorStep }),
  z.object({
    kind: z.literal('done'),
    /** As the connection carries it from now on. */
    warning: z.nullable(z.string()),
  }),
  z.object({ kind: z.literal('problem'), problem: Problem }),
])
export type TestEvent = z.infer<typeof TestEvent>
