import * as z from 'zod/mini'
import { identifier, line } from '../text-fields.ts'
import { NewSignIn, SignIn } from './sign-in.ts'

const place = {
  /** Null takes the user's default role. */
  role: z.nullable(identifier),
  warehouse: z.nullable(identifier),
  /** Where unqualified names are looked up. */
  database: z.nullable(identifier),
  schema: z.nullable(identifier),
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
  role: z._default(place.role, null),
  warehouse: z._default(place.warehouse, null),
  database: z._default(place.database, null),
  schema: z._default(place.schema, null),
  probing: z._default(Probing, 'off'),
  signIn: NewSignIn,
})
export type NewSnowflakeSettings = z.infer<typeof NewSnowflakeSettings>

/** A change of them; a field left out stays as it is. A new sign-in replaces the old one and its secret. */
export const SnowflakeSettingsChange = z.partial(
  z.object({ account: line(500), ...place, probing: Probing, signIn: NewSignIn }),
)
export type SnowflakeSettingsChange = z.infer<typeof SnowflakeSettingsChange>

/** A Snowflake connection's settings as stored and shown; no secret is among them. */
export const SnowflakeSettings = z.object({
  /** As Snowflake's driver takes it. */
  account: z.string(),
  accessUrl: z.string(),
  role: z.nullable(z.string()),
  warehouse: z.nullable(z.string()),
  database: z.nullable(z.string()),
  schema: z.nullable(z.string()),
  /** Settings that were saved before there were probes have none: `off`. */
  probing: z._default(Probing, 'off'),
  signIn: SignIn,
})
export type SnowflakeSettings = z.infer<typeof SnowflakeSettings>
