import { maxRowsLimit } from '../../contract/command.ts'
import type { ShareTerms } from '../../contract/connection-shares.ts'
import type { ConnectionPolicies, PolicySettings } from '../../contract/connection-policies.ts'
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

/**
 * What Floe may ask of the data beside the turn's own query. `off`: nothing; `compare`: whether a value exists, so that only yes or no leaves
 * the warehouse; `read`: values as well.
 */
export type Probing = 'off' | 'compare' | 'read'

/** What the operator and the owner of a connection allow. */
export interface ConnectionPolicy {
  /** Function groups and own functions that the guard lets through. */
  readonly guard: GuardPolicy
  readonly limits: ConnectionLimits
  /** Whether a model may see sampled column values. It never sees rows of a result. */
  readonly samplesToModel: boolean
  /** The owner's consent. `CONNECTION_POLICIES` does not set it. */
  readonly probing: Probing
  /** Whether results may be written to files. */
  readonly mayExport: boolean
  /** Whether a query may run without somebody's approval. */
  readonly autoRunAllowed: boolean
  /** Ids of the writers that may be asked, `sql` for queries written by hand; null for all. */
  readonly writers: readonly string[] | null
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
  probing: 'off',
  mayExport: true,
  autoRunAllowed: true,
  writers: null,
}

/**
 * The policy of a connection. What its own entry sets holds. For the rest, `*` holds where there is no entry; where there is one, `*` can
 * only make the connection stricter than the installation, never open anything that the entry leaves closed.
 */
export function choosePolicy(
  installation: ConnectionPolicy,
  policies: ConnectionPolicies,
  name: string,
): ConnectionPolicy {
  const own = policies[name.toLowerCase()]
  const general = applySettings(installation, policies['*'] ?? {})
  return own === undefined ? general : applySettings(stricterOf(installation, general), own)
}

function applySettings(policy: ConnectionPolicy, set: PolicySettings): ConnectionPolicy {
  const { guard, limits, samplesToModel } = policy
  const { queryTimeoutSeconds, askAboveGigabytes, refuseAboveGigabytes } = set
  return {
    ...policy,
    guard: {
      allowFunctionGroups: set.allowFunctionGroups ?? guard.allowFunctionGroups,
      allowFunctions: set.allowFunctions ?? guard.allowFunctions,
      allowTableFunctions: set.allowTableFunctions ?? guard.allowTableFunctions,
    },
    limits: {
      ...limits,
      maxRows: set.maxRows ?? limits.maxRows,
      queryTimeoutMs: queryTimeoutSeconds === undefined ? limits.queryTimeoutMs : queryTimeoutSeconds * 1_000,
      askAboveBytes: askAboveGigabytes === undefined ? limits.askAboveBytes : askAboveGigabytes * 1e9,
      refuseAboveBytes: refuseAboveGigabytes === undefined ? limits.refuseAboveBytes : refuseAboveGigabytes * 1e9,
    },
    samplesToModel: set.samplesToModel ?? samplesToModel,
  }
}

/** The policy for somebody whom a connection is shared with: of each limit the stricter one, the connection's or the grant's. */
export function restrictPolicy(policy: ConnectionPolicy, grant: Omit<ShareTerms, 'role'>): ConnectionPolicy {
  const { limits } = policy
  const refuseAboveBytes = Math.min(limits.refuseAboveBytes, grant.refuseAboveBytes ?? Infinity)
  return {
    ...policy,
    limits: {
      ...limits,
      maxRows: Math.min(limits.maxRows, grant.maxRows ?? Infinity),
      askAboveBytes: Math.min(limits.askAboveBytes, grant.askAboveBytes ?? Infinity),
      refuseAboveBytes,
    },
    samplesToModel: policy.samplesToModel && grant.samplesToModel,
    mayExport: policy.mayExport && grant.mayExport,
    autoRunAllowed: policy.autoRunAllowed && grant.mayAutoRun,
    writers: bothAllow(policy.writers, grant.writers),
  }
}

/** Null allows all. */
const bothAllow = (a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null =>
  a === null ? b : b === null ? a : a.filter((id) => b.includes(id))

/** The installation's policy with every limit of `general` that is lower. The installation itself opens no functions. */
function stricterOf(installation: ConnectionPolicy, general: ConnectionPolicy): ConnectionPolicy {
  const [a, b] = [installation.limits, general.limits]
  return {
    ...installation,
    guard: installation.guard,
    limits: {
      maxRows: Math.min(a.maxRows, b.maxRows),
      queryTimeoutMs: Math.min(a.queryTimeoutMs, b.queryTimeoutMs),
      maxResultBytes: Math.min(a.maxResultBytes, b.maxResultBytes),
      askAboveBytes: Math.min(a.askAboveBytes, b.askAboveBytes),
      refuseAboveBytes: Math.min(a.refuseAboveBytes, b.refuseAboveBytes),
    },
    samplesToModel: installation.samplesToModel && general.samplesToModel,
  }
}
