import * as z from 'zod/mini'
import { NewSnowflakeSettings, SnowflakeSettings, SnowflakeSettingsChange } from './snowflake/connection.ts'
import { folderPath, line } from './text-fields.ts'

/** What people call a connection; commands take it as `--connection`. */
export const ConnectionName = line(64).check(
  z.regex(/^[\p{L}\p{N}][\p{L}\p{N}_. -]*$/u, 'may hold letters, digits, blanks, dots, dashes and underscores'),
  z.refine((name) => name.toLowerCase() !== 'sample', 'is taken by the sample warehouse'),
)

/** A connection to save, of one of the kinds; without a kind it is one to Snowflake. */
export const NewConnection = z.discriminatedUnion('kind', [
  z.extend(NewSnowflakeSettings, {
    kind: z.pipe(
      z.optional(z.literal('snowflake')),
      z.transform((): 'snowflake' => 'snowflake'),
    ),
    name: ConnectionName,
  }),
  z.object({ kind: z.literal('folder'), name: ConnectionName, path: folderPath }),
])
export type NewConnection = z.infer<typeof NewConnection>

/** What changes; a field left out stays as it is. The kind stays, and takes of these fields those that it has. */
export const ConnectionChange = z.extend(SnowflakeSettingsChange, {
  name: z.optional(ConnectionName),
  path: z.optional(folderPath),
})
export type ConnectionChange = z.infer<typeof ConnectionChange>

/** The fields of a saved connection that every kind has. */
const savedFields = z.object({
  id: z.uuid(),
  name: z.string(),
  /** True where a person has to sign in with their browser before the connection can be used. */
  needsSignIn: z.boolean(),
  /** What makes this connection less safe than it should be, one sentence: a role that can write, no read-only scope. */
  warning: z.nullable(z.string()),
  /** SQL that an administrator has to run once for this sign-in; null where there is none. */
  setupSql: z.nullable(z.string()),
  /** When it was last tried from end to end; null when never. */
  checkedAt: z.nullable(z.iso.datetime()),
  /** When its secret was given; null where it has none, or where that was before Floe noted it. */
  secretSavedAt: z.nullable(z.iso.datetime()),
  /** When somebody last asked through it; null when never. */
  lastUsedAt: z.nullable(z.iso.datetime()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

const snowflakeSettings = z.extend(SnowflakeSettings, { kind: z.literal('snowflake') })
const folderSettings = z.object({ kind: z.literal('folder'), path: z.string() })

/** What a kind shows of its settings. */
export const PresentedSettings = z.discriminatedUnion('kind', [snowflakeSettings, folderSettings])
export type PresentedSettings = z.infer<typeof PresentedSettings>

/** A saved connection as its owner sees it. No secret is in it, not even sealed. */
export const SavedConnection = z.discriminatedUnion('kind', [
  z.extend(snowflakeSettings, savedFields.shape),
  z.extend(folderSettings, savedFields.shape),
])
export type SavedConnection = z.infer<typeof SavedConnection>

/** What the doctor looks at, in this order. */
export const doctorStepNames = [
  'reach',
  'sign-in',
  'role',
  'warehouse',
  'databases',
  'can-write',
  'read-only-ceiling',
  'statement-timeout',
] as const

/** One finding of the doctor. */
export const DoctorStep = z.object({
  name: z.enum(doctorStepNames),
  /** `skipped` where an earlier failure leaves nothing to look at. */
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  /** What was seen, one sentence. */
  detail: z.string(),
  /** What to do; null when nothing is to be done. */
  action: z.nullable(z.string()),
  /** The SQL to run for that, made for this account, role and network; null where SQL does not help. */
  sql: z.nullable(z.string()),
})
export type DoctorStep = z.infer<typeof DoctorStep>

/** What trying a connection from end to end has shown. */
export const ConnectionReport = z.object({
  steps: z.array(DoctorStep),
  /** As the connection carries it from now on. */
  warning: z.nullable(z.string()),
})
export type ConnectionReport = z.infer<typeof ConnectionReport>

/** How far the tables of a connection are known. */
export const CatalogState = z.object({
  state: z.enum(['unread', 'partial', 'complete']),
  tables: z.int().check(z.nonnegative()),
  columns: z.int().check(z.nonnegative()),
  /** When it was last compared with the account. */
  readAt: z.nullable(z.iso.datetime()),
})
export type CatalogState = z.infer<typeof CatalogState>

/** Where a person signs in with their browser. */
export const SignInStart = z.object({ url: z.string() })
export type SignInStart = z.infer<typeof SignInStart>
