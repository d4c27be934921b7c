import { BadgeCheck, ShieldCheck } from 'lucide-react'
import type { Proposal, TurnView } from '../turns/turn-view.ts'
import { useMoments } from './moments.ts'
import { threadWords } from '../words/thread.ts'
import { say } from '../words/language.ts'

const words = threadWords.badges

/** What is true of the text shown: nothing green before the check has passed. */
export function QueryBadges({ view }: { readonly view: TurnView }) {
  const { proposal, approvedBy } = view
  return (
    <>
      {proposal?.checked === true && (
        <span className="flex items-center gap-1 text-xs whitespace-nowrap text-ok">
          <ShieldCheck size={14} aria-hidden />
          {words.checked}
        </span>
      )}
      {proposal !== null && proposal.verified !== null && <Verified verified={proposal.verified} />}
      {proposal?.edited === true && <Chip>{words.edited}</Chip>}
      {approvedBy === 'auto' && <Chip>{words.ranAutomatically}</Chip>}
      {approvedBy === 'setting' && <Chip>{words.ranBySetting}</Chip>}
    </>
  )
}

/** That a person vouches for the query, and since when. */
function Verified({ verified: { by, at } }: { readonly verified: NonNullable<Proposal['verified']> }) {
  const { exact } = useMoments()
  return (
    <span title={exact(at)} className="flex min-w-0 items-center gap-1 text-xs text-ok">
      <BadgeCheck size={14} aria-hidden className="shrink-0" />
      <span className="truncate">{by === 'you' ? words.verifiedByYou : say(words.verifiedBy, { person: by })}</span>
    </span>
  )
}

const Chip = ({ children }: { readonly children: string }) => (
  <span className="rounded-sm whitespace-nowrap bg-accent-bg px-1.5 py-0.5 text-xs text-accent-text">{children}</span>
)
