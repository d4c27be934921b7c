import type { Problem } from '../../contract/problem.ts'
import type { Column } from '../../contract/result.ts'

/** What a child process says while it works on a request. */
export type ChildProgress =
  /** The warehouse has begun, waits, or is being woken. */
  | {
      readonly kind: 'working'
      readonly id: number
      readonly queryId: string
      readonly state: 'running' | 'queued' | 'resuming'
    }
  | { readonly kind: 'columns'; readonly id: number; readonly columns: readonly Column[] }
  | { readonly kind: 'batch'; readonly id: number; readonly rowCount: number; readonly json: Uint8Array }

/** How a request ends: each with exactly one of these. After a `fatal` problem the process is of no use any more. */
export type ChildEnding<Answer> =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'end'; readonly id: number; readonly truncated: boolean }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: Problem; readonly fatal?: boolean }
  | { readonly kind: 'stopped'; readonly id: number }

export type ChildReply<Answer> = ChildProgress | ChildEnding<Answer>

/** What every child process understands about a request under way. */
export type ChildControl =
  /** Asks for `count` more batches of a result. */
  | { readonly kind: 'more'; readonly id: number; readonly count: number }
  | { readonly kind: 'cancel'; readonly id: number }
