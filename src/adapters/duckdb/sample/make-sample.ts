import { join } from 'node:path'
import { presentProblem } from '../../../core/problem.ts'
import type { Health } from '../../../core/services.ts'
import { buildDatabase } from '../build/build-database.ts'

/** Raise it when the generator changes, so that older files are made anew. */
const generation = 1

/** The sample warehouse's file. */
export interface Sample {
  readonly path: string
  /** Generates the file unless it is there and whole. Returns its path. Throws `connection_broken`. */
  ensure(signal: AbortSignal): Promise<string>
  /** `starting` until the file is there. */
  health(): Health
}

/** `scale` as TPC-H counts: 1 is 6 million line items. The file lies in `dir`. */
export function makeSample({ dir, scale }: { readonly dir: string; readonly scale: number }): Sample {
  const path = join(dir, `tpch-${generation}-${scale}.duckdb`)
  const name = 'sample'
  let health: Health = {
    name,
    state: 'starting',
    detail: 'The sample warehouse has not been opened yet.',
    action: 'Wait a moment, or set SAMPLE=off to do without it.',
  }
  return {
    path,
    async ensure(signal) {
      try {
        await buildDatabase({ target: path, job: { kind: 'sample', scale } }, signal)
      } catch (error) {
        const { message, action } = presentProblem(error)
        health = { name, state: 'failed', detail: message, action: `${action} SAMPLE=off does without it.` }
        throw error
      }
      health = { name, state: 'ok', detail: 'The sample warehouse is open.', action: null }
      return path
    },
    health: () => health,
  }
}
