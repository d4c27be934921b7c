import { createContext, useContext } from 'react'
import { minutesInWords } from './describe-turn.ts'
import { isBusy, type TurnView } from './turn-view.ts'
import { say } from '../words/language.ts'
import { turnWords } from '../words/turns.ts'

const words = turnWords.line

/** How things stand between this page and the server. */
export interface Line {
  /** Whether the server was heard and is not any more. */
  readonly isAway: boolean
  /** When it was noticed that it is not heard any more, in milliseconds since 1970; null while it is heard. */
  readonly awaySinceMs: number | null
  /** How long a running query goes on without a page, as the person has set it. */
  readonly keepMs: number
}

/** Given at the root. */
export const LineContext = createContext<Line>({ isAway: false, awaySinceMs: null, keepMs: 0 })

export function useLine(): Line {
  return useContext(LineContext)
}

/** A silent line is noticed within this time, so it may be away that much longer than the page knows. */
const noticedWithinMs = 15_000

/**
 * What a page without a line may say. It does not know whether the server still runs, so what it says of a running query depends on that. The
 * query has at least the time that is said here.
 */
export function awayInWords(
  { awaySinceMs, keepMs }: Line,
  { turns, pending, nowMs }: { readonly turns: readonly TurnView[]; readonly pending: number; readonly nowMs: number },
): string {
  const isRunning = turns.some((view) => isBusy(view) && view.delivery === 'accepted')
  const leftMs = awaySinceMs === null ? keepMs : awaySinceMs - noticedWithinMs + keepMs - nowMs
  return [
    words.reconnecting,
    ...(isRunning ? [leftMs > 0 ? goesOn(leftMs) : words.mayHaveStopped] : []),
    ...(pending > 0 ? [words.unconfirmedDecision] : []),
  ].join(' ')
}

function goesOn(leftMs: number): string {
  const count = Math.floor(leftMs / 60_000)
  return count === 0 ? words.lessThanMinute : say(words.goesOn, { count })
}

/** Under a query that runs for a while already: that the person may leave. */
export const mayLeaveInWords = (keepMs: number): string => say(words.mayLeave, { time: minutesInWords(keepMs) })

/** Said with a question that the server has not accepted; null once it has, or while it is just being sent. */
export function undeliveredInWords({ delivery }: TurnView, isOpen: boolean): string | null {
  if (delivery === 'accepted' || isOpen) return null
  return delivery === 'unsent' ? words.unsent : words.unconfirmed
}
