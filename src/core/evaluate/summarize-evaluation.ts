import type { EvaluatedTurn, EvaluationVerdict } from './run-evaluation.ts'

interface Counts {
  readonly questions: number
  /** Results were given and could be compared. */
  readonly answered: number
  readonly right: number
}

export interface EvaluationSummary {
  readonly questions: number
  readonly verdicts: Readonly<Partial<Record<EvaluationVerdict, number>>>
  /** Questions that the data can answer and whose answer is known. */
  readonly answerable: Counts & {
    /** Right of all, right of those answered, answered of all; null without questions. */
    readonly accuracy: number | null
    readonly precision: number | null
    readonly coverage: number | null
  }
  readonly unanswerable: { readonly questions: number; readonly declined: number }
  /** The same counts by the group that a line names (`hardness` or `category`); left out where none does. */
  readonly groups?: Readonly<Record<string, Counts>>
  /** Ids of the questions that did not come out right. */
  readonly regressions: readonly string[]
}

const gaveResult: ReadonlySet<EvaluationVerdict> = new Set([
  'right',
  'right_extra_columns',
  'right_alt',
  'other_order',
  'different',
  'shape',
])

/** Sums up an evaluation. Questions without evidence count as asked and nothing else. */
export function summarizeEvaluation(turns: readonly EvaluatedTurn[]): EvaluationSummary {
  const answerable = turns.filter((turn) => !turn.isUnanswerable && turn.verdict !== 'no_evidence')
  const unanswerable = turns.filter((turn) => turn.isUnanswerable)
  const counts = countOf(answerable)
  const verdicts: Partial<Record<EvaluationVerdict, number>> = {}
  for (const { verdict } of turns) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
  const grouped = Map.groupBy(
    answerable.filter(({ group }) => group !== null),
    ({ group }) => group ?? '',
  )
  return {
    questions: turns.length,
    verdicts,
    answerable: {
      ...counts,
      accuracy: shareOf(counts.right, counts.questions),
      precision: shareOf(counts.right, counts.answered),
      coverage: shareOf(counts.answered, counts.questions),
    },
    unanswerable: {
      questions: unanswerable.length,
      declined: unanswerable.filter(({ verdict }) => verdict === 'declined').length,
    },
    ...(grouped.size === 0
      ? {}
      : { groups: Object.fromEntries([...grouped].map(([group, list]) => [group, countOf(list)])) }),
    regressions: turns.filter((turn) => !turn.isRight && turn.verdict !== 'no_evidence').map(({ id }) => id),
  }
}

function countOf(turns: readonly EvaluatedTurn[]): Counts {
  return {
    questions: turns.length,
    answered: turns.filter(({ verdict }) => gaveResult.has(verdict)).length,
    right: turns.filter(({ isRight }) => isRight).length,
  }
}

/** A share with four decimals; null of nothing. */
function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4
}
