import type { Connections } from '../ports/connections.ts'

interface CombinedNeeds {
  /** The sample and folders. */
  readonly local: Connections
  readonly saved: Connections
}

/** All connections under one roof: `sample` and `folder:PATH` are local, every other reference is a saved name. */
export function combineConnections({ local, saved }: CombinedNeeds): Connections {
  return {
    list: async (caller) => (await Promise.all([local.list(caller), saved.list(caller)])).flat(),
    open: (caller, ref, signal) => (isLocal(ref) ? local : saved).open(caller, ref, signal),
    close: async () => {
      await Promise.all([local.close(), saved.close()])
    },
  }
}

/** Names of saved connections hold no colon and are never `sample`. */
export const isLocal = (ref: string): boolean => ref === 'sample' || ref.includes(':') || ref === ''
