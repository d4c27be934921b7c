import { Component, Suspense, type ReactNode } from 'react'
import { Button } from './button.tsx'

export interface LazyPartProps {
  /** Keeps the room while the part's code is on its way. */
  readonly fallback: ReactNode
  readonly children: ReactNode
}

/**
 * A part of the page whose code is fetched when it is first shown. A fetch can fail when the line is down, or after an upgrade of the
 * server, when the files of this page are gone; the rest of the page then stays, and says how to get the part.
 */
export class LazyPart extends Component<LazyPartProps, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return <Suspense fallback={this.props.fallback}>{this.props.children}</Suspense>
    return (
      <div role="alert" className="flex flex-wrap items-center gap-3 px-4 py-6 text-sm text-fg-2">
        <p>This part could not be loaded. Your conversation is kept; load the page again to see it.</p>
        <Button size="sm" onClick={() => location.reload()}>
          Load the page again
        </Button>
      </div>
    )
  }
}
