import { z } from 'zod'
import { maxRowsLimit } from './command.ts'
import { GuardPolicy } from './guard-policy.ts'

const gigabytes = z.number().min(0, 'must be at least 0').max(1_000_000, 'must be at most 1000000')
const { allowFunctionGroups, allowFunctions, allowTableFunctions } = GuardPolicy.shape

/** What an operator sets for a connection; a setting left out keeps what holds otherwise. */
const PolicySettings = z
  .strictObject({
    allowFunctionGroups: allowFunctionGroups.unwrap(),
    allowFunctions: allowFunctions.unwrap(),
    allowTableFunctions: allowTableFunctions.unwrap(),
    /** Rows of one result, whatever a question asks for. */
    maxRows: z.int('must be a whole number').min(1, 'must be at least 1').max(maxRowsLimit),
    queryTimeoutSeconds: z.int('must be a whole number').min(1, 'must be at least 1').max(86_400),
    askAboveGigabytes: gigabytes,
    refuseAboveGigabytes: gigabytes,
    /** Whether a model may see sampled column values. */
    samplesToModel: z.boolean('must be true or false'),
  })
  .partial()
export type PolicySettings = Readonly<z.infer<typeof PolicySettings>>

/** Policies by the name of a connection, upper and lower case being the same; `*` is for every connection. */
export const ConnectionPolicies = z.record(z.string().trim().toLowerCase().min(1), PolicySettings)
export type ConnectionPolicies = Readonly<z.infer<typeof ConnectionPolicies>>
