import { TriangleAlert } from 'lucide-react'
import type { Problem } from '../../../contract/problem.ts'
import { ProblemDetails } from './problem-card.tsx'

export interface RefusedEditProps {
  readonly problem: Problem
  /** True when an earlier proposal is still there to run. */
  readonly stands: boolean
}

/** Why a decision was not carried out, inside the card it was made in. */
export function RefusedEdit({ problem, stands }: RefusedEditProps) {
  return (
    <div role="alert" className="flex gap-2.5 border-t border-bad/40 bg-bad-bg px-4 py-3">
      <TriangleAlert size={18} aria-hidden className="mt-0.5 shrink-0 text-bad" />
      <div className="flex min-w-0 flex-col gap-1">
        <p className="font-medium break-words text-bad">{problem.message}</p>
        <p className="text-sm break-words text-fg-2">
          {problem.action}
          {stands && ' The query proposed before is still there.'}
        </p>
        <ProblemDetails problem={problem} />
      </div>
    </div>
  )
}
