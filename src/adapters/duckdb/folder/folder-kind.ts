import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { CatalogState, DoctorStep } from '../../../contract/connection.ts'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import { anyKind } from '../../../core/connections/kind-of.ts'
import { makeLocalCaller } from '../../../core/caller.ts'
import type { ConnectionKind, SourceSession } from '../../../core/ports/connection-kind.ts'
import type { ConnectionRow, StoredSettings } from '../../../core/ports/connection-store.ts'
import type { OpenWarehouse, WarehouseSource } from '../../../core/ports/connections.ts'
import { presentProblem, problem, ProblemError } from '../../../core/problem.ts'
import type { FolderListing } from './folder-listing.ts'
import { listFolder } from './list-folder.ts'

interface FolderKindNeeds {
  /** Opens `folder:PATH`, anew where its files have changed. */
  readonly source: Pick<WarehouseSource, 'open'>
  /** Throws `connection_unknown` for a folder that nobody may open here. */
  readonly demandFolder: (path: string) => Promise<void>
  /** Whether no folder is opened at all. */
  readonly isOff: boolean
}

/** Files that a preview names; the others it counts. */
const mostShown = 200

/** Saved names for folders of the machine that Floe runs on. Only its own person saves and opens them. */
export function makeFolderKind({ source, demandFolder, isOff }: FolderKindNeeds): ConnectionKind {
  const look = async (typed: string): Promise<FolderListing> => {
    const path = wholePath(typed)
    await demandFolder(path)
    return await listOrExplain(path)
  }
  return anyKind<'folder'>({
    kind: 'folder',
    right: 'open_folders',
    ...(isOff ? { refusal: 'This server opens no folders.' } : {}),
    signIns: [],
    commandLine: {
      settings: [{ field: 'path', option: '--path <folder>', description: 'the folder of files' }],
      methods: {},
      setup: [],
    },
    async preview({ path }) {
      const { root, tables, ignored } = await look(path)
      return {
        kind: 'folder',
        path: root,
        tables: tables.slice(0, mostShown).map(({ schema, table, label, bytes, fault }) => ({
          table: `${schema}.${table}`,
          file: label,
          bytes,
          fault,
        })),
        tableCount: tables.length,
        ignored: ignored.slice(0, mostShown),
      }
    },
    setupScript: () => {
      throw nothingToSetUp()
    },
    async readNew({ path }) {
      return { settings: { path: (await look(path)).root }, secret: null, needsSignIn: false }
    },
    async readChange(before, { path }) {
      const settings = path === undefined ? before : { path: (await look(path)).root }
      return { settings, secret: null }
    },
    present: (settings) => ({ kind: 'folder', path: readPath(settings) }),
    summarize: ({ path }) => [path],
    describe: (settings) => `Files in ${readPath(settings)}`,
    signInKey: readPath,
    setupSql: () => null,
    beginSignIn: () => Promise.reject(nothingToSetUp()),
    finishSignIn: () => Promise.reject(nothingToSetUp()),
    expectRole: () => {
      throw problem('bad_request', 'A folder has no roles.', 'Share it without a role.')
    },
    open: (row) => makeFolderSession(source, row),
    catalogState: () => Promise.resolve(unread),
    close: () => Promise.resolve(),
  })
}

const unread: CatalogState = { state: 'unread', tables: 0, columns: 0, readAt: null }

const Settings = z.object({ path: z.string() })

/** Throws `connection_broken`. */
function readPath(stored: StoredSettings): string {
  const parsed = Settings.safeParse(stored)
  if (parsed.success) return parsed.data.path
  throw problem(
    'connection_broken',
    'The settings of this connection cannot be read.',
    'Use the version of Floe that saved them, or save the connection anew.',
  )
}

/** A folder as a person typed it; `~` is their own. Throws `bad_request` for one that does not start at the top. */
function wholePath(typed: string): string {
  const path = typed === '~' || typed.startsWith('~/') ? join(homedir(), typed.slice(1)) : typed
  if (isAbsolute(path)) return path
  throw problem(
    'bad_request',
    `"${typed.slice(0, 100)}" does not start at the top of the machine.`,
    'Write the whole path, such as /home/ann/data or ~/data.',
  )
}

/** Throws `bad_request` with what is wrong with the folder. */
async function listOrExplain(path: string): Promise<FolderListing> {
  try {
    return await listFolder(path)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const { message, action } = error.problem
    throw problem('bad_request', message, action, { cause: error })
  }
}

const nothingToSetUp = () =>
  problem('bad_request', 'Nobody signs in to a folder.', 'Test the connection; it is ready as it is.')

/** A folder in use. Each call opens it as its files are by then. */
function makeFolderSession(source: FolderKindNeeds['source'], row: ConnectionRow): SourceSession {
  const path = readPath(row.settings)
  const caller = makeLocalCaller(row.ownerId, 'api')
  const open = (signal: AbortSignal, onProgress?: (fact: string) => void): Promise<OpenWarehouse> =>
    source.open(caller, `folder:${path}`, signal, onProgress)
  let known: CatalogState = unread
  const readCatalog = async (signal: AbortSignal, onProgress?: (fact: string) => void): Promise<Catalog> => {
    const catalog = await (await open(signal, onProgress)).catalog(signal)
    const columns = catalog.tables.reduce((sum, table) => sum + table.columns.length, 0)
    known = { state: 'complete', tables: catalog.tables.length, columns, readAt: null }
    return catalog
  }
  const noQueryIds = () => Promise.reject(new Error('Queries of a folder have no ids.'))
  return {
    probing: 'read',
    proveScope: () => Promise.resolve({ source: `folder:${path}`, view: row.ownerId }),
    openCatalog: () => ({
      catalog: readCatalog,
      lookAgain: async (_tables, signal) => ({ catalog: await readCatalog(signal), readAt: null, isFresh: true }),
      state: () => Promise.resolve(known),
      refresh: async (signal, onProgress) => {
        await readCatalog(signal, onProgress)
        return known
      },
      close: () => Promise.resolve(),
    }),
    warehouse: (read) => ({
      readCatalog: ({ signal }) => read(signal),
      compile: async (sql, options) => await (await open(options.signal)).warehouse.compile(sql, options),
      run: async (sql, options) => await (await open(options.signal)).warehouse.run(sql, options),
      reread: noQueryIds,
      save: noQueryIds,
      cancelLeftover: noQueryIds,
      close: () => Promise.resolve(),
    }),
    exporter: {
      export: async (sql, options) => {
        const { exporter } = await open(options.signal)
        if (exporter === undefined) throw new Error('A folder writes files.')
        return await exporter.export(sql, options)
      },
    },
    async diagnose(signal, onStep) {
      const step = await examine(path, () => readCatalog(signal), signal)
      onStep?.(step)
      return { steps: [step], warning: null }
    },
    places: () => Promise.resolve({ roles: [], warehouses: [], databases: [], notices: [] }),
    checkSession: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  }
}

async function examine(
  path: string,
  read: () => Promise<{ readonly tables: readonly unknown[] }>,
  signal: AbortSignal,
): Promise<DoctorStep> {
  const step = { name: 'reach', sql: null } as const
  try {
    const { tables } = await read()
    const count = tables.length.toLocaleString('en-US')
    return { ...step, state: 'ok', detail: `${path} is there, with ${count} tables.`, action: null }
  } catch (error) {
    signal.throwIfAborted()
    const { message, action } = presentProblem(error)
    return { ...step, state: 'failed', detail: message, action }
  }
}
