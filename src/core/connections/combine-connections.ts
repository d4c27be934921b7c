import type { Connections, WarehouseSource } from '../ports/connections.ts'
import type { ConnectionPolicy } from './connection-policy.ts'

interface CombinedNeeds {
  /** The sample and folders. */
  readonly local: WarehouseSource
  readonly saved: WarehouseSource
  /** What the operator allows for a connection. */
  readonly policyOf: (ref: string) => ConnectionPolicy
}

/** All connections under one roof: `sample` and `folder:PATH` are local, every other reference is a saved name. */
export function combineConnections({ local, saved, policyOf }: CombinedNeeds): Connections {
  return {
    list: async (caller) => (await Promise.all([local.list(caller), saved.list(caller)])).flat(),
    open: async (caller, ref, signal) => ({
      ...(await (isLocal(ref) ? local : saved).open(caller, ref, signal)),
      policy: policyOf(ref),
    }),
    close: async () => {
      await Promise.all([local.close(), saved.close()])
    },
  }
}

/** Names of saved connections hold no colon and are never `sample`. */
export const isLocal = (ref: string): boolean => ref === 'sample' || ref.includes(':') || ref === ''
