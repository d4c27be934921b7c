import type { JourneyOrder } from './journey.ts'
import { makeWheel, type Wheel } from './steering.ts'
import { endingOf, isDefect, type StopReason } from './turn-ending.ts'
import { isFinal, makeTurnLog, type TurnLog } from './turn-log.ts'
import type { TurnsNeeds } from './turns-needs.ts'

/** A turn whose journey runs in this process. */
export interface LiveTurn {
  readonly ownerId: string
  readonly log: TurnLog
  readonly wheel: Wheel
  /** Stops it and resolves once its last event is stored. */
  stop(reason: StopReason): Promise<void>
}

/** Sets a journey off. `onOver` is called once its last event is stored. */
export function startLiveTurn(needs: TurnsNeeds, turnId: string, order: JourneyOrder, onOver: () => void): LiveTurn {
  const ownerId = order.caller.userId
  const abort = new AbortController()
  const wheel = makeWheel()
  let stopped: StopReason | null = null
  const stopFor = (reason: StopReason): void => {
    if (stopped !== null || isOver()) return
    stopped = reason
    abort.abort(new Error(`turn ${reason}`))
  }
  const attention = watchAttention(
    needs,
    () => log,
    () => stopFor('abandoned'),
  )
  const log = makeTurnLog({
    turnId,
    clock: needs.clock,
    store: (events, state) => needs.store.append(ownerId, turnId, events, state),
    onReaders: attention.look,
    onStoreFailure: (error, lost) => needs.log(`${lost} events of turn ${turnId} could not be stored`, error),
  })
  const isOver = (): boolean => ['done', 'failed', 'cancelled', 'interrupted'].includes(log.state())

  const drive = async (): Promise<void> => {
    try {
      for await (const fact of needs.journey(order, wheel, abort.signal)) {
        log.append(fact)
        if (!isFinal(fact.kind)) attention.look()
      }
    } catch (error) {
      if (stopped === null && isDefect(error)) needs.log(`turn ${turnId} failed`, error)
      log.append(endingOf(error, stopped))
    }
    attention.end()
    await log.flushed()
    onOver()
  }
  const over = drive()
  return {
    ownerId,
    log,
    wheel,
    stop: async (reason) => {
      stopFor(reason)
      await over
    },
  }
}

/** Watches whether anybody reads a turn, and gives it up after a grace time when nobody does. */
function watchAttention(needs: TurnsNeeds, log: () => TurnLog, giveUp: () => void) {
  let takeBack: (() => void) | null = null
  let graceMs = 0
  let ended = false
  const rest = (): void => {
    takeBack?.()
    takeBack = null
  }
  const look = (): void => {
    if (ended || log().readers() > 0) return rest()
    const wanted = log().state() === 'waiting' ? needs.limits.undecidedAfterMs : needs.limits.abandonedAfterMs
    if (takeBack !== null && wanted === graceMs) return
    rest()
    graceMs = wanted
    takeBack = needs.clock.after(wanted, giveUp)
  }
  const end = (): void => {
    ended = true
    rest()
  }
  return { look, end }
}
