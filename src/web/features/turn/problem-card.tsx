import { clsx } from 'clsx'
import { ChevronRight, Info, RefreshCw, TriangleAlert } from 'lucide-react'
import type { Problem } from '../../../contract/problem.ts'
import { Button } from '../../ui/button.tsx'

export interface ProblemCardProps {
  readonly problem: Problem
  /** What the button that asks again says; null where asking again cannot help. */
  readonly again: string | null
  readonly onAgain: () => void
  /** Whether it happened just now and is worth interrupting for. */
  readonly live: boolean
}

/** What went wrong, what to do, and the raw words behind it. A question that was declined does not look like an accident. */
export function ProblemCard({ problem, again, onAgain, live }: ProblemCardProps) {
  const calm = problem.code === 'writer_declined' || problem.code === 'interrupted'
  const Icon = calm ? Info : TriangleAlert
  return (
    <div
      role={live ? 'alert' : undefined}
      className={clsx('rounded-xl border px-4 py-3.5', calm ? 'border-line bg-surface' : 'border-bad/40 bg-bad-bg')}
    >
      <div className="flex gap-2.5">
        <Icon size={18} aria-hidden className={clsx('mt-0.5 shrink-0', calm ? 'text-info' : 'text-bad')} />
        <div className="flex min-w-0 flex-col gap-1">
          <p className={clsx('font-medium break-words', calm ? 'text-fg' : 'text-bad')}>{problem.message}</p>
          <p className="text-sm break-words text-fg-2">{problem.action}</p>
          <ProblemDetails problem={problem} />
          {again !== null && (
            <div className="mt-2">
              <Button size="sm" onClick={onAgain}>
                <RefreshCw size={15} aria-hidden />
                {again}
              </Button>
            </div>
          )}
        </div>
      </div>
    </div>
  )
}

/** The words behind a problem: a guard's reasons, a provider's own text. Nothing where there are none. */
export function ProblemDetails({ problem }: { readonly problem: Problem }) {
  const details = problem.details ?? []
  if (details.length === 0) return null
  return (
    <details className="group text-sm">
      <summary className="inline-flex min-h-6 cursor-pointer list-none items-center gap-1 rounded-sm text-fg-2 hover:text-fg">
        <ChevronRight size={14} aria-hidden className="transition-transform group-open:rotate-90" />
        Details
      </summary>
      <ul className="sql-text mt-2 flex max-h-60 flex-col gap-1 overflow-y-auto break-words whitespace-pre-wrap text-fg-2">
        {details.map((detail) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </details>
  )
}

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
