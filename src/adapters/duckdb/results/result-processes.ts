import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { EngineSettings } from '../engine/engine-settings.ts'
import { usableMemory } from '../../processes/memory.ts'
import { resultDatabase } from './result-database.ts'
import {
  type AskOptions,
  makeResultProcess,
  type AnswerTo,
  type RequestKind,
  type RequestOf,
  type ResultPlace,
  type ResultProcess,
} from './result-process.ts'

/** A kept result, or one that is being made. */
export interface SizedPlace extends ResultPlace {
  /** Whether it takes little of a process that others use as well. */
  readonly isSmall: boolean
}

/**
 * The processes that make and read kept results: one of its own for each large result, and one for all small ones, of which many are read at
 * once and each alone would take a hundred times its own size.
 */
export interface ResultProcesses {
  ask<K extends RequestKind>(place: SizedPlace, request: RequestOf<K>, options: AskOptions): Promise<AnswerTo<K>>
  /** Ends what reads a result; it begins anew when the result is asked about again. */
  leave(place: SizedPlace): Promise<void>
  close(): Promise<void>
}

/** Processes over large results that may be awake at once beside those that work. */
const awakeAtOnce = 3
/** Files of small results that are open at once beside those that are worked with. */
const smallOpenAtOnce = 12
const smallMemoryMb = 256
const gigabyte = 1024 ** 3
const largeMemoryMb = Math.round(Math.min(gigabyte, Math.max(gigabyte / 8, usableMemory() / 8)) / 1024 ** 2)

/** How the database in a result's folder is opened: by whoever looks at it, and by exports of it. */
export const settingsOf = (folder: string): EngineSettings => ({
  database: { name: resultDatabase, path: join(folder, 'result.db') },
  defaultSchema: 'main',
  prelude: [],
  readableFiles: [],
  writableFolder: folder,
  faults: [],
  viewRows: {},
  memoryLimitMb: largeMemoryMb,
  threads: Math.min(4, availableParallelism()),
  places: { running: 8, heavyRunning: 3, waiting: 200 },
  isOwnText: true,
})

const smallSettingsOf = (folder: string): EngineSettings => ({
  ...settingsOf(folder),
  memoryLimitMb: smallMemoryMb,
  threads: 1,
})

interface OwnProcess {
  readonly process: ResultProcess
  /** Requests that it works on. */
  busy: number
}

export function makeResultProcesses(onFault: (error: unknown) => void): ResultProcesses {
  const shared = makeResultProcess({
    settingsOf: smallSettingsOf,
    memoryLimitMb: smallMemoryMb,
    openAtOnce: smallOpenAtOnce,
    onFault,
  })
  const makeOwn = () => makeResultProcess({ settingsOf, memoryLimitMb: largeMemoryMb, openAtOnce: 1, onFault })
  /** Of large results by folder, in the order of their last use. */
  const own = new Map<string, OwnProcess>()

  const ownOf = (folder: string): OwnProcess => {
    const found = own.get(folder) ?? { process: makeOwn(), busy: 0 }
    own.delete(folder)
    own.set(folder, found)
    return found
  }
  /** Ends the processes that nobody has asked for longest, so that few are awake. */
  const letSleep = (): void => {
    const idle = [...own].filter(([, { busy }]) => busy === 0)
    for (const [folder, { process }] of idle.slice(0, Math.max(0, idle.length - awakeAtOnce))) {
      own.delete(folder)
      process.close().catch(onFault)
    }
  }
  return {
    ask: async ({ isSmall, ...place }, request, options) => {
      if (isSmall) return await shared.ask(place, request, options)
      letSleep()
      const used = ownOf(place.folder)
      used.busy += 1
      try {
        return await used.process.ask(place, request, options)
      } finally {
        used.busy -= 1
      }
    },
    leave: async ({ folder, isSmall }) => {
      if (isSmall) return shared.leave(folder)
      const used = own.get(folder)
      own.delete(folder)
      await used?.process.close()
    },
    close: async () => {
      await Promise.all([shared, ...[...own.values()].map(({ process }) => process)].map((process) => process.close()))
    },
  }
}
