import { clsx } from 'clsx'
import { ChevronRight, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import { languageOf } from '../../transport/channel.ts'
import { turnWords as words } from '../../words/turn.ts'

export interface ProblemCardProps {
  readonly problem: Problem
  /** The ways on from here. */
  readonly actions: ReactNode
  /** Whether it happened just now and is worth interrupting for. */
  readonly live: boolean
}

/** What went wrong, what to do, and the raw words behind it. A question that was declined does not look like an accident. */
export function ProblemCard({ problem, actions, live }: ProblemCardProps) {
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
          <p lang={languageOf(problem)} className={clsx('font-medium break-words', calm ? 'text-fg' : 'text-bad')}>
            {problem.message}
          </p>
          <p lang={languageOf(problem)} className="text-sm break-words text-fg-2">
            {problem.action}
          </p>
          <ProblemDetails problem={problem} />
          <div className="mt-2 empty:hidden">{actions}</div>
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
      <summary className="inline-flex min-h-6 pointer-coarse:min-h-9 cursor-pointer list-none items-center gap-1 rounded-sm text-fg-2 hover:text-fg">
        <ChevronRight size={14} aria-hidden className="transition-transform group-open:rotate-90" />
        {words.details}
      </summary>
      <ul
        lang="en"
        className="sql-text mt-2 flex max-h-60 flex-col gap-1 overflow-y-auto break-words whitespace-pre-wrap text-fg-2"
      >
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
        <p lang={languageOf(problem)} className="font-medium break-words text-bad">
          {problem.message}
        </p>
        <p className="text-sm break-words text-fg-2">
          <span lang={languageOf(problem)}>{problem.action}</span>
          {stands && ` ${words.stillThere}`}
        </p>
        <ProblemDetails problem={problem} />
      </div>
    </div>
  )
}
