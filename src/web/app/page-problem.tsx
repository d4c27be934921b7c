import { Link, useRouteError } from 'react-router'
import type { Problem } from '../../contract/problem.ts'
import { Button } from '../ui/button.tsx'

export interface PageProblemProps {
  readonly problem: Problem
  /** Given where trying again may help. */
  readonly onAgain?: (() => void) | undefined
}

/** A whole page that cannot be shown, with the way on. */
export function PageProblem({ problem, onAgain }: PageProblemProps) {
  return (
    <div role="alert" className="m-auto flex max-w-116 flex-col items-center gap-3 px-4 py-10 text-center">
      <h1 className="text-xl font-semibold">{problem.message}</h1>
      <p className="text-base text-fg-2">{problem.action}</p>
      <div className="mt-2 flex gap-2">
        {onAgain !== undefined && <Button onClick={onAgain}>Try again</Button>}
        <Link
          to="/"
          className="inline-flex h-9 items-center rounded-lg bg-accent px-3.5 text-sm font-medium text-white hover:bg-accent-hover"
        >
          Ask a new question
        </Link>
      </div>
    </div>
  )
}

const lost: Problem = {
  code: 'not_found',
  message: 'There is nothing at this address.',
  action: 'Check the link.',
  whoseTurn: 'person',
}

const crashed: Problem = {
  code: 'internal',
  message: 'This page could not be drawn.',
  action: 'Your conversation is safe on the server; load the page again.',
  whoseTurn: 'floe',
}

/** Shown instead of a blank page when drawing fails or an address leads nowhere. */
export function CrashedPage() {
  const error = useRouteError()
  const isLost = typeof error === 'object' && error !== null && 'status' in error && error.status === 404
  return (
    <main className="flex h-dvh flex-col">
      <PageProblem problem={isLost ? lost : crashed} onAgain={isLost ? undefined : () => location.reload()} />
    </main>
  )
}
