import type { Clock } from '../ports/clock.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'
import { encodeEvent, isFinal, isOver, processStopped, readStored } from './turn-facts.ts'
import type { EncodedEvent } from './turns.ts'

/** How often a turn that runs in another process is looked at. */
const lookAgainMs = 400
/** Events read at once, so that a long result is not held in memory whole. */
const eventsAtOnce = 50

/** Reads a turn that does not run in this process: what is stored, and what another process adds until it is over. */
export async function* followStored(
  { store, clock }: { readonly store: TurnStore; readonly clock: Clock },
  ownerId: string,
  turnId: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<EncodedEvent, void> {
  let seen = afterSeq
  while (!signal.aborted) {
    const turn = await store.readTurn(ownerId, turnId)
    if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
    const events = await store.readEvents(ownerId, turnId, seen, eventsAtOnce)
    for (const stored of events) {
      const event = readStored(stored)
      seen = stored.seq
      yield event
      if (isFinal(event.kind)) return
    }
    if (events.length > 0) continue
    if (isOver(turn.state) && seen >= turn.lastSeq) {
      // The reader saw events that a killed process could not store any more: it is told that the turn ended there.
      const isCutShort = turn.state === 'interrupted' && afterSeq > turn.lastSeq
      const envelope = { turnId, seq: afterSeq + 1, at: new Date(clock.now()).toISOString() }
      if (isCutShort) yield encodeEvent(envelope, { kind: 'turn.failed', problem: processStopped() })
      return
    }
    await pause(clock, signal)
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      takeBack()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const takeBack = clock.after(lookAgainMs, end)
    signal.addEventListener('abort', end, { once: true })
  })
}
