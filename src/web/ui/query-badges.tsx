import { ShieldCheck } from 'lucide-react'
import type { TurnView } from '../turns/turn-view.ts'

/** What is true of the text shown: nothing green before the check has passed. */
export function QueryBadges({ view }: { readonly view: TurnView }) {
  const { proposal, approvedBy } = view
  return (
    <>
      {proposal?.checked === true && (
        <span className="flex items-center gap-1 text-xs whitespace-nowrap text-ok">
          <ShieldCheck size={14} aria-hidden />
          Read-only, checked
        </span>
      )}
      {proposal?.edited === true && <Chip>Edited by you</Chip>}
      {approvedBy === 'auto' && <Chip>Ran automatically</Chip>}
      {approvedBy === 'setting' && <Chip>Ran by itself because of your setting</Chip>}
    </>
  )
}

const Chip = ({ children }: { readonly children: string }) => (
  <span className="rounded-sm whitespace-nowrap bg-accent-bg px-1.5 py-0.5 text-xs text-accent-text">{children}</span>
)
