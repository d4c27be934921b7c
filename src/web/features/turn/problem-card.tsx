import { Info, RefreshCw, TriangleAlert } from 'lucide-react'
import { clsx } from 'clsx'
import type { Problem } from '../../../contract/problem.ts'
import { Button } from '../../ui/button.tsx'
import { Details } from '../../ui/details.tsx'

export interface ProblemCardProps {
  readonly problem: Problem
  /** What the button that asks again says; null where asking again cannot help. */
  readonly again: string | null
  readonly onAgain: () => void
  /** Whether it happened just now and is worth interrupting for. */
  readonly live: boolean
}

/** What went wrong, what to do, and the raw words for whoever needs them. Questions that were declined are not painted as accidents. */
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
    <Details summary="Details">
      <ul className="sql-text flex max-h-60 flex-col gap-1 overflow-y-auto break-words whitespace-pre-wrap text-fg-2">
        {details.map((detail) => (
          <li key={detail}>{detail}</li>
        ))}
      </ul>
    </Details>
  )
}
