import { isBusy, type TurnView } from './turn-view.ts'

/** Something that became of a question and that its person may be waiting for. */
export interface TurnNews {
  readonly turnId: string
  readonly conversationId: string
  readonly question: string | null
  readonly kind: 'answered' | 'failed' | 'ready' | 'question' | 'stopped'
  /** Whether it took so long that the person may have gone elsewhere. */
  readonly isLate: boolean
}

/** Work that takes less than this, in milliseconds, is waited for. */
const lateMs = 10_000

/** Finds news in the turns of the page, from one state to the next. Times are this page's own, so that no clock has to agree with another. */
export function makeTurnNews(): (turns: Readonly<Record<string, TurnView>>, nowMs: number) => readonly TurnNews[] {
  /** Turns at work, and since when. */
  let busySince: ReadonlyMap<string, number> = new Map()
  let seen: Readonly<Record<string, TurnView>> = {}
  return (turns, nowMs) => {
    if (turns === seen) return []
    seen = turns
    const before = busySince
    const busy = Object.values(turns).filter(isBusy)
    busySince = new Map(busy.map(({ turnId }) => [turnId, before.get(turnId) ?? nowMs]))
    return [...before].flatMap(([turnId, sinceMs]) => {
      const view = turns[turnId]
      const kind = view === undefined || busySince.has(turnId) ? null : kindOf(view)
      if (view === undefined || view.conversationId === null || kind === null) return []
      const { conversationId, question } = view
      return [{ turnId, conversationId, question, kind, isLate: nowMs - sinceMs >= lateMs }]
    })
  }
}

/** What a turn that is not at work any more has to tell; null for what its person did. */
function kindOf({ status, cancelReason }: TurnView): TurnNews['kind'] | null {
  switch (status) {
    case 'waiting':
      return 'ready'
    case 'done':
      return 'answered'
    case 'clarification':
      return 'question'
    case 'failed':
      return 'failed'
    case 'interrupted':
      return 'stopped'
    case 'cancelled':
      return cancelReason === 'unread' || cancelReason === 'no_access' ? 'stopped' : null
    case 'running':
    case 'executing':
    default:
      return null
  }
}
