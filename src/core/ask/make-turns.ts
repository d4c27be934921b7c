import {
  defaultMaxRows,
  maxQuestionLength,
  maxSqlLength,
  sampleConnection,
  type Mention,
} from '../../contract/command.ts'
import type { Caller } from '../caller.ts'
import type { Identity } from '../ports/identity.ts'
import type { Notices } from '../ports/notices.ts'
import type { LeftCommand } from '../ports/turn-command-store.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import type { Writers } from '../ports/writers.ts'
import { problem, ProblemError } from '../problem.ts'
import type { CommandRelay } from './command-relay.ts'
import type { ConversationNews } from './conversation-news.ts'
import { followStored, readThread } from './history.ts'
import type { JourneyOrder } from './journey.ts'
import type { LiveTurn } from './live-turn.ts'
import { notWaiting, type DecisionCommand } from './pending-decision.ts'
import type { OrphanSweep } from './sweep-orphans.ts'
import { isOver } from './turn-facts.ts'
import { tooManyRunning, TurnRegistry, type TurnRegistryNeeds } from './turn-registry.ts'
import type { FilledAsk, ResultFile, RunningTurns } from './turns.ts'

/** What the turns of a process need. */
export interface TurnsNeeds extends TurnRegistryNeeds {
  readonly writers: Writers
  readonly identity: Identity
  readonly sweep: OrphanSweep
  readonly relay: CommandRelay
  /** Tells which people may not use Floe any more: their turns are stopped at once. */
  readonly notices: Pick<Notices, 'subscribe'>
  /** Tells the person's other pages of turns that begin and end. */
  readonly news: Pick<ConversationNews, 'tell'>
}

/** Makes the turns of this process: one journey each, shared by all its readers, stored as it happens. */
export function makeTurns(needs: TurnsNeeds): RunningTurns {
  const { store, sweep, relay } = needs
  const registry = new TurnRegistry(needs)
  relay.serve({
    hasTurns: () => registry.hasTurns(),
    isRunHere: (turnId) => registry.isRunHere(turnId),
    perform: (left) => performLeft(registry, left),
  })
  const unsubscribe = needs.notices.subscribe((notice) => {
    if (notice.kind === 'ended' && notice.sessionId === null && notice.tokenId === null)
      registry.stopAllOf(notice.userId)
  })

  const decide = async (caller: Caller, turnId: string, command: DecisionCommand): Promise<void> => {
    // A turn that runs here is decided about at once: decisions that come together are counted one by one.
    const turn = registry.find(caller, turnId) ?? (await findLive(registry, store, caller, turnId))
    if (turn === null) return await relay.send(caller.userId, turnId, command)
    await decideHere(registry, turn, command)
  }

  return {
    expectRoom: (caller, turnId) => {
      if (turnId === undefined || !registry.isHere(caller, turnId)) registry.expectRoom(caller.userId, 0)
    },
    async ask(caller, ask, file) {
      checkAsk(ask)
      const turnId = ask.turnId ?? needs.identity.uuid()
      if (registry.find(caller, turnId) === null)
        await registry.reserve(caller, turnId, async () => {
          const order = await prepareOrder(needs, caller, turnId, ask, file ?? null)
          if (!(await createTurn(needs, registry, order, ask))) return
          registry.start(order)
          if (ask.conversationId !== undefined) void retireElsewhere(needs, registry, order)
        })
      return { turnId }
    },
    async *events(caller, turnId, afterSeq, signal) {
      await registry.started(caller, turnId)
      const turn = registry.find(caller, turnId)
      if (turn !== null) return yield* turn.log.read(afterSeq, signal)
      await sweep.first()
      yield* followStored(needs, caller.userId, turnId, afterSeq, signal)
    },
    approve: (caller, { turnId, digest }) => decide(caller, turnId, { kind: 'approve', digest }),
    async edit(caller, { turnId, sql }) {
      checkSql(sql)
      await decide(caller, turnId, { kind: 'edit', sql })
    },
    async cancel(caller, { turnId }) {
      await registry.started(caller, turnId)
      const turn = registry.find(caller, turnId)
      if (turn !== null) return await turn.stop('person')
      if (await isStoredOver(store, caller, turnId)) return
      // No process may run it any more: then the sweep ends it.
      await sweep.now()
      if (!(await isStoredOver(store, caller, turnId))) await relay.send(caller.userId, turnId, { kind: 'cancel' })
    },
    close: async () => {
      unsubscribe()
      await registry.close()
      relay.end()
    },
    isRunHere: (turnId) => registry.isRunHere(turnId),
    stateHere: (turnId) => registry.stateHere(turnId),
  }
}

async function prepareOrder(
  { store, writers, identity }: TurnsNeeds,
  caller: Caller,
  turnId: string,
  ask: FilledAsk,
  file: ResultFile | null,
): Promise<JourneyOrder> {
  const writer = ask.question === undefined ? null : await writers.pick(caller, ask.model)
  const question = ask.question?.trim() ?? null
  const conversationId = ask.conversationId ?? identity.uuid()
  const { sql = null, connection = sampleConnection, autoRun = false, maxRows = defaultMaxRows } = ask
  const isFollowUp = ask.conversationId !== undefined && question !== null
  const asked = { conversationId, follows: ask.follows, connection }
  const { follows, history } = isFollowUp
    ? await readThread(store, caller.userId, asked)
    : { follows: ask.follows ?? null, history: [] }
  const lead = ask.question === undefined ? 0 : ask.question.length - ask.question.trimStart().length
  const mentions = (ask.mentions ?? []).map((one) => ({ ...one, from: one.from - lead, to: one.to - lead }))
  const thread = { follows, history, leftOut: ask.leaveOut ?? [], mentions }
  return { turnId, caller, conversationId, question, sql, connection, writer, ...thread, autoRun, maxRows, file }
}

/** Stores a turn; false when the owner has one of that id already, which is then followed. */
async function createTurn(
  { store, clock, limits: { maxRunningTurns } }: TurnsNeeds,
  registry: TurnRegistry,
  order: JourneyOrder,
  ask: FilledAsk,
): Promise<boolean> {
  const { turnId, conversationId, question, connection, writer } = order
  const ownerId = order.caller.userId
  const isRepeated = registry.forgetLost(order)
  try {
    // Their places are those in the question as it is stored.
    const tied = order.mentions === undefined || order.mentions.length === 0 ? {} : { mentions: order.mentions }
    const turn = {
      id: turnId,
      ownerId,
      conversationId,
      question,
      connection,
      writer: writer?.id ?? 'sql',
      askJson: JSON.stringify({ ...ask, ...tied, follows: order.follows ?? null }),
      createdAt: new Date(clock.now()).toISOString(),
    }
    const created = await store.createTurn(turn, registry.maxElsewhere(ownerId))
    if (created === 'full') throw tooManyRunning(maxRunningTurns)
    if (created === 'removed') throw conversationRemoved()
    if (created === 'taken') throw problem('bad_request', 'That id is in use already.', 'Ask again with a new id.')
    if (created === 'created' || !isRepeated) return created === 'created'
    // Stored by the earlier call whose answer was lost; no journey has begun for it.
    const stored = await store.readTurn(ownerId, turnId)
    return stored?.state === 'running' && stored.lastSeq === 0
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'store_unavailable') registry.rememberLost(order)
    throw error
  }
}

/** Has other copies end the proposals of the conversation that wait there. A newer question does not wait for that, nor fail with it. */
async function retireElsewhere(
  { store, relay, log }: TurnsNeeds,
  registry: TurnRegistry,
  { turnId, conversationId, caller }: JourneyOrder,
): Promise<void> {
  try {
    const turns = (await store.readConversation(caller.userId, conversationId))?.turns ?? []
    const older = turns.slice(
      0,
      Math.max(
        0,
        turns.findIndex(({ id }) => id === turnId),
      ),
    )
    for (const { id, state } of older)
      if (state === 'waiting' && !registry.isRunHere(id)) await relay.send(caller.userId, id, { kind: 'retire' })
  } catch (error) {
    // Its own copy has ended it meanwhile, or is gone: then the sweep ends it.
    if (error instanceof ProblemError && error.problem.code === 'turn_not_waiting') return
    log('older proposals of a conversation were not ended', error)
  }
}

const conversationRemoved = () =>
  problem('not_found', 'This conversation was removed.', 'Start a new question, or restore it from the history.')

/** A turn that runs here once it has started; null where another process runs it. Throws `not_found`, `turn_not_waiting`. */
async function findLive(
  registry: TurnRegistry,
  store: TurnStore,
  caller: Caller,
  turnId: string,
): Promise<LiveTurn | null> {
  await registry.started(caller, turnId)
  const turn = registry.find(caller, turnId)
  if (turn === null && (await isStoredOver(store, caller, turnId))) throw overTurn()
  return turn
}

async function decideHere(registry: TurnRegistry, turn: LiveTurn, command: DecisionCommand): Promise<void> {
  if (!turn.decision.isOpen()) throw notWaiting()
  const elsewhere = await registry.countElsewhere(turn.ownerId)
  if (!turn.decision.isOpen()) throw notWaiting()
  registry.expectRoom(turn.ownerId, elsewhere)
  await turn.decision.send(command)
}

/** Does what another process asks of a turn that runs here. */
async function performLeft(registry: TurnRegistry, { ownerId, turnId, command }: LeftCommand): Promise<void> {
  const turn = registry.find({ userId: ownerId }, turnId)
  if (turn === null) throw notWaiting()
  switch (command.kind) {
    case 'attend':
      return turn.attend()
    case 'cancel':
      return await turn.stop('person')
    case 'retire':
      return turn.decision.isOpen() ? await turn.stop('replaced') : undefined
    case 'approve':
    case 'edit':
      return await decideHere(registry, turn, command)
  }
}

/** Whether a stored turn is over. Throws `not_found`. */
async function isStoredOver(store: TurnStore, caller: Caller, turnId: string): Promise<boolean> {
  const stored = await store.readTurn(caller.userId, turnId)
  if (stored === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
  return isOver(stored.state)
}

function checkAsk(ask: FilledAsk): void {
  if (ask.sql !== undefined && (ask.mentions ?? []).length > 0)
    throw problem('bad_request', 'Only a question has mentions, SQL has none.', 'Leave them out.')
  if (ask.sql !== undefined) return checkSql(ask.sql)
  const question = ask.question?.trim() ?? ''
  if (question === '') throw problem('bad_question', 'The question is empty.', 'Write what you want to know.')
  if (question.length <= maxQuestionLength) return checkMentions(ask.question ?? '', ask.mentions ?? [])
  const length = question.length.toLocaleString('en-US')
  throw problem(
    'bad_question',
    `The question is too long: ${length} characters.`,
    `Ask in at most ${maxQuestionLength.toLocaleString('en-US')} characters.`,
  )
}

/** Places that lie outside of the words, or over one another, say nothing that can be relied on. */
function checkMentions(question: string, mentions: readonly Mention[]): void {
  const end = question.trimEnd().length
  const start = question.length - question.trimStart().length
  const inOrder = mentions.toSorted((a, b) => a.from - b.from)
  const isPlaced = inOrder.every(
    ({ from, to }, at) => from < to && from >= start && to <= end && from >= (inOrder[at - 1]?.to ?? 0),
  )
  if (!isPlaced)
    throw problem(
      'bad_request',
      'The places of the mentions do not fit the question.',
      'Give each mention its own place within the question.',
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

const overTurn = (): Error =>
  problem('turn_not_waiting', 'This question is over; nothing waits for a decision.', 'Ask again to run it once more.')
