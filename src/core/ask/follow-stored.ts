import type { TurnState } from '../../contract/api.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { problem } from '../problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent, TurnStore } from '../ports/turn-store.ts'
import { encodeEvent } from './live-event.ts'
import { interrupted } from './turn-ending.ts'
import { isFinal } from './turn-log.ts'
import type { EncodedEvent } from './turns.ts'

interface Needs {
  readonly store: TurnStore
  readonly clock: Clock
}

/** How often a turn that runs in another process is looked at. */
const lookAgainMs = 400

const endedStates: readonly TurnState[] = ['done', 'failed', 'cancelled', 'interrupted']

/** Reads a turn that does not run in this process: what is stored, and what another process adds until it is over. */
export async function* followStored(
  needs: Needs,
  ownerId: string,
  turnId: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<EncodedEvent, void> {
  let seen = afterSeq
  while (!signal.aborted) {
    const turn = await needs.store.readTurn(ownerId, turnId)
    if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
    for (const stored of await needs.store.readEvents(ownerId, turnId, seen)) {
      const event = asEncoded(stored)
      seen = stored.seq
      yield event
      if (isFinal(event.kind)) return
    }
    if (endedStates.includes(turn.state) && seen >= turn.lastSeq) {
      // The reader saw events that a killed process could not store any more: it is told that the turn ended there.
      if (afterSeq > turn.lastSeq) yield interruptedAfter(needs.clock, turnId, afterSeq)
      return
    }
    await pause(needs.clock, signal)
  }
}

const asEncoded = ({ seq, json }: StoredEvent): EncodedEvent => ({ seq, json, kind: kindOf(json) })

/** Row events can be large: their kind is read from the front of the text without parsing the rows. */
function kindOf(json: string): TurnEvent['kind'] {
  if (json.startsWith('{"kind":"result.rows"')) return 'result.rows'
  return (JSON.parse(json) as TurnEvent).kind
}

function interruptedAfter(clock: Clock, turnId: string, afterSeq: number): EncodedEvent {
  const at = new Date(clock.now()).toISOString()
  return encodeEvent({ turnId, seq: afterSeq + 1, at }, { kind: 'turn.failed', problem: interrupted() })
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
