import { isOver, type TurnView } from './turn-view.ts'

/** Turns of an earlier visit that are fetched at once; the server reads a limited number for one page. */
const fetchedAtOnce = 8

export interface RestoreQueue {
  /** Wants these turns, the first ones first. */
  readonly add: (turnIds: readonly string[]) => void
  /** Goes on when turns have arrived. */
  readonly next: () => void
  /** Whether a turn has not been asked for yet. */
  readonly isQueued: (turnId: string) => boolean
}

/** Fetches the turns of an earlier visit a few at a time. */
export function makeRestoreQueue(needs: {
  readonly viewOf: (turnId: string) => TurnView | undefined
  readonly fetch: (turnId: string) => void
}): RestoreQueue {
  let queued: readonly string[] = []
  const underWay = new Set<string>()
  const next = (): void => {
    for (const turnId of underWay) if (hasArrived(needs.viewOf(turnId))) underWay.delete(turnId)
    const free = Math.max(0, fetchedAtOnce - underWay.size)
    const wanted = queued.slice(0, free)
    queued = queued.slice(free)
    for (const turnId of wanted) {
      underWay.add(turnId)
      needs.fetch(turnId)
    }
  }
  return {
    add: (turnIds) => {
      queued = [...queued, ...turnIds]
      next()
    },
    next,
    isQueued: (turnId) => queued.includes(turnId),
  }
}

/** Whether nothing more of a turn is on its way without somebody doing something. */
const hasArrived = (view: TurnView | undefined): boolean =>
  view === undefined || isOver(view) || view.status === 'waiting'
