import { Component, lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react'
import { uiWords } from '../words/ui.ts'
import { Button } from './button.tsx'

/** Pauses before a file that could not be fetched is tried again, in milliseconds. */
const pausesMs: readonly number[] = [400, 1_600]

/** Fetches the code of a part. A fetch can fail for a moment; only after the last try it fails for good. */
export async function fetchPart<T>(load: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await load()
    } catch {
      // The last try below says why.
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  return await load()
}

/**
 * A part of the page whose code is fetched when it is first shown. A fetch can fail when the line is down, or after an upgrade of the
 * server, when the files of this page are gone; the rest of the page then stays, and the part says how to get it.
 */
export function makeLazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
  /** Keeps the room while the part's code is on its way. */
  fallback: ReactNode | ((props: P) => ReactNode) = null,
): ComponentType<P> {
  const make = (): ComponentType<P> => lazy(async () => ({ default: await fetchPart(load) }))
  let latest = make()
  return function LazyPart(props: P) {
    const [Part, setPart] = useState(() => latest)
    const again = (): void => {
      // React remembers that the fetch failed, so another try needs another part.
      latest = make()
      setPart(() => latest)
    }
    return (
      <PartBoundary onAgain={again}>
        <Suspense fallback={typeof fallback === 'function' ? fallback(props) : fallback}>
          <Part {...props} />
        </Suspense>
      </PartBoundary>
    )
  }
}

interface PartBoundaryProps {
  /** Draws the part anew. */
  readonly onAgain?: () => void
  readonly children: ReactNode
}

/** Keeps what goes wrong inside a part from the rest of the page. */
export class PartBoundary extends Component<PartBoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    const again = (): void => {
      this.props.onAgain?.()
      this.setState({ failed: false })
    }
    return (
      <div role="alert" className="flex flex-wrap items-center gap-3 px-4 py-6 text-sm text-fg-2">
        <p>{uiWords.partFailed}</p>
        <Button size="sm" onClick={again}>
          {uiWords.tryAgain}
        </Button>
        <Button look="quiet" size="sm" onClick={() => location.reload()}>
          {uiWords.loadAgain}
        </Button>
      </div>
    )
  }
}
