import { useEffect, useRef, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'

export interface WhenSeenProps {
  /** Keeps about the room that the children will take. */
  readonly className: string
  readonly children: ReactNode
}

/**
 * Draws what it holds once it comes near the screen, and before printing. A conversation of hundreds of answers would otherwise draw all its
 * charts at once when it is opened.
 */
export function WhenSeen({ className, children }: WhenSeenProps) {
  const place = useRef<HTMLDivElement>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (isSeen || place.current === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true)
      },
      // The margin counts at the edges of the root alone, and the conversation scrolls inside the page.
      { root: place.current.closest('[data-thread]'), rootMargin: '200px' },
    )
    observer.observe(place.current)
    // The browser takes the page as it is when the listeners have returned.
    const beforePrint = (): void => flushSync(() => setSeen(true))
    addEventListener('beforeprint', beforePrint)
    return () => {
      observer.disconnect()
      removeEventListener('beforeprint', beforePrint)
    }
  }, [isSeen])
  if (isSeen) return children
  return <div ref={place} className={className} />
}
