import type { ConnectionState } from '../../contract/api.ts'
import type { ConnectionReport } from '../../contract/connection.ts'
import type { ProblemCode } from '../../contract/problem.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connections } from '../ports/connections.ts'
import type { Warehouse } from '../ports/warehouse.ts'
import { ProblemError } from '../problem.ts'

/** Connections of people whose state is remembered; beyond this the one used longest ago is forgotten. */
const mostRemembered = 10_000

/** Failures that say that a warehouse cannot be used; any other failure is an answer of it. */
const awayCodes: ReadonlySet<ProblemCode> = new Set(['warehouse_unreachable', 'connection_broken', 'sign_in_needed'])

/** Remembers how each person's uses and tests of connections went lately, as far as this process has seen. */
export interface ConnectionStates {
  /** Connections whose list tells their state. One that was neither used nor tested since the start has none. */
  readonly watch: (connections: Connections) => Connections
  /** Takes what a test has shown as the state of the connection that the person knows by this reference. */
  readonly noteTest: (caller: Pick<Caller, 'userId'>, ref: string, report: ConnectionReport) => void
}

/** Makes the states of this process's lifetime. */
export function makeConnectionStates(clock: Pick<Clock, 'now'>): ConnectionStates {
  const states = new Map<string, ConnectionState>()
  const keyOf = ({ userId }: Pick<Caller, 'userId'>, ref: string): string => `${userId} ${ref}`
  const now = (): string => new Date(clock.now()).toISOString()
  const note = (key: string, change: Partial<ConnectionState>): void => {
    const state = { answeredAt: null, failedAt: null, failure: null, ...states.get(key), ...change }
    // The last one noted is the last one forgotten.
    states.delete(key)
    states.set(key, state)
    const [oldest] = states.keys()
    if (states.size > mostRemembered && oldest !== undefined) states.delete(oldest)
  }
  const watch = async <T>(key: string, use: Promise<T>, isAnswer: boolean): Promise<T> => {
    try {
      const result = await use
      if (isAnswer) note(key, { answeredAt: now() })
      return result
    } catch (error) {
      if (error instanceof ProblemError && awayCodes.has(error.problem.code))
        note(key, { failedAt: now(), failure: error.problem.message })
      throw error
    }
  }
  const watchWarehouse = (warehouse: Warehouse, key: string): Warehouse => ({
    ...warehouse,
    compile: (sql, options) => watch(key, warehouse.compile(sql, options), true),
    run: (sql, options) => watch(key, warehouse.run(sql, options), true),
  })
  const watchAll = (connections: Connections): Connections => ({
    ...connections,
    list: async (caller) => {
      const listed = await connections.list(caller)
      return listed.map((each) => {
        const state = states.get(keyOf(caller, each.ref))
        return state === undefined ? each : { ...each, state }
      })
    },
    open: async (caller, ref, signal, onProgress) => {
      const key = keyOf(caller, ref)
      const opened = await watch(key, connections.open(caller, ref, signal, onProgress), false)
      return { ...opened, warehouse: watchWarehouse(opened.warehouse, key) }
    },
  })
  return {
    watch: watchAll,
    noteTest: (caller, ref, { steps }) => {
      const failed = steps.find(({ state }) => state === 'failed')
      const change = failed === undefined ? { answeredAt: now() } : { failedAt: now(), failure: failed.detail }
      note(keyOf(caller, ref), change)
    },
  }
}
