import { statfs } from 'node:fs/promises'
import { watchChildren } from '../adapters/metrics/watch-children.ts'
import type { Log } from '../adapters/node/make-log.ts'
import type { WorkerInterpreter } from '../adapters/interpreter/worker-interpreter.ts'
import type { ParserSignal, ParsersOptions, WorkerSqlParsers } from '../adapters/sql-parsers/worker-sql-parsers.ts'
import type { Config } from '../config.ts'
import type { TurnsNeeds } from '../core/ask/make-turns.ts'
import type { TurnEnd } from '../core/metrics/measure-turns.ts'
import type { Meter } from '../core/ports/meter.ts'
import type { Services } from '../core/services.ts'
import type { Foundation } from './foundation.ts'

interface StateNeeds {
  readonly version: string
  readonly parsers: Pick<WorkerSqlParsers, 'waiting'>
  readonly interpreter: Pick<WorkerInterpreter, 'waiting'>
  readonly health: Services['health']
}

/** Dependencies are asked at most this often, however often monitoring looks. */
const askEveryMs = 5_000

/** Has monitoring read the state of the program: its version, dependencies, pool, workers, child processes and disk. */
export function measureState(config: Config, { meter, metrics, database, clock }: Foundation, needs: StateNeeds): void {
  // Without a door for monitoring nobody asks.
  if (metrics === null) return
  const { version, parsers, interpreter } = needs
  meter.gauge(
    {
      name: 'floe_build_info',
      help: 'The version that runs and the Node that runs it; always 1.',
      labels: { version: { atMost: 1 }, node: { atMost: 1 } },
    },
    () => [[{ version, node: process.versions.node }, 1]],
  )
  meter.gauge(
    {
      name: 'floe_worker_queue_length',
      help: 'Texts and questions that wait for a worker thread.',
      labels: { worker: workers },
    },
    () => {
      const { short, long } = parsers.waiting()
      const lengths = { parsers: short, 'long-parsers': long, interpreter: interpreter.waiting() }
      return workers.map((worker) => [{ worker }, lengths[worker]] as const)
    },
  )
  measureDependencies(meter, clock, needs.health)
  measurePool(meter, database)
  measureDisk(meter, config.DATA_DIR)
  watchChildren(meter)
}

const workers = ['parsers', 'long-parsers', 'interpreter'] as const

/**
 * Counts and logs what the guard's parsers notice; after all but a disagreement their worker is started anew. Details name parts of the text.
 * The scope of the log knows whose work asks them.
 */
export function watchParsers(meter: Meter, { logger, quotes, scope }: Log): Omit<ParsersOptions, 'timeoutMs'> {
  const count = meter.counter({
    name: 'floe_parser_signals_total',
    help: 'What the parsers of the guard noticed: two that disagreed, or one that broke, took too long or died and was started anew.',
    labels: { kind: ['parsers_disagree', 'trap', 'timeout', 'died'] satisfies ParserSignal['kind'][] },
  })
  return {
    logSignal: ({ kind, detail }) => {
      count({ kind })
      logger.warn({ child: 'parsers', kind, ...(quotes ? { detail } : {}) }, 'the guard noticed something')
    },
    askedBy: scope.person,
  }
}

/** What turns write to the log by, and have their lines carry ids with. */
export const logTurns = ({ logger, scope }: Log): Pick<TurnsNeeds, 'log' | 'logScope'> => ({
  log: (event, error) => logger.error({ err: error }, event),
  logScope: scope,
})

/** Writes a line at the end of each turn; its query only where the operator asked for that. */
export const tellEnd =
  ({ logger, quotes }: Log) =>
  ({ sql, ...end }: TurnEnd): void =>
    // Whoever works in a terminal sees how it ended.
    logger[end.door === 'cli' ? 'debug' : 'info'](quotes ? { ...end, sql } : end, 'a turn ended')

function measureDependencies(meter: Meter, clock: Foundation['clock'], health: Services['health']): void {
  let asked: { readonly atMs: number; readonly answer: ReturnType<typeof health> } | null = null
  meter.gauge(
    {
      name: 'floe_dependency_up',
      help: 'Whether a dependency answered when it was last asked: 1, or 0 while it is away or being opened.',
      labels: { dependency: { atMost: 20 } },
    },
    async () => {
      const nowMs = clock.monotonicMs()
      if (asked === null || nowMs - asked.atMs >= askEveryMs) asked = { atMs: nowMs, answer: health() }
      return (await asked.answer).map(({ name, state }) => [{ dependency: name }, state === 'ok' ? 1 : 0] as const)
    },
  )
}

function measurePool(meter: Meter, database: Foundation['database']): void {
  meter.gauge(
    {
      name: 'floe_store_pool_connections',
      help: 'Connections to the store, by whether they are at work.',
      labels: { state: ['busy', 'idle'] },
    },
    () => {
      const { busy, idle } = database.pool() ?? { busy: 0, idle: 0 }
      return [
        [{ state: 'busy' }, busy],
        [{ state: 'idle' }, idle],
      ]
    },
  )
  meter.gauge(
    { name: 'floe_store_pool_waiting', help: 'Statements that wait for a connection to the store.', labels: {} },
    () => [[{}, database.pool()?.waiting ?? 0]],
  )
}

function measureDisk(meter: Meter, dataDir: string): void {
  for (const [name, blocks] of [
    ['free', 'bavail'],
    ['size', 'blocks'],
  ] as const)
    meter.gauge(
      {
        name: `floe_data_disk_${name}_bytes`,
        help: `${name === 'free' ? 'Free room on' : 'The size of'} the disk that DATA_DIR lies on.`,
        labels: {},
      },
      async () => {
        const disk = await statfs(dataDir)
        return [[{}, disk[blocks] * disk.bsize]]
      },
    )
}
