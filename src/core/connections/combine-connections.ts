import type { Connections, WarehouseSource } from '../ports/connections.ts'
import type { Exporter, ExportOptions } from '../ports/exporter.ts'
import type { RowFiles } from '../ports/row-files.ts'
import type { SavedSource, Warehouse } from '../ports/warehouse.ts'
import { problem } from '../problem.ts'
import { restrictPolicy, type ConnectionPolicy } from './connection-policy.ts'
import { sharedPrefix } from './shared-use.ts'

interface CombinedNeeds {
  /** Every sort of connection, in the order they are listed and asked whether a reference is theirs. */
  readonly sources: readonly WarehouseSource[]
  /** What the operator allows for a connection. */
  readonly policyOf: (ref: string) => ConnectionPolicy
  /** Makes files of rows from warehouses that write none themselves. */
  readonly rowFiles: RowFiles
}

/** Connections of all sources behind one interface, each with its policy. */
export function combineConnections({ sources, policyOf, rowFiles }: CombinedNeeds): Connections {
  return {
    owns: (ref) => sources.some((source) => source.owns(ref)),
    list: async (caller) => (await Promise.all(sources.map((source) => source.list(caller)))).flat(),
    open: async (caller, ref, signal, onProgress) => {
      const source = sources.find((one) => one.owns(ref))
      if (source === undefined)
        throw problem('connection_unknown', `There is no connection "${ref}".`, 'Look at the list of your connections.')
      const { probing, grant, policyName = ref, ...opened } = await source.open(caller, ref, signal, onProgress)
      const policy = { ...policyOf(policyName), probing }
      const exporter = opened.exporter ?? exporterOver(opened.warehouse, rowFiles)
      const writes = exporter === null ? {} : { exporter }
      return { ...opened, ...writes, policy: grant === undefined ? policy : restrictPolicy(policy, grant) }
    },
    close: async () => {
      await Promise.all(sources.map((source) => source.close()))
    },
  }
}

/** Writes what a warehouse saves; null where it saves nothing. */
function exporterOver(warehouse: Warehouse, files: RowFiles): Exporter | null {
  const save = warehouse.save?.bind(warehouse)
  if (save === undefined) return null
  const write = (source: SavedSource, options: ExportOptions) =>
    files.write((file, signal) => {
      const { timeoutMs, queryTimeoutMs = timeoutMs, maxRows, asker, onQuery } = options
      return save(source, file, {
        maxRows: maxRows ?? Number.MAX_SAFE_INTEGER,
        timeoutMs: queryTimeoutMs,
        signal,
        ...(asker === undefined ? {} : { asker }),
        ...(onQuery === undefined ? {} : { onProgress: onQuery }),
      })
    }, options)
  return {
    export: async (sql, options) => await write({ sql }, options),
    exportKept: async (queryId, options) => await write({ queryId }, options),
  }
}

/** Whether a reference leads to no saved connection: `sample`, or a scheme with its address, such as `folder:PATH`. */
export const isReservedRef = (ref: string): boolean =>
  ref === 'sample' || ref === '' || (ref.includes(':') && !ref.startsWith(sharedPrefix))
