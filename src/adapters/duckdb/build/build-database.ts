import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../../contract/problem.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { tellWords } from '../../processes/child-words.ts'
import { siblingModule } from '../../processes/sibling-module.ts'
import type { FolderOrder } from '../folder/write-folder.ts'

/** What a building process makes. */
export type BuildJob = { readonly kind: 'sample'; readonly scale: number } | (FolderOrder & { readonly kind: 'folder' })

/** What a building process is told: to make the database at `target`, unless it is there. */
export interface BuildOrder {
  readonly target: string
  readonly job: BuildJob
}

/** What it answers: how far it is, then once how it ended. */
export type BuildAnswer =
  | { readonly kind: 'progress'; readonly fact: string }
  | { readonly kind: 'built' }
  | { readonly kind: 'failed'; readonly message: string; readonly problem: Problem | null }

/**
 * Makes a DuckDB file in a process of its own, unless it is there already; several processes asking at once make it once.
 * `tell` hears how far it is. Aborting ends the building process. Throws `connection_broken` or the problem that the build met.
 */
export async function buildDatabase(
  order: BuildOrder,
  signal: AbortSignal,
  tell: (fact: string) => void = () => undefined,
): Promise<void> {
  signal.throwIfAborted()
  if (existsSync(order.target)) return
  const child = fork(fileURLToPath(siblingModule('build-child', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [],
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  tellWords(child, 'build')
  const { promise, resolve, reject } = Promise.withResolvers<Exclude<BuildAnswer, { readonly kind: 'progress' }>>()
  const abort = (): void => {
    child.kill('SIGKILL')
  }
  child.on('message', (answer: BuildAnswer) => {
    if (answer.kind === 'progress') tell(answer.fact)
    else resolve(answer)
  })
  child.once('error', reject)
  child.once('exit', (code, reason) => reject(new Error(`The building process ended (${reason ?? `code ${code}`}).`)))
  signal.addEventListener('abort', abort, { once: true })
  try {
    // One that could not be started has no channel; its error comes by itself.
    if (child.connected) child.send(order)
    const answer = await promise
    if (answer.kind === 'failed') throw answer.problem ? new ProblemError(answer.problem) : new Error(answer.message)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof ProblemError ? error : unbuilt(order.target, error)
  } finally {
    signal.removeEventListener('abort', abort)
    child.kill('SIGKILL')
  }
}

const unbuilt = (target: string, cause: unknown): Error =>
  problem(
    'connection_broken',
    'The local database could not be built.',
    'Look at the details; there must be room on the disk and the data folder must be writable.',
    { details: [target, cause instanceof Error ? cause.message : String(cause)], cause },
  )
