import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

export interface DetailsProps {
  readonly summary: string
  readonly children: ReactNode
}

/** Something that is there for whoever wants to look. */
export function Details({ summary, children }: DetailsProps) {
  return (
    <details className="group text-sm">
      <summary className="inline-flex min-h-6 cursor-pointer list-none items-center gap-1 rounded-sm text-fg-2 hover:text-fg">
        <ChevronRight size={14} aria-hidden className="transition-transform group-open:rotate-90" />
        {summary}
      </summary>
      <div className="mt-2">{children}</div>
    </details>
  )
}
