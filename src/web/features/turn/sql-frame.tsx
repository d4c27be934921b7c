import { clsx } from 'clsx'
import { ShieldCheck } from 'lucide-react'
import type { ReactNode, Ref } from 'react'
import type { TurnView } from '../../lib/turn-view.ts'
import { CopyButton } from '../../ui/copy-button.tsx'

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
      <div className="flex h-10 items-center gap-2.5 border-b border-line pr-1.5 pl-4 text-sm text-fg-2">
        SQL
        {badge}
        <span className="ml-auto" />
        <CopyButton what="SQL" text={() => sql} />
      </div>
      {children}
    </section>
  )
}

/** What is true of the text shown: nothing green before the check has passed. */
export function Badges({ view }: { readonly view: TurnView }) {
  const { proposal, approvedBy } = view
  return (
    <>
      {proposal?.checked === true && (
        <span className="flex items-center gap-1 text-xs text-ok">
          <ShieldCheck size={14} aria-hidden />
          Read-only, checked
        </span>
      )}
      {proposal?.edited === true && <Chip>Edited by you</Chip>}
      {approvedBy === 'auto' && <Chip>Ran automatically</Chip>}
    </>
  )
}

/** Said of a text that was changed and not yet judged. */
export const Unchecked = () => <span className="text-xs text-warn">Changed, not checked yet</span>

const Chip = ({ children }: { readonly children: string }) => (
  <span className="rounded-sm bg-accent-bg px-1.5 py-0.5 text-xs text-accent-text">{children}</span>
)
