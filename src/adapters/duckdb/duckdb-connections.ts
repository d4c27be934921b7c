import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ConnectionSummary } from '../../contract/api.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { isReservedRef } from '../../core/connections/combine-connections.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { OpenWarehouse, WarehouseSource } from '../../core/ports/connections.ts'
import type { Warehouse } from '../../core/ports/warehouse.ts'
import { problem } from '../../core/problem.ts'
import type { Health } from '../../core/services.ts'
import { preludeStatements } from '../../dialect/duckdb/prelude.ts'
import { usableMemory } from '../processes/memory.ts'
import { makeDuckdbWarehouse } from './duckdb-warehouse.ts'
import type { EngineSettings } from './engine/engine-settings.ts'
import { makeDuckdbExporter } from './export/duckdb-exporter.ts'
import { type ExportProcesses, makeExportProcesses } from './export/export-processes.ts'
import { demandAmong, describeFolder, folderPrefix, makeFolders, summarizeFolder } from './folder/folders.ts'
import { makeSample } from './sample/make-sample.ts'
import { declareSample, sampleDatabase, sampleSchema } from './sample/tpch-tables.ts'

const sampleRef = 'sample'
const sampleSummary: ConnectionSummary = {
  ref: sampleRef,
  label: 'Sample warehouse (TPC-H)',
  engine: "DuckDB sample, speaking Snowflake's dialect",
  warning: null,
  saved: null,
}

/** Hears how far the opening of a connection is. */
type Tell = (fact: string) => void

/** Adds to a catalog what the database file does not keep. */
type Declare = (catalog: Catalog) => Catalog

interface Opened {
  readonly version: string
  readonly connection: Promise<OpenWarehouse>
  /** Those who wait for it. */
  readonly listeners: Set<Tell>
}

const defaultIdleMs = 3 * 60_000
const defaultMaxCopiedBytes = 512 * 1024 ** 2

export interface DuckdbConnectionsNeeds {
  /** Where generated and built databases are kept. */
  readonly dataDir: string
  /** Snowflake's dialect into DuckDB's, with the catalog once that has been read. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql, catalog: Catalog | null) => Promise<string>
  /** The size of the sample as TPC-H counts: 1 is 6 million line items. Null for no sample. */
  readonly scale: number | null
  /** The folders that everybody may open who may ask. Null lets the person of the machine open any, and nobody else. */
  readonly folders: readonly string[] | null
  /** An engine without queries ends after this long. */
  readonly idleMs?: number
  /** Parquet files of a folder are copied up to so many bytes together; beyond, they are read where they lie. */
  readonly maxCopiedBytes?: number
  /** Told of engines that ended on their own. */
  readonly onFault: (error: unknown) => void
}

/** The connections that need no account, and the processes that write files of their results, which end with them. */
export interface DuckdbConnections extends WarehouseSource {
  readonly exporting: ExportProcesses
  /** How far the sample is; nothing where there is none. */
  health(): readonly Health[]
  /** Throws `connection_unknown` for a folder that is none of those named. */
  demandFolder(path: string): Promise<void>
}

/** The connections that need no account: the sample and folders of files. Opens each once, shares it afterwards. */
export function makeDuckdbConnections(needs: DuckdbConnectionsNeeds): DuckdbConnections {
  const stopping = new AbortController()
  const { scale, folders: allowed } = needs
  const sample = scale === null ? null : makeSample({ dir: join(needs.dataDir, 'sample'), scale })
  const folders = makeFolders({
    dir: join(needs.dataDir, 'folders'),
    maxCopiedBytes: needs.maxCopiedBytes ?? defaultMaxCopiedBytes,
    memoryLimitMb: limits().memoryLimitMb,
  })
  const opened = makeSharedConnections()
  const exporting = makeExportProcesses()
  /** Warehouses with a running process, also those whose source has changed since: their queries may finish. */
  const running = new Set<Warehouse>()

  const settingsFor = (own: Pick<EngineSettings, 'database' | 'defaultSchema'> & Partial<EngineSettings>) => ({
    prelude: preludeStatements,
    readableFiles: [],
    faults: [],
    viewRows: {},
    ...limits(),
    ...own,
  })
  const connect = (ref: string, label: string, settings: EngineSettings, declare: Declare): OpenWarehouse => {
    const { idleMs = defaultIdleMs, onFault } = needs
    let known: Catalog | null = null
    const translate = (sql: ReadOnlySql): Promise<string> => needs.translate(sql, known)
    let engines = 0
    const onStart = (gone: Promise<unknown>): void => {
      engines += 1
      running.add(warehouse)
      void gone.then(() => {
        engines -= 1
        if (engines === 0) running.delete(warehouse)
      })
    }
    const warehouse = makeDuckdbWarehouse({
      settings,
      translate,
      declare,
      idleMs,
      onFault,
      onStart,
      // A result that is there is what people export.
      onResult: () => exporting.prepare(),
      alone: queriesAlone(),
    })
    let catalog: Promise<Catalog> | null = null
    const read = async (): Promise<Catalog> => {
      known = await warehouse.readCatalog({ signal: stopping.signal })
      return known
    }
    return {
      ref,
      label,
      warehouse,
      probing: 'read',
      exporter: makeDuckdbExporter({ settings, translate, exporting, root: join(needs.dataDir, 'exports') }),
      catalog(signal) {
        catalog ??= read().catch((error: unknown) => {
          catalog = null
          throw error
        })
        return orAborted(catalog, signal)
      },
    }
  }

  const openSample = async (own: NonNullable<typeof sample>): Promise<OpenWarehouse> => {
    const path = await own.ensure(stopping.signal)
    const settings = settingsFor({ database: { name: sampleDatabase, path }, defaultSchema: sampleSchema })
    return connect(sampleRef, sampleSummary.label, settings, (catalog) => ({
      ...catalog,
      tables: catalog.tables.map(declareSample),
    }))
  }
  const openFolder = async (ref: string, listener: Tell): Promise<OpenWarehouse> => {
    const listing = await folders.list(ref.slice(folderPrefix.length))
    const open = async (tell: Tell): Promise<OpenWarehouse> => {
      const { path, manifest } = await folders.build(listing, tell, stopping.signal)
      const { database, defaultSchema, root } = listing
      const { tables: _notes, ...own } = manifest
      const settings = settingsFor({ database: { name: database, path }, defaultSchema, ...own })
      return connect(ref, `Folder ${root}`, settings, describeFolder(listing, manifest))
    }
    return opened.share(folderPrefix + listing.root, listing.fingerprint, open, listener)
  }

  const demandFolder = async (path: string): Promise<void> => {
    if (allowed !== null) await demandAmong(allowed, path)
  }

  return {
    exporting,
    owns: isReservedRef,
    list: () => Promise.resolve([...(sample === null ? [] : [sampleSummary]), ...(allowed ?? []).map(summarizeFolder)]),
    async open({ rights }, ref, signal, onProgress = () => undefined) {
      signal.throwIfAborted()
      if (ref === sampleRef) {
        if (sample === null) throw sampleIsOff()
        return orAborted(
          opened.share(sampleRef, sample.path, () => openSample(sample), onProgress),
          signal,
        )
      }
      if (!ref.startsWith(folderPrefix) || ref.length === folderPrefix.length) throw unknown(ref)
      if (allowed === null && !rights.includes('open_folders')) throw foldersAreLocal()
      await demandFolder(ref.slice(folderPrefix.length))
      return orAborted(openFolder(ref, onProgress), signal)
    },
    health: () => (sample === null ? [] : [sample.health()]),
    demandFolder,
    async close() {
      stopping.abort(new Error('The connections are being closed.'))
      for (const { warehouse } of await opened.current()) running.add(warehouse)
      await Promise.all([exporting.close(), ...[...running].map((warehouse) => warehouse.close())])
    },
  }
}

/** Connections that callers share while their source stays the same. */
interface SharedConnections {
  /** Opens under `key` unless that is open, or being opened, in this version; `listener` hears how far it is. */
  share(
    key: string,
    version: string,
    open: (tell: Tell) => Promise<OpenWarehouse>,
    listener: Tell,
  ): Promise<OpenWarehouse>
  /** Those that are open once none is being opened. */
  current(): Promise<readonly OpenWarehouse[]>
}

function makeSharedConnections(): SharedConnections {
  const opened = new Map<string, Opened>()
  const begin = (key: string, version: string, open: (tell: Tell) => Promise<OpenWarehouse>): Opened => {
    const listeners = new Set<Tell>()
    // Who has it opened listens before it begins.
    const connection = Promise.resolve()
      .then(() => open((fact) => listeners.forEach((tell) => tell(fact))))
      .catch((error: unknown) => {
        if (opened.get(key)?.connection === connection) opened.delete(key)
        throw error
      })
    const begun = { version, connection, listeners }
    opened.set(key, begun)
    return begun
  }
  return {
    async share(key, version, open, listener) {
      const known = opened.get(key)
      const used = known?.version === version ? known : begin(key, version, open)
      used.listeners.add(listener)
      try {
        return await used.connection
      } finally {
        // It holds all of the turn that asked.
        used.listeners.delete(listener)
      }
    },
    async current() {
      const all = await Promise.allSettled([...opened.values()].map(({ connection }) => connection))
      return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    },
  }
}

/** What others wait for goes on when one of them leaves. */
function orAborted<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error)
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const gigabyte = 1024 ** 3

/** At most four threads, 2 GB and a quarter of the memory, so that an engine leaves room for the server and for other engines. */
const limits = (): Pick<EngineSettings, 'memoryLimitMb' | 'threads' | 'places'> => ({
  memoryLimitMb: Math.round(Math.min(2 * gigabyte, Math.max(gigabyte / 4, usableMemory() / 4)) / 1024 ** 2),
  threads: Math.min(4, availableParallelism()),
  places: { running: 8, heavyRunning: 3, waiting: 200 },
})

const sampleIsOff = (): Error =>
  problem(
    'connection_unknown',
    'This server has no sample warehouse.',
    'Connect Snowflake under Settings → Connections, or name another connection (--connection on the command line).',
  )

const foldersAreLocal = (): Error =>
  problem(
    'connection_unknown',
    'Folders of the server are open only to the person at that machine.',
    'Use a saved connection, or ask an administrator for one.',
  )

/** Queries that may run in a process of their own at once, as far as the memory goes. */
const queriesAlone = (): number => (usableMemory() < 8 * gigabyte ? 1 : 2)

const unknown = (ref: string): Error =>
  problem(
    'connection_unknown',
    `There is no connection "${ref}".`,
    `Use "${sampleRef}", or "${folderPrefix}PATH" for a folder of Parquet, CSV, JSON-lines or Excel files.`,
  )
