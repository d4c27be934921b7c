import type { Problem } from '../../contract/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { Notices } from '../ports/notices.ts'
import type { LeftCommand, RelayedCommand, TurnCommandStore } from '../ports/turn-command-store.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'

/** Commands between the processes that share a store: any of them takes a person's request, one runs the turn. */
export interface CommandRelay {
  /** Has the process that runs the turn do it. Throws what that process throws, and `turn_not_waiting` when it does not answer. */
  send(ownerId: string, turnId: string, command: Exclude<RelayedCommand, { kind: 'attend' }>): Promise<void>
  /** Tells that process that the turn has a reader here. */
  attend(ownerId: string, turnId: string): Promise<void>
  /** Does what other processes ask of the turns that run here. */
  serve(here: TurnsHere): void
  end(): void
}

/** The turns of this process. */
export interface TurnsHere {
  readonly hasTurns: () => boolean
  readonly isRunHere: (turnId: string) => boolean
  readonly perform: (command: LeftCommand) => Promise<void>
}

interface RelayNeeds {
  readonly store: TurnCommandStore
  readonly notices: Notices
  readonly clock: Clock
  readonly identity: Identity
  readonly onFault: (error: unknown) => void
}

/** How often a process with turns looks for commands, and one that sent a command for its outcome: where a notice tells of them, and where none does. */
const takeEveryMs = { told: 1_000, untold: 250 }
const lookEveryMs = { told: 500, untold: 100 }
/** A command that nobody has taken up after this long is taken back: the other process is frozen, or dead and not swept up yet. */
const patienceMs = 5_000
/** A command that was taken up may take this long: an edited query is guarded and compiled before the answer. */
const workMs = 60_000

export function makeCommandRelay({ store, notices, clock, identity, onFault }: RelayNeeds): CommandRelay {
  let end = (): void => undefined
  const pauseOf = (ms: { readonly told: number; readonly untold: number }): number =>
    notices.hearsOthers() ? ms.told : ms.untold

  const leave = async (command: LeftCommand): Promise<boolean> => {
    const isLeft = await store.leave(command)
    if (isLeft) await notices.publish({ kind: 'turn_command', turnId: command.turnId })
    return isLeft
  }
  const answer = async (left: LeftCommand, perform: TurnsHere['perform']): Promise<void> => {
    let failure: Problem | null = null
    try {
      await perform(left)
    } catch (error) {
      if (!(error instanceof ProblemError)) onFault(error)
      failure = presentProblem(error)
    }
    await store.settle(left.id, failure)
    await notices.publish({ kind: 'turn_command_done', commandId: left.id })
  }
  /** Waits until a command is done, as far as a notice tells of it, and for `ms` at the longest. */
  const untilDone = (commandId: string, ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        unsubscribe()
        takeBack()
        resolve()
      }
      const takeBack = clock.after(ms, end)
      const unsubscribe = notices.subscribe((notice) => {
        if (notice.kind === 'turn_command_done' && notice.commandId === commandId) end()
      })
    })

  return {
    send: async (ownerId, turnId, command) => {
      const id = identity.uuid()
      // Listening begins before the command is left: its outcome may be there at once.
      let isDone = untilDone(id, pauseOf(lookEveryMs))
      if (!(await leave({ id, ownerId, turnId, command }))) throw overMeanwhile()
      const sentAt = clock.monotonicMs()
      let isTaken = false
      for (;;) {
        await isDone
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
        isDone = untilDone(id, pauseOf(lookEveryMs))
      }
    },
    attend: async (ownerId, turnId) => {
      await leave({ id: identity.uuid(), ownerId, turnId, command: { kind: 'attend' } })
    },
    serve: ({ hasTurns, isRunHere, perform }) => {
      let takeBack = (): void => undefined
      let hasEnded = false
      const look = async (): Promise<void> => {
        if (hasTurns()) for (const left of await store.take()) answer(left, perform).catch(onFault)
      }
      const lookLater = (): void => {
        if (hasEnded) return
        takeBack = clock.after(pauseOf(takeEveryMs), () => {
          look().catch(onFault).finally(lookLater)
        })
      }
      const unsubscribe = notices.subscribe((notice) => {
        if (notice.kind === 'turn_command' && isRunHere(notice.turnId)) look().catch(onFault)
      })
      end = () => {
        hasEnded = true
        unsubscribe()
        takeBack()
      }
      lookLater()
    },
    end: () => end(),
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
