import { Component, type ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import type { Problem } from '../../contract/problem.ts'
import { languageOf, ofThisPage } from '../transport/channel.ts'
import { Button } from '../ui/button.tsx'
import { problemWords } from '../words/shell.ts'
import { uiWords } from '../words/ui.ts'

export interface PageProblemProps {
  readonly problem: Problem
  /** Given where trying again may help. */
  readonly onAgain?: (() => void) | undefined
}

/** A whole page that cannot be shown, with the way on. */
export function PageProblem({ problem, onAgain }: PageProblemProps) {
  return (
    <div role="alert" className="m-auto flex max-w-116 flex-col items-center gap-3 px-4 py-10 text-center">
      <h1 lang={languageOf(problem)} className="text-xl font-semibold">
        {problem.message}
      </h1>
      <p lang={languageOf(problem)} className="text-base text-fg-2">
        {problem.action}
      </p>
      <div className="mt-2 flex gap-2">
        {onAgain !== undefined && <Button onClick={onAgain}>{uiWords.tryAgain}</Button>}
        <Link
          to="/"
          className="inline-flex h-9 items-center rounded-lg bg-accent px-3.5 text-sm font-medium text-white hover:bg-accent-hover"
        >
          {problemWords.askNew}
        </Link>
      </div>
    </div>
  )
}

const lost = ofThisPage({
  code: 'not_found',
  message: problemWords.lost,
  action: problemWords.checkLink,
  whoseTurn: 'person',
})

const crashed = ofThisPage({
  code: 'internal',
  message: problemWords.crashed,
  action: problemWords.crashedAction,
  whoseTurn: 'floe',
})

/** An address that leads nowhere. */
export const LostPage = () => (
  <main className="flex h-dvh flex-col">
    <PageProblem problem={lost} />
  </main>
)

/** Shows a page of its own instead of a blank one when drawing fails. The next address is drawn anew. */
export function CrashBoundary({ children }: { readonly children: ReactNode }) {
  return <Boundary address={useLocation().key}>{children}</Boundary>
}

interface BoundaryProps {
  readonly address: string
  readonly children: ReactNode
}

interface BoundaryState {
  readonly address: string
  readonly failed: boolean
}

class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { address: this.props.address, failed: false }

  static getDerivedStateFromError(): Pick<BoundaryState, 'failed'> {
    return { failed: true }
  }

  static getDerivedStateFromProps({ address }: BoundaryProps, shown: BoundaryState): BoundaryState | null {
    return address === shown.address ? null : { address, failed: false }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    return (
      <main className="flex h-dvh flex-col">
        <PageProblem problem={crashed} onAgain={() => location.reload()} />
      </main>
    )
  }
}
