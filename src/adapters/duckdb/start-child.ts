import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { problem } from '../../core/problem.ts'
import { type ChildLink, linkChild } from '../processes/child-link.ts'
import { siblingModule } from '../processes/sibling-module.ts'
import type { Answer, ToChild } from './child-protocol.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

/** DuckDB waits on these threads, one for each query that runs or is being prepared. */
const threadPoolSize = 24

/**
 * Starts a DuckDB process and waits until its database is open. It gets no environment of ours, and it dies with us.
 * Throws `warehouse_unreachable`.
 */
export const startChild = (settings: EngineSettings): Promise<ChildLink<ToChild, Answer>> =>
  linkChild({
    child: fork(fileURLToPath(siblingModule('duckdb-child', import.meta.url)), [], {
      serialization: 'advanced',
      execArgv: ['--max-semi-space-size=4'],
      env: { UV_THREADPOOL_SIZE: String(threadPoolSize), MALLOC_ARENA_MAX: '2' },
      // The engine may print to its standard output, which belongs to the command line's answers.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
    opening: { kind: 'open', settings },
    unopened: unreachable,
  })

const unreachable = (reason: string): Error =>
  problem(
    'warehouse_unreachable',
    'The local database engine could not open its database.',
    'Look at the details; deleting the file makes Floe build it anew.',
    { details: [reason] },
  )
