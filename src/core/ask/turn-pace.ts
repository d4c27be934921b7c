import type { Clock } from '../ports/clock.ts'

/**
 * Lets people who ask little go before one who asks much: the event loop, the parsers and the store are everybody's. A turn asks before each
 * step and after each batch of rows; it waits only while a person with fewer turns, or with less use lately, has a turn at work.
 */
export interface TurnPace {
  begin(ownerId: string): PacedTurn
}

export interface PacedTurn {
  /** Resolves once the next step may begin. */
  step(): Promise<void>
  /** The turn waits for a decision; its next step ends that. */
  pause(): void
  end(): void
}

/** Steps and batches are counted over this long. A person with few of them and few turns never waits. */
const windowMs = 2_000
const hurriedUse = 60
const hurriedTurns = 3
/** A step that takes longer than this waits for a warehouse or a model, and nobody waits for it. */
const ownWorkMs = 300
/** For this long after somebody else's step a hurried person's steps run one at a time. */
const sharedMs = 1_000
/** The longest wait before one step, and how often it is looked at again without a change. */
const longestWaitMs = 1_000
const lookEveryMs = 100

interface Person {
  /** When their steps and batches of the last window began. */
  readonly uses: number[]
  /** Their turns that are at work, with when their step began. */
  readonly working: Map<object, number>
  /** Their turns that do not wait for a decision. */
  readonly turns: Set<object>
  /** When a step of theirs began last. */
  lastStepMs: number
}

const newPerson = (): Person => ({
  uses: [],
  working: new Map(),
  turns: new Set(),
  lastStepMs: Number.NEGATIVE_INFINITY,
})

/** Makes the pace of all turns of a process. */
export function makeTurnPace(clock: Clock): TurnPace {
  const people = new Map<string, Person>()
  const waiting = new Set<() => void>()
  const wake = (): void => {
    waiting.forEach((look) => look())
  }
  const useOf = ({ uses }: Person, nowMs: number): number => {
    while ((uses[0] ?? nowMs) < nowMs - windowMs) uses.shift()
    return uses.length
  }
  const isAtWork = ({ working }: Person, nowMs: number): boolean =>
    [...working.values()].some((sinceMs) => nowMs - sinceMs < ownWorkMs)

  const mustWait = (person: Person): boolean => {
    const nowMs = clock.monotonicMs()
    const use = useOf(person, nowMs)
    if (use < hurriedUse && person.turns.size < hurriedTurns) return false
    const lighter = [...people.values()].filter(
      (other) =>
        other.turns.size < person.turns.size || (other.turns.size === person.turns.size && useOf(other, nowMs) < use),
    )
    if (lighter.some((other) => isAtWork(other, nowMs))) return true
    return isAtWork(person, nowMs) && lighter.some(({ lastStepMs }) => nowMs - lastStepMs < sharedMs)
  }
  const untilChange = (): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        takeBack()
        waiting.delete(done)
        resolve()
      }
      const takeBack = clock.after(lookEveryMs, done)
      waiting.add(done)
    })

  return {
    begin(ownerId) {
      const person = people.get(ownerId) ?? newPerson()
      people.set(ownerId, person)
      const turn = {}
      let hasEnded = false
      const count = (): void => {
        if (!hasEnded) person.turns.add(turn)
      }
      const rest = (): void => {
        person.working.delete(turn)
        wake()
      }
      count()
      return {
        async step() {
          count()
          rest()
          const startMs = clock.monotonicMs()
          while (mustWait(person) && clock.monotonicMs() - startMs < longestWaitMs) await untilChange()
          if (hasEnded) return
          person.lastStepMs = clock.monotonicMs()
          person.uses.push(person.lastStepMs)
          person.working.set(turn, person.lastStepMs)
        },
        pause() {
          person.turns.delete(turn)
          rest()
        },
        end() {
          hasEnded = true
          this.pause()
        },
      }
    },
  }
}
