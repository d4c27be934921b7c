import { useRouteError } from 'react-router'
import type { Problem } from '../../contract/problem.ts'
import { PageProblem } from './page-problem.tsx'

/** Shown instead of a blank page when drawing fails or an address leads nowhere. */
export function CrashedPage() {
  const error = useRouteError()
  const lost = typeof error === 'object' && error !== null && 'status' in error && error.status === 404
  const problem: Problem = lost
    ? {
        code: 'not_found',
        message: 'There is nothing at this address.',
        action: 'Check the link.',
        whoseTurn: 'person',
      }
    : {
        code: 'internal',
        message: 'This page could not be drawn.',
        action: 'Your conversation is safe on the server; load the page again.',
        whoseTurn: 'floe',
      }
  return (
    <main className="flex h-dvh flex-col">
      <PageProblem problem={problem} onAgain={lost ? undefined : () => location.reload()} />
    </main>
  )
}
