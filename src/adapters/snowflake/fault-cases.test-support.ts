import type { DoubleFault } from '../../../test/support/snowflake/double-account.ts'
import { everyRow, fails } from './snowflake-faults.test-support.ts'

/** A fault, how a query of FLOOD then ends, and how often it was carried out. */
export interface FaultCase {
  readonly what: string
  readonly faults: readonly DoubleFault[]
  readonly ends: unknown
  /** How often the statement may have been carried out. */
  readonly runs: number
}
const always = { times: null } as const
export const faultCases: readonly FaultCase[] = [
  {
    what: 'a query request that hangs',
    faults: [{ at: 'query', action: 'hang', match: 'FLOOD' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a query request that always hangs',
    faults: [{ at: 'query', action: 'hang', match: 'FLOOD', ...always }],
    ends: fails('warehouse_unreachable'),
    runs: 0,
  },
  {
    what: 'a query request that is reset',
    faults: [{ at: 'query', action: 'reset', match: 'FLOOD' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a query request that is always reset',
    faults: [{ at: 'query', action: 'reset', match: 'FLOOD', ...always }],
    ends: fails('warehouse_unreachable'),
    runs: 0,
  },
  {
    what: 'a query that began before its answer was reset',
    faults: [{ at: 'query', action: 'reset-after', match: 'FLOOD' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a query that began before its answer was cut',
    faults: [{ at: 'query', action: 'cut', bytes: 40, match: 'FLOOD', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a query whose answer is always reset',
    faults: [{ at: 'query', action: 'reset-after', match: 'FLOOD', ...always }],
    ends: fails('warehouse_unreachable'),
    runs: 1,
  },
  {
    what: 'garbage for an answer',
    faults: [{ at: 'query', action: 'garbage', match: 'FLOOD' }],
    ends: fails('warehouse_failed'),
    runs: 0,
  },
  {
    what: 'a storm of 503 that passes',
    faults: [{ at: 'query', action: 'status', status: 503, match: 'FLOOD', times: 3 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a storm of 503 that stays',
    faults: [{ at: 'query', action: 'status', status: 503, match: 'FLOOD', ...always }],
    ends: fails('warehouse_unreachable', '503'),
    runs: 0,
  },
  {
    what: 'a 408 at first',
    faults: [{ at: 'query', action: 'status', status: 408, match: 'FLOOD', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a 429 at first',
    faults: [{ at: 'query', action: 'status', status: 429, match: 'FLOOD', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a 500 at first',
    faults: [{ at: 'query', action: 'status', status: 500, match: 'FLOOD', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a 502 at first',
    faults: [{ at: 'query', action: 'status', status: 502, match: 'FLOOD', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a 504 at first',
    faults: [{ at: 'query', action: 'status', status: 504, match: 'FLOOD', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'a 400',
    faults: [{ at: 'query', action: 'status', status: 400, match: 'FLOOD' }],
    ends: fails('warehouse_unreachable', '400'),
    runs: 0,
  },
  {
    what: 'half of a gzipped answer',
    faults: [{ at: 'query', action: 'cut-gzip', match: 'FLOOD' }],
    ends: fails('warehouse_failed'),
    runs: 1,
  },
  {
    what: 'a session that ended while it is not known whether the query began',
    faults: [
      { at: 'query', action: 'reset-after', match: 'FLOOD' },
      { at: 'query', action: 'error', code: '390111', message: 'Session no longer exists.', match: 'FLOOD' },
    ],
    ends: fails('warehouse_unreachable'),
    runs: 1,
  },
  {
    what: 'F10 an expired session (390112)',
    faults: [{ at: 'query', action: 'expired-session', match: 'FLOOD' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'an error of Snowflake',
    faults: [
      { at: 'execution', action: 'error', code: '000603', message: 'incident 1', sqlState: 'XX000', match: 'FLOOD' },
    ],
    ends: fails('warehouse_failed', 'incident 1'),
    runs: 1,
  },
  { what: 'a result request that is reset', faults: [{ at: 'result', action: 'reset' }], ends: everyRow, runs: 1 },
  {
    what: 'a result request that answers 503',
    faults: [{ at: 'result', action: 'status', status: 503, times: 5 }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'looks at the query that are reset',
    faults: [
      { at: 'monitoring', action: 'reset', ...always },
      { at: 'execution', action: 'delay', seconds: 3, match: 'FLOOD' },
    ],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'looks at the query that hang',
    faults: [
      { at: 'monitoring', action: 'hang', ...always },
      { at: 'execution', action: 'delay', seconds: 3, match: 'FLOOD' },
    ],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'looks at the query that are refused',
    faults: [
      { at: 'monitoring', action: 'status', status: 406, ...always },
      { at: 'execution', action: 'delay', seconds: 3, match: 'FLOOD' },
    ],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'looks at the query that bring garbage',
    faults: [
      { at: 'monitoring', action: 'garbage', ...always },
      { at: 'execution', action: 'delay', seconds: 3, match: 'FLOOD' },
    ],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'heartbeats that are reset beside looks that are answered',
    faults: [
      { at: 'heartbeat', action: 'reset', ...always },
      { at: 'monitoring', action: 'reset', times: 2 },
      { at: 'execution', action: 'delay', seconds: 2, match: 'FLOOD' },
    ],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'F11 a chunk that hangs once',
    faults: [{ at: 'chunk', action: 'hang', match: '^3$' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'F11 a chunk that always hangs',
    faults: [{ at: 'chunk', action: 'hang', match: '^3$', ...always }],
    ends: fails('warehouse_failed', 'part 4 of 10'),
    runs: 1,
  },
  {
    what: 'F11 a chunk cut in the middle',
    faults: [{ at: 'chunk', action: 'cut', bytes: 900, match: '^3$' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'F11 a chunk that is always cut',
    faults: [{ at: 'chunk', action: 'cut', bytes: 900, match: '^3$', ...always }],
    ends: fails('warehouse_failed'),
    runs: 1,
  },
  {
    what: 'F11 a chunk that is reset',
    faults: [{ at: 'chunk', action: 'reset', match: '^3$' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'F11 a chunk that stops half-way',
    faults: [{ at: 'chunk', action: 'hang-after', bytes: 900, match: '^3$' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'F11 a chunk that drips',
    faults: [{ at: 'chunk', action: 'slow', bytesPerSecond: 500, match: '^3$', ...always }],
    ends: fails('warehouse_failed'),
    runs: 1,
  },
  {
    what: 'F11 a corrupt chunk',
    faults: [{ at: 'chunk', action: 'corrupt', match: '^3$' }],
    ends: fails('warehouse_failed', 'Query id'),
    runs: 1,
  },
  {
    what: 'F11 a missing chunk',
    faults: [{ at: 'chunk', action: 'status', status: 404, match: '^3$' }],
    ends: fails('warehouse_failed', '404'),
    runs: 1,
  },
  {
    what: 'F11 chunk addresses that have expired',
    faults: [{ at: 'chunk', action: 'expire', match: '^3$' }],
    ends: everyRow,
    runs: 1,
  },
  {
    what: 'F11 garbage for a chunk',
    faults: [{ at: 'chunk', action: 'garbage', match: '^3$' }],
    ends: fails('warehouse_failed'),
    runs: 1,
  },
  {
    what: 'a chunk answered with 503 at first',
    faults: [{ at: 'chunk', action: 'status', status: 503, match: '^3$', times: 2 }],
    ends: everyRow,
    runs: 1,
  },
]
