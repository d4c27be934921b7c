import { maxQuestionLength, maxSqlLength, type Ask } from '../../contract/command.ts'
import type { Caller } from '../caller.ts'
import type { Identity } from '../ports/identity.ts'
import type { Writers } from '../ports/writers.ts'
import { problem, ProblemError } from '../problem.ts'
import { followStored } from './follow-stored.ts'
import { readEarlierTurns } from './history.ts'
import type { JourneyOrder } from './journey.ts'
import { startLiveTurn, type LiveTurn, type LiveTurnNeeds } from './live-turn.ts'
import { notWaiting } from './pending-decision.ts'
import type { OrphanSweep } from './sweep-orphans.ts'
import { isOver } from './turn-facts.ts'
import type { ResultFile, RunningTurns } from './turns.ts'

/** What the turns of a process need. */
export interface TurnsNeeds extends LiveTurnNeeds {
  readonly writers: Writers
  readonly identity: Identity
  readonly sweep: OrphanSweep
  readonly limits: LiveTurnNeeds['limits'] & {
    /** Turns that may run at once: of one owner, and of all together. A turn that waits for a decision does not count. */
    readonly maxRunningTurns: number
    readonly maxRunningTurnsInAll: number
    /** Proposals that may wait for a decision, likewise. The oldest is cancelled when a newer one needs its room. */
    readonly maxWaitingTurns: number
    readonly maxWaitingTurnsInAll: number
  }
}

/** How long the id of a turn is remembered whose creation was answered by a problem, so that asking again goes on with it. */
const lostCreationMs = 20_000

/** Makes the turns of this process: one journey each, shared by all its readers, stored as it happens. */
export function makeTurns(needs: TurnsNeeds): RunningTurns {
  const { store, clock, limits } = needs
  const live = new Map<string, LiveTurn>()
  /** Turns that are being created, by owner and id. */
  const starting = new Map<
    string,
    { readonly ownerId: string; readonly turnId: string; readonly done: Promise<void> }
  >()
  /** Turns that may be stored although their creation failed, with what forgets them. */
  const lost = new Map<string, { readonly turnId: string; readonly forget: () => void }>()
  let isClosed = false

  const keyOf = (caller: Caller, turnId: string): string => `${caller.userId} ${turnId}`
  const find = (caller: Caller, turnId: string): LiveTurn | null => {
    const turn = live.get(turnId)
    return turn !== undefined && turn.ownerId === caller.userId ? turn : null
  }

  // Nothing may be awaited between this look and the taking of the place: asks that come together are counted one by one.
  const expectRoom = (ownerId: string): void => {
    const running = [...live.values()].filter((turn) => !turn.isOver() && !turn.decision.isOpen())
    const owners = [...running, ...starting.values()]
    const own = owners.filter((turn) => turn.ownerId === ownerId).length
    if (own >= limits.maxRunningTurns)
      throw problem('too_busy', `${own} of your questions are running already.`, 'Wait for one to finish, or stop one.')
    if (owners.length >= limits.maxRunningTurnsInAll)
      throw problem('too_busy', `${owners.length} questions are running already.`, 'Ask again in a moment.')
  }

  const makeRoomToWait = (ownerId: string): void => {
    const waiting = [...live.values()].filter((turn) => turn.decision.isOpen())
    const own = waiting.filter((turn) => turn.ownerId === ownerId)
    if (own.length > limits.maxWaitingTurns) void own[0]?.stop('replaced')
    else if (waiting.length > limits.maxWaitingTurnsInAll) void waiting[0]?.stop('replaced')
  }

  const start = (order: JourneyOrder): void => {
    const { turnId } = order
    const turn = startLiveTurn(needs, order, {
      onWaiting: () => makeRoomToWait(order.caller.userId),
      onSettled: () => live.delete(turnId),
    })
    live.set(turnId, turn)
    if (isClosed) void turn.stop('shutdown')
  }

  const remember = (key: string, turnId: string): void => {
    const forget = clock.after(lostCreationMs, () => lost.delete(key))
    lost.set(key, { turnId, forget })
  }

  /** Stores the turn and starts it, unless the owner has one of that id already, which is then followed. */
  const create = async (key: string, order: JourneyOrder, ask: Ask): Promise<void> => {
    const { turnId, caller, conversationId, question, connection, writer } = order
    const isRepeated = lost.has(key)
    lost.get(key)?.forget()
    try {
      const created = await store.createTurn({
        id: turnId,
        ownerId: caller.userId,
        conversationId,
        question,
        connection,
        writer: writer?.id ?? 'sql',
        askJson: JSON.stringify(ask),
        createdAt: new Date(clock.now()).toISOString(),
      })
      lost.delete(key)
      if (created === 'taken') throw problem('bad_request', 'That id is in use already.', 'Ask again with a new id.')
      if (created === 'created' || (isRepeated && (await isUntouched(caller, turnId)))) start(order)
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'store_unavailable') remember(key, turnId)
      throw error
    }
  }

  const isUntouched = async (caller: Caller, turnId: string): Promise<boolean> => {
    const turn = await store.readTurn(caller.userId, turnId)
    return turn !== null && turn.state === 'running' && turn.lastSeq === 0
  }

  const prepare = async (caller: Caller, turnId: string, ask: Ask, file: ResultFile | null): Promise<JourneyOrder> => {
    const writer = ask.question === undefined ? null : needs.writers.pick(ask.model)
    const question = ask.question?.trim() ?? null
    const conversationId = ask.conversationId ?? needs.identity.uuid()
    const isFollowUp = ask.conversationId !== undefined && question !== null
    const history = isFollowUp ? await readEarlierTurns(store, caller.userId, conversationId) : []
    const { sql = null, connection, autoRun, maxRows } = ask
    return { turnId, caller, conversationId, question, sql, connection, writer, history, autoRun, maxRows, file }
  }

  /** A turn that waits for a decision here; says why there is none otherwise. */
  const expectLive = async (caller: Caller, turnId: string): Promise<LiveTurn> => {
    await starting.get(keyOf(caller, turnId))?.done
    const turn = find(caller, turnId)
    if (turn !== null) return turn
    const stored = await store.readTurn(caller.userId, turnId)
    if (stored === null) throw unknownTurn()
    throw isOver(stored.state) ? overTurn() : elsewhere('decided about')
  }

  const decide = async (turn: LiveTurn, command: Parameters<LiveTurn['decision']['send']>[0]): Promise<void> => {
    if (!turn.decision.isOpen()) throw notWaiting()
    expectRoom(turn.ownerId)
    await turn.decision.send(command)
  }

  return {
    async ask(caller, ask, file) {
      if (isClosed) throw problem('too_busy', 'Floe is shutting down.', 'Ask again in a moment.')
      checkAsk(ask)
      const turnId = ask.turnId ?? needs.identity.uuid()
      const key = keyOf(caller, turnId)
      if (find(caller, turnId) !== null) return { turnId }
      if (!starting.has(key)) {
        expectRoom(caller.userId)
        const done = prepare(caller, turnId, ask, file ?? null)
          .then((order) => create(key, order, ask))
          .finally(() => starting.delete(key))
        starting.set(key, { ownerId: caller.userId, turnId, done })
      }
      await starting.get(key)?.done
      return { turnId }
    },
    async *events(caller, turnId, afterSeq, signal) {
      await starting.get(keyOf(caller, turnId))?.done
      const turn = find(caller, turnId)
      if (turn !== null) return yield* turn.log.read(afterSeq, signal)
      await needs.sweep.first()
      yield* followStored(needs, caller.userId, turnId, afterSeq, signal)
    },
    async approve(caller, { turnId, digest }) {
      await decide(find(caller, turnId) ?? (await expectLive(caller, turnId)), { kind: 'approve', digest })
    },
    async edit(caller, { turnId, sql }) {
      checkSql(sql)
      await decide(find(caller, turnId) ?? (await expectLive(caller, turnId)), { kind: 'edit', sql })
    },
    async cancel(caller, { turnId }) {
      await starting.get(keyOf(caller, turnId))?.done
      const turn = find(caller, turnId)
      if (turn !== null) return await turn.stop('person')
      const isOverNow = async (): Promise<boolean> => {
        const stored = await store.readTurn(caller.userId, turnId)
        if (stored === null) throw unknownTurn()
        return isOver(stored.state)
      }
      if (await isOverNow()) return
      // No process may run it any more: then the sweep ends it.
      await needs.sweep.now()
      if (!(await isOverNow())) throw elsewhere('stopped')
    },
    async close() {
      isClosed = true
      await Promise.allSettled([...starting.values()].map(({ done }) => done))
      await Promise.all([...live.values()].map((turn) => turn.stop('shutdown')))
      for (const turn of live.values()) turn.log.abandon()
      for (const { forget } of lost.values()) forget()
    },
    isRunHere: (turnId) =>
      live.has(turnId) || [...starting.values(), ...lost.values()].some((turn) => turn.turnId === turnId),
    stateHere: (turnId) => live.get(turnId)?.log.state() ?? null,
  }
}

function checkAsk(ask: Ask): void {
  if (ask.sql !== undefined) return checkSql(ask.sql)
  const question = ask.question?.trim() ?? ''
  if (question === '') throw problem('bad_question', 'The question is empty.', 'Write what you want to know.')
  if (question.length <= maxQuestionLength) return
  const length = question.length.toLocaleString('en-US')
  throw problem(
    'bad_question',
    `The question is too long: ${length} characters.`,
    `Ask in at most ${maxQuestionLength.toLocaleString('en-US')} characters.`,
  )
}

function checkSql(sql: string): void {
  if (sql.trim() === '') throw problem('sql_refused', 'The query is empty.', 'Write a SELECT statement.')
  if (sql.length <= maxSqlLength) return
  throw problem(
    'sql_refused',
    `The query is too long: ${sql.length.toLocaleString('en-US')} characters.`,
    `Shorten it to at most ${maxSqlLength.toLocaleString('en-US')} characters.`,
  )
}

const unknownTurn = (): Error => problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
const overTurn = (): Error =>
  problem('turn_not_waiting', 'This question is over; nothing waits for a decision.', 'Ask again to run it once more.')
const elsewhere = (what: string): Error =>
  problem(
    'turn_not_waiting',
    `Another process of Floe runs this question; it cannot be ${what} from here.`,
    'Use the page that asked it, or ask again.',
  )
