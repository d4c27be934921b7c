import { z } from 'zod'
import { identifier, line } from '../text-fields.ts'
import { NewSignIn, SignIn } from './sign-in.ts'

const place = {
  /** Null takes the user's default role. */
  role: identifier.nullable(),
  warehouse: identifier.nullable(),
  /** Where unqualified names are looked up. */
  database: identifier.nullable(),
  schema: identifier.nullable(),
}

/**
 * Whether Floe may ask an account about its data beside a person's own queries: whether a value exists, and which condition leaves a result
 * empty. Every such statement costs warehouse time; only yes or no leaves the account.
 */
export const Probing = z.enum(['off', 'on'])

/** What a person enters for a connection to Snowflake. */
export const NewSnowflakeSettings = z.object({
  /** An account in any form people paste: a page's address, `org-account`, a locator with region, a private link. */
  account: line(500),
  role: place.role.default(null),
  warehouse: place.warehouse.default(null),
  database: place.database.default(null),
  schema: place.schema.default(null),
  probing: Probing.default('off'),
  signIn: NewSignIn,
})
export type NewSnowflakeSettings = z.infer<typeof NewSnowflakeSettings>

/** A change of them; a field left out stays as it is. A new sign-in replaces the old one and its secret. */
export const SnowflakeSettingsChange = z
  .object({ account: line(500), ...place, probing: Probing, signIn: NewSignIn })
  .partial()
export type SnowflakeSettingsChange = z.infer<typeof SnowflakeSettingsChange>

/** A Snowflake connection's settings as stored and shown; no secret is among them. */
export const SnowflakeSettings = z.object({
  /** As Snowflake's driver takes it. */
  account: z.string(),
  accessUrl: z.string(),
  role: z.string().nullable(),
  warehouse: z.string().nullable(),
  database: z.string().nullable(),
  schema: z.string().nullable(),
  /** Settings that were saved before there were probes have none: `off`. */
  probing: Probing.default('off'),
  signIn: SignIn,
})
export type SnowflakeSettings = z.infer<typeof SnowflakeSettings>
