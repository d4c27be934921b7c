import { clsx } from 'clsx'
import type { ReactNode, Ref } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'

/** What a person can do with a turn. Each rejects with `RefusedCommand`. */
export interface TurnCommands {
  approve(digest: string): Promise<void>
  edit(sql: string): Promise<void>
  cancel(): Promise<void>
}

export interface SqlFrameProps {
  readonly sql: string
  readonly badge: ReactNode
  /** Whether a decision is wanted. */
  readonly wanted?: boolean
  readonly ref?: Ref<HTMLElement>
  readonly children: ReactNode
}

/** The card around a query: name, badges, copy. */
export function SqlFrame({ sql, badge, wanted = false, ref, children }: SqlFrameProps) {
  return (
    <section
      ref={ref}
      aria-label="Query"
      className={clsx('overflow-hidden rounded-xl border bg-surface', wanted ? 'border-accent-text/60' : 'border-line')}
    >
      <div className="flex min-h-10 flex-wrap items-center gap-x-2.5 border-b border-line pr-1.5 pl-4 text-sm text-fg-2">
        SQL
        {badge}
        <span className="ml-auto" />
        <CopyButton what="SQL" text={() => sql} />
      </div>
      {children}
    </section>
  )
}
