import { maxQuestionLength, maxSqlLength, type Ask } from '../../contract/command.ts'
import { problem } from '../problem.ts'
import type { Caller } from '../caller.ts'
import { followStored } from './follow-stored.ts'
import type { JourneyOrder } from './journey.ts'
import { startLiveTurn, type LiveTurn } from './live-turn.ts'
import { readEarlierTurns } from './history.ts'
import type { TurnsNeeds } from './turns-needs.ts'
import type { EncodedEvent, Turns } from './turns.ts'

/** Makes the turns of this process: one journey each, shared by all its readers, stored as it happens. */
export function makeTurns(needs: TurnsNeeds): Turns {
  const live = new Map<string, LiveTurn>()
  let closed = false

  const find = (caller: Caller, turnId: string): LiveTurn | null => {
    const turn = live.get(turnId)
    return turn !== undefined && turn.ownerId === caller.userId ? turn : null
  }

  const waitingTurn = async (caller: Caller, turnId: string): Promise<LiveTurn> => {
    const turn = find(caller, turnId)
    if (turn !== null) return turn
    throw (await needs.store.readTurn(caller.userId, turnId)) === null ? unknownTurn() : overTurn()
  }

  return {
    ask: async (caller, ask) => {
      if (closed) throw problem('too_busy', 'Floe is shutting down.', 'Ask again in a moment.')
      checkAsk(ask)
      const turnId = ask.turnId ?? needs.identity.uuid()
      if (find(caller, turnId) !== null) return { turnId }
      const running = [...live.values()].filter((turn) => turn.ownerId === caller.userId)
      if (running.length >= needs.limits.maxLiveTurns) throw tooMany(running.length)
      const order = await prepareOrder(needs, caller, turnId, ask)
      if (order !== null && !live.has(turnId))
        live.set(
          turnId,
          startLiveTurn(needs, turnId, order, () => live.delete(turnId)),
        )
      return { turnId }
    },
    events: (caller, turnId, afterSeq, signal) =>
      readTurn(needs, find(caller, turnId), caller, turnId, afterSeq, signal),
    approve: async (caller, { turnId, digest }) =>
      await (await waitingTurn(caller, turnId)).wheel.send({ kind: 'approve', digest }),
    edit: async (caller, { turnId, sql }) => {
      checkSql(sql)
      await (await waitingTurn(caller, turnId)).wheel.send({ kind: 'edit', sql })
    },
    cancel: async (caller, { turnId }) => {
      const turn = find(caller, turnId)
      if (turn !== null) return await turn.stop('cancelled')
      if ((await needs.store.readTurn(caller.userId, turnId)) === null) throw unknownTurn()
    },
    close: async () => {
      closed = true
      await Promise.all([...live.values()].map((turn) => turn.stop('shutdown')))
    },
  }
}

async function* readTurn(
  needs: TurnsNeeds,
  turn: LiveTurn | null,
  caller: Caller,
  turnId: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<EncodedEvent, void> {
  if (turn === null) {
    await needs.swept()
    yield* followStored(needs, caller.userId, turnId, afterSeq, signal)
    return
  }
  yield* turn.log.read(afterSeq, signal)
}

/** Stores the new turn; null when the owner has one of that id already, which is then resumed. */
async function prepareOrder(needs: TurnsNeeds, caller: Caller, turnId: string, ask: Ask): Promise<JourneyOrder | null> {
  const writer = ask.question === undefined ? null : needs.writers.pick(ask.model)
  const conversationId = ask.conversationId ?? needs.identity.uuid()
  const question = ask.question?.trim() ?? null
  const history =
    ask.conversationId === undefined || question === null
      ? []
      : await readEarlierTurns(needs.store, caller.userId, conversationId)
  const created = await needs.store.createTurn({
    id: turnId,
    ownerId: caller.userId,
    conversationId,
    question,
    connection: ask.connection,
    writer: writer?.id ?? 'sql',
    askJson: JSON.stringify(ask),
    createdAt: new Date(needs.clock.now()).toISOString(),
  })
  if (created === 'taken') throw problem('bad_request', 'That id is in use already.', 'Ask again with a new id.')
  if (created === 'exists') return null
  const { connection, autoRun, maxRows } = ask
  return {
    turnId,
    caller,
    conversationId,
    question,
    sql: ask.sql ?? null,
    connection,
    writer,
    history,
    autoRun,
    maxRows,
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

const unknownTurn = () => problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
const overTurn = () =>
  problem('turn_not_waiting', 'This question is over; nothing waits for a decision.', 'Ask again to run it once more.')
const tooMany = (count: number) =>
  problem('too_busy', `${count} questions are running already.`, 'Wait for one to finish, or stop one.')
