import { problemCodes } from '../../contract/problem.ts'
import { ResultFormat } from '../../contract/result-file.ts'
import { StepName, StepState } from '../../contract/turn-event.ts'
import type { Journey } from '../ask/journey.ts'
import { TurnStopped, type LiveFact } from '../ask/turn-facts.ts'
import type { Door } from '../caller.ts'
import type { Guard } from '../guard/make-guard.ts'
import { refusalCodes } from '../guard/verdict.ts'
import { limits } from '../limits.ts'
import type { Clock } from '../ports/clock.ts'
import { waitBounds, type Meter } from '../ports/meter.ts'
import { presentProblem } from '../problem.ts'

const doors: readonly Door[] = ['page', 'api', 'mcp', 'cli', 'recovery']
/** What stands for a problem where there was none. */
const none = 'none'

/** How a turn ended. `clarified`: with a question back instead of an answer; `interrupted`: the server stopped. */
const outcomes = ['done', 'clarified', 'failed', 'cancelled', 'interrupted'] as const
type Outcome = (typeof outcomes)[number]

/** How a turn ended, for the log. */
export interface TurnEnd {
  readonly door: Door
  readonly outcome: Outcome
  /** The code of the problem that ended it, or `none`. */
  readonly problem: string
  /** How long it was at work, without the time it waited for a decision. */
  readonly workedMs: number
  /** The text that was proposed last; null where none was. */
  readonly sql: string | null
}

/** A journey under way, as far as its facts tell. */
interface Watched {
  state: 'running' | 'waiting'
  outcome: Outcome
  problem: string
  sql: string | null
  /** When the state or the step under way began. */
  stateSinceMs: number
  stepSinceMs: number
  workedMs: number
}

type Measures = ReturnType<typeof defineMeasures>

function defineMeasures(meter: Meter) {
  return {
    turns: meter.counter({
      name: 'floe_turns_total',
      help: 'Turns that ended, by the door they came through, how they ended and the problem that ended them.',
      labels: { door: doors, outcome: outcomes, problem: [none, ...problemCodes] },
    }),
    duration: meter.histogram({
      name: 'floe_turn_duration_seconds',
      help: 'Time that a turn was at work, without the time it waited for a decision.',
      labels: { outcome: outcomes },
      bounds: waitBounds,
    }),
    steps: meter.counter({
      name: 'floe_turn_steps_total',
      help: 'Steps of turns that ended, by how they ended.',
      labels: { step: StepName.options, state: StepState.options },
    }),
    stepDuration: meter.histogram({
      name: 'floe_turn_step_duration_seconds',
      help: 'Time that a step of a turn took.',
      labels: { step: StepName.options },
      bounds: waitBounds,
    }),
    files: meter.counter({
      name: 'floe_result_files_total',
      help: 'Results that were written to a file, by format and how that ended.',
      labels: { format: ResultFormat.options, outcome: outcomes },
    }),
  }
}

interface JourneyMeasuring {
  readonly meter: Meter
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Hears how each turn ended. */
  readonly onEnd: (end: TurnEnd) => void
}

/** A journey that is counted: how many are under way, how long steps and turns take, and how they end. */
export function measureJourney(journey: Journey, { meter, clock, onEnd }: JourneyMeasuring): Journey {
  const measures = defineMeasures(meter)
  const live = new Set<Watched>()
  measureLive(meter, live)
  return async function* measured(order, decision, signal) {
    const nowMs = clock.monotonicMs()
    const turn: Watched = {
      state: 'running',
      outcome: 'interrupted',
      problem: none,
      sql: null,
      stateSinceMs: nowMs,
      stepSinceMs: nowMs,
      workedMs: 0,
    }
    // A result that is made again, for a file or a table, is no question of its own.
    const isAsked = order.rerun === undefined
    if (isAsked) live.add(turn)
    try {
      for await (const fact of journey(order, decision, signal)) {
        if (isAsked) note(measures, turn, fact, clock.monotonicMs())
        yield fact
      }
      if (turn.outcome === 'interrupted') turn.outcome = 'done'
    } catch (error) {
      Object.assign(turn, endOf(error, signal))
      throw error
    } finally {
      live.delete(turn)
      if (isAsked) onEnd(count(measures, order.caller.door, turn, clock.monotonicMs()))
      if (order.file !== null) measures.files({ format: order.file.form.format, outcome: turn.outcome })
    }
  }
}

/** Has monitoring read how many journeys are under way. */
function measureLive(meter: Meter, live: ReadonlySet<Watched>): void {
  const countIn = (state: Watched['state']): number => [...live].filter((turn) => turn.state === state).length
  meter.gauge(
    {
      name: 'floe_turns_running',
      help: 'Turns that have not ended, by what they do.',
      labels: { state: ['running', 'waiting'] },
    },
    () => (['running', 'waiting'] as const).map((state) => [{ state }, countIn(state)] as const),
  )
  meter.gauge(
    {
      name: 'floe_turns_limit',
      help: 'The most turns that may run, or wait, at once.',
      labels: { state: ['running', 'waiting'] },
    },
    () => [
      [{ state: 'running' }, limits.turns.maxRunningTurnsInAll],
      [{ state: 'waiting' }, limits.turns.maxWaitingTurnsInAll],
    ],
  )
}

function note({ steps, stepDuration }: Measures, turn: Watched, fact: LiveFact, nowMs: number): void {
  // Rows come in thousands and say nothing new.
  if (fact.kind === 'result.rows') return
  const state = fact.kind === 'query.proposed' ? 'waiting' : 'running'
  if (state !== turn.state) {
    if (turn.state === 'running') turn.workedMs += nowMs - turn.stateSinceMs
    turn.state = state
    turn.stateSinceMs = nowMs
  }
  if (fact.kind === 'query.proposed') turn.sql = fact.sql
  if (fact.kind === 'clarification') turn.outcome = 'clarified'
  if (fact.kind !== 'step') return
  if (fact.state === 'running') {
    if (fact.fact === null) turn.stepSinceMs = nowMs
    return
  }
  steps({ step: fact.name, state: fact.state })
  stepDuration({ step: fact.name }, (nowMs - turn.stepSinceMs) / 1_000)
}

function count({ turns, duration }: Measures, door: Door, turn: Watched, nowMs: number): TurnEnd {
  const { outcome, problem, sql } = turn
  const workedMs = turn.workedMs + (turn.state === 'running' ? nowMs - turn.stateSinceMs : 0)
  turns({ door, outcome, problem })
  duration({ outcome }, workedMs / 1_000)
  return { door, outcome, problem, workedMs: Math.round(workedMs), sql }
}

function endOf(error: unknown, signal: AbortSignal): Pick<Watched, 'outcome' | 'problem'> {
  if (!signal.aborted) return { outcome: 'failed', problem: presentProblem(error).code }
  const isStop = signal.reason instanceof TurnStopped && signal.reason.reason !== 'shutdown'
  return { outcome: isStop ? 'cancelled' : 'interrupted', problem: none }
}

/** A guard whose verdicts are counted by the reason for them. */
export function measureGuard(guard: Guard, meter: Meter): Guard {
  const verdicts = meter.counter({
    name: 'floe_guard_verdicts_total',
    help: 'Texts that the guard judged, by its verdict and the reason code of a refusal.',
    labels: { verdict: ['passed', 'refused'], reason: [none, ...refusalCodes] },
  })
  return {
    ...guard,
    guardSql: async (text, options) => {
      const verdict = await guard.guardSql(text, options)
      if (verdict.ok) verdicts({ verdict: 'passed', reason: none })
      else verdicts({ verdict: 'refused', reason: verdict.code })
      return verdict
    },
  }
}
