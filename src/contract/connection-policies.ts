import * as z from 'zod/mini'
import { maxRowsLimit } from './command.ts'
import { policyLists } from './guard-policy.ts'

const gigabytes = z.number().check(z.gte(0, 'must be at least 0'), z.lte(1_000_000, 'must be at most 1000000'))

/** What an operator sets for a connection; a setting left out keeps what holds otherwise. */
const PolicySettings = z.partial(
  z.strictObject({
    ...policyLists,
    /** Rows of one result, whatever a question asks for. */
    maxRows: z.int('must be a whole number').check(z.gte(1, 'must be at least 1'), z.lte(maxRowsLimit)),
    queryTimeoutSeconds: z.int('must be a whole number').check(z.gte(1, 'must be at least 1'), z.lte(86_400)),
    askAboveGigabytes: gigabytes,
    refuseAboveGigabytes: gigabytes,
    /** Whether a model may see sampled column values. */
    samplesToModel: z.boolean('must be true or false'),
  }),
)
export type PolicySettings = Readonly<z.infer<typeof PolicySettings>>

/** Policies by the name of a connection, upper and lower case being the same; `*` is for every connection. */
export const ConnectionPolicies = z.record(z.string().check(z.trim(), z.toLowerCase(), z.minLength(1)), PolicySettings)
export type ConnectionPolicies = Readonly<z.infer<typeof ConnectionPolicies>>
