import { LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'

export interface RunningNoteProps {
  readonly sinceMs: number | null
  readonly place: string
}

/** That the query runs, where, and for how long already. Not announced: a count of seconds says nothing to the ear. */
export function RunningNote({ sinceMs, place }: RunningNoteProps) {
  const seconds = useSecondsSince(sinceMs)
  return (
    <p className="flex min-h-13 items-center gap-2 border-t border-line px-4 text-sm text-fg-2">
      <LoaderCircle size={16} aria-hidden className="animate-spin text-accent-text" />
      Running on {place}
      {seconds > 0 && <span className="tabular text-fg-3">· {seconds} s</span>}
    </p>
  )
}

function useSecondsSince(sinceMs: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return sinceMs === null ? 0 : Math.max(0, Math.floor((now - sinceMs) / 1_000))
}
