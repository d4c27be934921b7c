import type { TurnState } from '../../contract/api.ts'
import type { Caller } from '../caller.ts'
import { problem, ProblemError } from '../problem.ts'
import type { ConversationNews } from './conversation-news.ts'
import type { JourneyOrder } from './journey.ts'
import { startLiveTurn, type LiveTurn, type LiveTurnNeeds } from './live-turn.ts'
import { makeTurnPace, type TurnPace } from './turn-pace.ts'

export interface TurnLimits {
  /** Turns that may run at once: of one owner, and of all together. A turn that waits for a decision does not count. */
  readonly maxRunningTurns: number
  readonly maxRunningTurnsInAll: number
  /** Proposals that may wait for a decision, likewise. The oldest is cancelled when a newer one needs its room. */
  readonly maxWaitingTurns: number
  readonly maxWaitingTurnsInAll: number
}

export interface TurnRegistryNeeds extends Omit<LiveTurnNeeds, 'pace'> {
  readonly limits: LiveTurnNeeds['limits'] & TurnLimits
  /** Whether other copies of the server run turns of the same people, which then count together. */
  readonly hasCopies: boolean
  /** Tells the person's pages of turns that begin, wait for a decision and end. */
  readonly news: Pick<ConversationNews, 'tell'>
}

interface Known {
  readonly ownerId: string
  readonly turnId: string
}

/** How long the id of a turn is remembered whose creation was answered by a problem, so that asking again goes on with it. */
const lostCreationMs = 20_000

const keyOf = ({ userId }: Pick<Caller, 'userId'>, turnId: string): string => `${userId} ${turnId}`

/** The turns that this process starts, runs, keeps waiting or still stores, and how many of them there may be. */
export class TurnRegistry {
  readonly #needs: TurnRegistryNeeds
  readonly #live = new Map<string, LiveTurn>()
  /** Turns that are being created. */
  readonly #starting = new Map<string, Known & { readonly done: Promise<void> }>()
  /** Turns that may be stored although their creation failed, with what forgets them. */
  readonly #lost = new Map<string, Known & { readonly forget: () => void }>()
  readonly #pace: TurnPace
  #isClosed = false

  constructor(needs: TurnRegistryNeeds) {
    this.#needs = needs
    this.#pace = makeTurnPace(needs.clock)
  }

  find(caller: Pick<Caller, 'userId'>, turnId: string): LiveTurn | null {
    const turn = this.#live.get(turnId)
    return turn !== undefined && turn.ownerId === caller.userId ? turn : null
  }

  /**
   * Throws `too_busy`. Await nothing between this and the taking of the place: asks that come together are counted one by one. `elsewhere` are
   * the owner's turns that other copies run.
   */
  expectRoom(ownerId: string, elsewhere: number): void {
    const { all, own } = this.#countRunning(ownerId)
    const { maxRunningTurns, maxRunningTurnsInAll } = this.#needs.limits
    if (own + elsewhere >= maxRunningTurns) throw tooManyRunning(own + elsewhere)
    if (all >= maxRunningTurnsInAll)
      throw problem('too_busy', `${all} questions are running already.`, 'Ask again in a moment.')
  }

  /** Whether a turn is here, or being created. */
  isHere(caller: Caller, turnId: string): boolean {
    return this.find(caller, turnId) !== null || this.#starting.has(keyOf(caller, turnId))
  }

  /** How many turns of the owner other copies may run beside those of this one; undefined where no others count. */
  maxElsewhere(ownerId: string): number | undefined {
    return this.#needs.hasCopies ? this.#needs.limits.maxRunningTurns - this.#countRunning(ownerId).own : undefined
  }

  /** How many turns of the owner other copies run; none while the store does not say. */
  async countElsewhere(ownerId: string): Promise<number> {
    if (!this.#needs.hasCopies) return 0
    try {
      return await this.#needs.store.countRunningElsewhere(ownerId)
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'store_unavailable') throw error
      // Each copy counts by itself then: what was proposed already still runs.
      this.#needs.log('turns of other copies are not counted', error)
      return 0
    }
  }

  #countRunning(ownerId: string): { readonly all: number; readonly own: number } {
    const running = [...this.#live.values()].filter((turn) => !turn.isOver() && !turn.decision.isOpen())
    const all = [...running, ...this.#starting.values()]
    return { all: all.length, own: all.filter((turn) => turn.ownerId === ownerId).length }
  }

  /** Takes a place for a turn while `create` stores it; a second call for the same turn waits for the first. */
  async reserve(caller: Caller, turnId: string, create: () => Promise<void>): Promise<void> {
    if (this.#isClosed) throw problem('too_busy', 'Floe is shutting down.', 'Ask again in a moment.')
    const key = keyOf(caller, turnId)
    if (!this.#starting.has(key)) {
      // Those of other copies are counted as the turn is stored.
      this.expectRoom(caller.userId, 0)
      const done = create().finally(() => this.#starting.delete(key))
      this.#starting.set(key, { ownerId: caller.userId, turnId, done })
    }
    await this.started(caller, turnId)
  }

  /** Resolves once a turn that is being created has started; at once for any other. */
  async started(caller: Caller, turnId: string): Promise<void> {
    await this.#starting.get(keyOf(caller, turnId))?.done
  }

  start(order: JourneyOrder): void {
    const { turnId, caller, conversationId } = order
    const tell = (): void => this.#needs.news.tell(caller.userId, conversationId)
    const turn = startLiveTurn({ ...this.#needs, pace: this.#pace }, order, {
      onWaiting: () => {
        this.#retireOlder(turn)
        this.#makeRoomToWait(caller.userId)
        tell()
      },
      onSettled: () => {
        this.#live.delete(turnId)
        tell()
      },
    })
    this.#live.set(turnId, turn)
    this.#retireOlder(turn)
    tell()
    if (this.#isClosed) void turn.stop('shutdown')
  }

  /** Remembers a turn that may be stored although its creation was answered by a problem. */
  rememberLost({ caller, turnId }: JourneyOrder): void {
    const key = keyOf(caller, turnId)
    const forget = this.#needs.clock.after(lostCreationMs, () => this.#lost.delete(key))
    this.#lost.set(key, { ownerId: caller.userId, turnId, forget })
  }

  /** Forgets such a turn; whether it was one. */
  forgetLost({ caller, turnId }: JourneyOrder): boolean {
    const key = keyOf(caller, turnId)
    this.#lost.get(key)?.forget()
    return this.#lost.delete(key)
  }

  /** Cancels the turns of a person who may not use Floe any more, those that are being created included. */
  stopAllOf(ownerId: string): void {
    const isTheirs = (turn: Pick<Known, 'ownerId'>): boolean => turn.ownerId === ownerId
    const stop = (): void => {
      for (const turn of this.#live.values()) if (isTheirs(turn)) void turn.stop('no_access')
    }
    stop()
    const starting = [...this.#starting.values()].filter(isTheirs)
    void Promise.allSettled(starting.map(({ done }) => done)).then(stop)
  }

  hasTurns(): boolean {
    return this.#live.size > 0
  }

  isRunHere(turnId: string): boolean {
    const starting = [...this.#starting.values(), ...this.#lost.values()]
    return this.#live.has(turnId) || starting.some((turn) => turn.turnId === turnId)
  }

  stateHere(turnId: string): TurnState | null {
    return this.#live.get(turnId)?.log.state() ?? null
  }

  /** Refuses new turns, stops the running ones and waits until they have told their last events. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([...this.#starting.values()].map(({ done }) => done))
    await Promise.all([...this.#live.values()].map((turn) => turn.stop('shutdown')))
    for (const turn of this.#live.values()) turn.log.abandon()
    for (const { forget } of this.#lost.values()) forget()
  }

  /** Cancels the proposals of a conversation that wait although a newer question was asked there. */
  #retireOlder(newer: LiveTurn): void {
    for (const turn of this.#live.values()) {
      if (turn === newer) return
      const isSame = turn.ownerId === newer.ownerId && turn.conversationId === newer.conversationId
      if (isSame && turn.decision.isOpen()) void turn.stop('replaced')
    }
  }

  #makeRoomToWait(ownerId: string): void {
    const waiting = [...this.#live.values()].filter((turn) => turn.decision.isOpen())
    const own = waiting.filter((turn) => turn.ownerId === ownerId)
    const { maxWaitingTurns, maxWaitingTurnsInAll } = this.#needs.limits
    if (own.length > maxWaitingTurns) void own[0]?.stop('room')
    else if (waiting.length > maxWaitingTurnsInAll) void waiting[0]?.stop('room')
  }
}

export const tooManyRunning = (count: number) =>
  problem('too_busy', `${count} of your questions are running already.`, 'Wait for one to finish, or stop one.')
