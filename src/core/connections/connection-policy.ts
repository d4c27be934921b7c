import { maxRowsLimit } from '../../contract/command.ts'
import { strictPolicy, type GuardPolicy } from '../../contract/guard-policy.ts'

/** Limits of one connection. The journey, the guard's row cap and exports obey them. */
export interface ConnectionLimits {
  /** Rows of one result, whatever the question asks for. */
  readonly maxRows: number
  /** How long one query may run in the warehouse. */
  readonly queryTimeoutMs: number
  /** How many bytes of rows one result may deliver. */
  readonly maxResultBytes: number
  /** A query that may read more than this waits for a person, even where queries run by themselves. */
  readonly askAboveBytes: number
  /** A query that may read more than this is refused. */
  readonly refuseAboveBytes: number
}

/** What the operator allows for one connection. */
export interface ConnectionPolicy {
  /** Function groups and own functions that the guard lets through. */
  readonly guard: GuardPolicy
  readonly limits: ConnectionLimits
  /** Whether a model may see sampled column values. It never sees rows of a result. */
  readonly samplesToModel: boolean
}

/** What holds where the operator sets nothing. */
export const defaultConnectionPolicy: ConnectionPolicy = {
  guard: strictPolicy,
  limits: {
    maxRows: maxRowsLimit,
    queryTimeoutMs: 120_000,
    maxResultBytes: 32 * 1_048_576,
    askAboveBytes: 50e9,
    refuseAboveBytes: 1_000e9,
  },
  samplesToModel: true,
}
