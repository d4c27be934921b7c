import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeNotices } from '../notices.ts'
import type { NoticeWire } from '../ports/notices.ts'
import type { LeftCommand, TurnCommandStore } from '../ports/turn-command-store.ts'
import { problem, ProblemError } from '../problem.ts'
import { makeCommandRelay } from './command-relay.ts'
import { makeManualClock, settle } from './manual-time.test-support.ts'

/** Two copies on one store of commands, with a wire between them that can be cut. */
function twoCopies() {
  const time = makeManualClock()
  const left: LeftCommand[] = []
  const outcomes = new Map<string, Awaited<ReturnType<TurnCommandStore['readOutcome']>>>()
  const store: TurnCommandStore = {
    leave: (command) => Promise.resolve(left.push(command) > 0),
    readOutcome: (id) => Promise.resolve(outcomes.get(id) ?? null),
    withdraw: () => Promise.resolve(true),
    take: () => Promise.resolve(left.splice(0)),
    settle: (id, failure) => Promise.resolve(void outcomes.set(id, { problem: failure })),
  }
  const hearers: ((text: string) => void)[] = []
  let isCut = false
  const wire: NoticeWire = {
    send: (text) => Promise.resolve(isCut ? undefined : hearers.forEach((hear) => hear(text))),
    listen: (onText) => void hearers.push(onText),
    isListening: () => !isCut,
    close: () => Promise.resolve(),
  }
  const faults: unknown[] = []
  const copy = () => {
    const notices = makeNotices({ wires: [wire], instanceId: randomUUID(), onFault: (error) => faults.push(error) })
    notices.listen()
    const identity = { uuid: () => randomUUID(), secret: () => randomUUID(), sha256: (text: string) => text }
    return makeCommandRelay({ store, notices, clock: time.clock, identity, onFault: (error) => faults.push(error) })
  }
  return { ...time, faults, here: copy(), there: copy(), cut: () => (isCut = true) }
}

test('a command reaches the other copy, and its outcome comes back, without waiting for the next look', async () => {
  const { here, there, faults } = twoCopies()
  const turnId = randomUUID()
  const performed: string[] = []
  const perform = ({ command }: LeftCommand): Promise<void> => Promise.resolve(void performed.push(command.kind))
  there.serve({ hasTurns: () => true, isRunHere: (id) => id === turnId, perform })
  await here.send(randomUUID(), turnId, { kind: 'cancel' })
  expect([performed, faults]).toEqual([['cancel'], []])
})

test('a problem over there is thrown here', async () => {
  const { here, there } = twoCopies()
  const perform = (): Promise<void> =>
    Promise.reject(problem('stale_approval', 'The query has changed.', 'Look again.'))
  there.serve({ hasTurns: () => true, isRunHere: () => true, perform })
  await expect(here.send(randomUUID(), randomUUID(), { kind: 'cancel' })).rejects.toThrow(ProblemError)
})

test('where notices are lost, both copies look at the store', async () => {
  const { here, there, pass, cut } = twoCopies()
  cut()
  const performed: string[] = []
  const perform = ({ command }: LeftCommand): Promise<void> => Promise.resolve(void performed.push(command.kind))
  there.serve({ hasTurns: () => true, isRunHere: () => true, perform })
  let isDone = false
  const sent = here.send(randomUUID(), randomUUID(), { kind: 'cancel' }).then(() => (isDone = true))
  await settle()
  expect([performed, isDone]).toEqual([[], false])
  await pass(400)
  await sent
  expect(performed).toEqual(['cancel'])
})
