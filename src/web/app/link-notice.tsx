import type { LinkState } from '../lib/turn-channel.ts'
import { useEffect, useState } from 'react'

/** A thin bar while the server cannot be heard. What runs goes on there, and comes back. */
export function LinkNotice({ link }: { readonly link: LinkState }) {
  const shown = useHeldFor(link === 'reconnecting', 400)
  if (!shown) return null
  return (
    <p className="shrink-0 bg-warn-bg px-4 py-1 text-center text-xs text-warn">
      Reconnecting… What is running goes on, and you will see it here.
    </p>
  )
}

/** True once something has been so for a while: a break too short to notice is not worth a word. */
function useHeldFor(value: boolean, ms: number): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setHeld(value), value ? ms : 0)
    return () => clearTimeout(timer)
  }, [value, ms])
  return held && value
}
