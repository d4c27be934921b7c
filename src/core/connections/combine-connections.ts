import type { Connections, WarehouseSource } from '../ports/connections.ts'
import { problem } from '../problem.ts'
import { restrictPolicy, type ConnectionPolicy } from './connection-policy.ts'
import { sharedPrefix } from './shared-use.ts'

interface CombinedNeeds {
  /** Every sort of connection, in the order they are listed and asked whether a reference is theirs. */
  readonly sources: readonly WarehouseSource[]
  /** What the operator allows for a connection. */
  readonly policyOf: (ref: string) => ConnectionPolicy
}

/** Connections of all sources behind one interface, each with its policy. */
export function combineConnections({ sources, policyOf }: CombinedNeeds): Connections {
  return {
    owns: (ref) => sources.some((source) => source.owns(ref)),
    list: async (caller) => (await Promise.all(sources.map((source) => source.list(caller)))).flat(),
    open: async (caller, ref, signal, onProgress) => {
      const source = sources.find((one) => one.owns(ref))
      if (source === undefined)
        throw problem('connection_unknown', `There is no connection "${ref}".`, 'Look at the list of your connections.')
      const { probing, grant, policyName = ref, ...opened } = await source.open(caller, ref, signal, onProgress)
      const policy = { ...policyOf(policyName), probing }
      return { ...opened, policy: grant === undefined ? policy : restrictPolicy(policy, grant) }
    },
    close: async () => {
      await Promise.all(sources.map((source) => source.close()))
    },
  }
}

/** Whether a reference leads to no saved connection: `sample`, or a scheme with its address, such as `folder:PATH`. */
export const isReservedRef = (ref: string): boolean =>
  ref === 'sample' || ref === '' || (ref.includes(':') && !ref.startsWith(sharedPrefix))
