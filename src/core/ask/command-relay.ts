import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { LeftCommand, RelayedCommand, TurnCommandStore } from '../ports/turn-command-store.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'

/** Commands between the processes that share a store: any of them takes a person's request, one runs the turn. */
export interface CommandRelay {
  /** Has the process that runs the turn do it. Throws what that process throws, and `turn_not_waiting` when it does not answer. */
  send(ownerId: string, turnId: string, command: Exclude<RelayedCommand, { kind: 'attend' }>): Promise<void>
  /** Tells that process that the turn has a reader here. */
  attend(ownerId: string, turnId: string): Promise<void>
  /** Does what other processes ask of turns that run here, for as long as `hasTurns` says that there are any. */
  serve(hasTurns: () => boolean, perform: (command: LeftCommand) => Promise<void>): void
  end(): void
}

interface RelayNeeds {
  readonly store: TurnCommandStore
  readonly clock: Clock
  readonly identity: Identity
  readonly onFault: (error: unknown) => void
}

/** How often a process with turns looks for commands, and one that sent a command for its outcome. */
const takeEveryMs = 250
const lookEveryMs = 100
/** A command that nobody has taken up after this long is taken back: the other process is frozen, or dead and not swept up yet. */
const patienceMs = 5_000
/** A command that was taken up may take this long: an edited query is guarded and compiled before the answer. */
const workMs = 60_000

export function makeCommandRelay({ store, clock, identity, onFault }: RelayNeeds): CommandRelay {
  let takeBack = (): void => undefined
  let hasEnded = false
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve)
    })

  return {
    send: async (ownerId, turnId, command) => {
      const id = identity.uuid()
      if (!(await store.leave({ id, ownerId, turnId, command }))) throw overMeanwhile()
      const sentAt = clock.monotonicMs()
      let isTaken = false
      for (;;) {
        await pause(lookEveryMs)
        const outcome = await store.readOutcome(id)
        if (outcome !== null) {
          if (outcome.problem !== null) throw new ProblemError(outcome.problem)
          return
        }
        const waitedMs = clock.monotonicMs() - sentAt
        if (!isTaken && waitedMs > patienceMs) {
          if (await store.withdraw(id)) throw unanswered()
          isTaken = true
        }
        if (waitedMs > workMs) throw unanswered()
      }
    },
    attend: async (ownerId, turnId) => {
      await store.leave({ id: identity.uuid(), ownerId, turnId, command: { kind: 'attend' } })
    },
    serve: (hasTurns, perform) => {
      const answer = async (left: LeftCommand): Promise<void> => {
        try {
          await perform(left)
          await store.settle(left.id, null)
        } catch (error) {
          if (!(error instanceof ProblemError)) onFault(error)
          await store.settle(left.id, presentProblem(error))
        }
      }
      const look = async (): Promise<void> => {
        if (hasTurns()) for (const left of await store.take()) answer(left).catch(onFault)
        lookLater()
      }
      const lookLater = (): void => {
        if (hasEnded) return
        takeBack = clock.after(takeEveryMs, () => {
          look().catch((error: unknown) => {
            onFault(error)
            lookLater()
          })
        })
      }
      lookLater()
    },
    end: () => {
      hasEnded = true
      takeBack()
    },
  }
}

const overMeanwhile = () =>
  problem('turn_not_waiting', 'This question is over; nothing waits for a decision.', 'Ask again to run it once more.')

const unanswered = () =>
  problem(
    'turn_not_waiting',
    'The part of Floe that runs this question does not answer.',
    'Try again in a moment; if it was lost, the question is marked so within a minute.',
  )
