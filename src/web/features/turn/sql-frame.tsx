import { clsx } from 'clsx'
import type { KeyboardEventHandler, ReactNode, Ref } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { queryWords as words } from '../../words/turn.ts'

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
  readonly ref?: Ref<HTMLDivElement>
  /** Takes keys before anything inside does. */
  readonly onKeyDown?: KeyboardEventHandler
  readonly children: ReactNode
}

/** The card around a query: name, badges, copy. */
export function SqlFrame({ sql, badge, wanted = false, ref, onKeyDown, children }: SqlFrameProps) {
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- nothing in it is a field of a form
      role="group"
      ref={ref}
      onKeyDownCapture={onKeyDown}
      aria-label={words.card}
      className={clsx('overflow-clip rounded-xl border bg-surface', wanted ? 'border-accent-text/60' : 'border-line')}
    >
      <div className="flex min-h-10 flex-wrap items-center gap-x-2.5 border-b border-line pr-1.5 pl-4 text-sm text-fg-2">
        {words.sql}
        {badge}
        <span className="ml-auto" />
        <CopyButton what={words.sql} text={() => sql} />
      </div>
      {children}
    </div>
  )
}
