import type { Clock } from '../ports/clock.ts'
import { logNameOf, type LogScope } from '../ports/log-scope.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { presentProblem, ProblemError, withLogId } from '../problem.ts'
import type { Journey, JourneyOrder } from './journey.ts'
import { makePendingDecision, notWaiting, type PendingDecision } from './pending-decision.ts'
import { finalFactOf, isOver, TurnStopped, type FinalFact, type Stop, type StopReason } from './turn-facts.ts'
import { makeTurnLog, type TurnLog } from './turn-log.ts'
import type { TurnPace } from './turn-pace.ts'

/** A turn whose journey runs in this process. */
export interface LiveTurn {
  readonly ownerId: string
  readonly conversationId: string
  readonly log: TurnLog
  readonly decision: PendingDecision
  isOver(): boolean
  /** Somebody reads it through another process: the time without readers begins anew. */
  attend(): void
  /** Stops it and resolves once its last event was told. */
  stop(reason: StopReason): Promise<void>
}

export interface LiveTurnNeeds {
  readonly journey: Journey
  readonly store: TurnStore
  readonly clock: Clock
  readonly pace: TurnPace
  readonly log: (event: string, error: unknown) => void
  /** Has the lines of a turn carry its ids. */
  readonly logScope: LogScope
  /** How long the owner wants a running turn to go on without readers. */
  readonly keepRunningMs: (ownerId: string) => Promise<number>
  readonly limits: {
    /** A running turn goes on without readers for at least this long: a page that is loaded again needs some time. */
    readonly abandonedAfterMs: number
    /** How long a turn waits for a decision without readers. */
    readonly undecidedAfterMs: number
  }
}

/** Starts a journey. `onWaiting` is called when it begins to wait for a decision, `onSettled` once everything of it is stored or given up. */
export function startLiveTurn(
  needs: LiveTurnNeeds,
  order: JourneyOrder,
  { onWaiting, onSettled }: { readonly onWaiting: () => void; readonly onSettled: () => void },
): LiveTurn {
  const { turnId, conversationId } = order
  const ownerId = order.caller.userId
  const abort = new AbortController()
  const decision = makePendingDecision(onWaiting)
  let stopped: Stop | null = null
  let wasWaiting = false
  let retryAfterSeconds: number | null = null
  const stopFor = (stop: Stop): void => {
    if (stopped !== null || isOver(log.state())) return
    stopped = stop
    wasWaiting = decision.isOpen()
    abort.abort(new TurnStopped(stop.reason))
  }
  const attention = watchAttention(needs, ownerId, { log: () => log, stop: stopFor })
  const log = makeTurnLog({
    turnId,
    clock: needs.clock,
    store: (events, state) => needs.store.append(ownerId, turnId, events, state),
    readStored: (afterSeq, limit) => needs.store.readEvents(ownerId, turnId, afterSeq, limit),
    onReaders: attention.look,
    onStoreFailure: needs.log,
    // It took this process for dead: what it tells of the turn is what holds.
    onTakenOver: () => stopFor({ reason: 'shutdown' }),
  })

  const aborted = new Promise<void>((resolve) => {
    abort.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const paced = needs.pace.begin(ownerId)
  const settled = Promise.withResolvers<void>()
  const drive = async (): Promise<FinalFact> => {
    try {
      for await (const fact of needs.journey(order, decision, abort.signal)) {
        log.append(fact)
        attention.look()
        if (fact.kind === 'query.proposed') paced.pause()
        if (fact.kind === 'query.approved') await Promise.race([log.confirmed(), aborted])
        if (fact.kind === 'result.rows') await Promise.race([log.room(), aborted])
        if (fact.kind === 'result.rows' || (fact.kind === 'step' && fact.state === 'running' && fact.fact === null))
          await Promise.race([paced.step(), aborted])
      }
      return { kind: 'turn.done' }
    } catch (error) {
      // What the person can do something about is told to the person alone.
      const isTheirs = error instanceof ProblemError && error.problem.whoseTurn === 'person'
      if (error instanceof ProblemError) retryAfterSeconds = error.retryAfterSeconds
      if (stopped !== null || isTheirs) return finalFactOf(error, stopped, wasWaiting)
      needs.log('a turn failed', error)
      return { kind: 'turn.failed', problem: withLogId(presentProblem(error), turnId) }
    }
  }
  const run = async (): Promise<void> => {
    const last = await drive()
    decision.end(last.kind === 'turn.failed' ? new ProblemError(last.problem, { retryAfterSeconds }) : notWaiting())
    paced.end()
    attention.end()
    await log.end(last)
    void log.settled().then(settled.resolve)
  }
  void settled.promise.then(onSettled)
  const ids = { turnId, personId: ownerId, connectionId: logNameOf(order.connection) }
  const over = needs.logScope.within(ids, run, settled.promise)
  return {
    ownerId,
    conversationId,
    log,
    decision,
    isOver: () => isOver(log.state()),
    attend: attention.renew,
    stop: async (reason) => {
      stopFor({ reason })
      if (reason === 'shutdown') log.hurry()
      await over
    },
  }
}

/** Watches whether a turn has readers, and stops it after some time without any. */
function watchAttention(
  needs: LiveTurnNeeds,
  ownerId: string,
  { log, stop }: { readonly log: () => TurnLog; readonly stop: (stop: Stop) => void },
) {
  const { clock } = needs
  const { undecidedAfterMs, abandonedAfterMs } = needs.limits
  let watch: { readonly reason: StopReason; takeBack: () => void } | null = null
  let hasEnded = false
  const rest = (): void => {
    watch?.takeBack()
    watch = null
  }
  /** Asks again from time to time how long the owner wants the turn to go on: they may change that meanwhile. */
  const watchUnread = (): void => {
    const sinceMs = clock.monotonicMs()
    const own: typeof watch = { reason: 'unread', takeBack: () => undefined }
    watch = own
    const wait = (ms: number): void => {
      own.takeBack = clock.after(ms, () => void look())
    }
    const look = async (): Promise<void> => {
      const unreadMs = Math.max(abandonedAfterMs, await needs.keepRunningMs(ownerId))
      if (watch !== own) return
      const leftMs = sinceMs + unreadMs - clock.monotonicMs()
      if (leftMs > 0) wait(Math.min(leftMs, abandonedAfterMs))
      else stop({ reason: 'unread', unreadMs })
    }
    wait(abandonedAfterMs)
  }
  const look = (): void => {
    if (hasEnded || log().readers() > 0) return rest()
    const reason = log().state() === 'waiting' ? 'undecided' : 'unread'
    if (watch?.reason === reason) return
    rest()
    if (reason === 'unread') watchUnread()
    else watch = { reason, takeBack: clock.after(undecidedAfterMs, () => stop({ reason })) }
  }
  const renew = (): void => {
    rest()
    look()
  }
  const end = (): void => {
    hasEnded = true
    rest()
  }
  return { look, renew, end }
}
