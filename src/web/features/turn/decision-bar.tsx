import { useEffect, useRef } from 'react'
import { Check, Pencil, Play, Undo2, X } from 'lucide-react'
import { estimateInWords } from '../../../contract/words/amounts.ts'
import { cautionsOf } from '../../turns/describe-turn.ts'
import type { Proposal } from '../../turns/turn-view.ts'
import { Button } from '../../ui/button.tsx'
import { useFormats } from '../../ui/formats.ts'

/** The button that the focus goes to when the editor closes, because the editor takes it away with it. */
export type Landing = 'edit' | 'run' | null

export interface DecisionBarProps {
  readonly proposal: Proposal
  readonly editing: boolean
  readonly pending: boolean
  readonly landing: Landing
  readonly onRun: () => void
  readonly onEdit: () => void
  /** The editor will probably be wanted: time to fetch it. */
  readonly onNearEdit: () => void
  readonly onPropose: () => void
  readonly onLeaveEditor: () => void
  readonly onDrop: () => void
}

const runKeys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ Enter' : 'Ctrl Enter'

/** What the query will read, and the three ways to go on. */
export function DecisionBar(props: DecisionBarProps) {
  const { proposal, editing } = props
  const formats = useFormats()
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2.5 border-t border-line py-3 pr-4 pl-4">
      {cautionsOf(proposal).map((caution) => (
        <p key={caution} role="note" className="basis-full text-sm font-medium">
          {caution}
        </p>
      ))}
      <p className="min-w-0 flex-1 basis-40 text-sm text-fg-2">
        {editing ? 'The text is checked before it can run.' : estimateInWords(proposal.estimate, formats.locale)}
      </p>
      <div className="flex flex-wrap justify-end gap-2 max-sm:w-full">
        {editing ? <EditingButtons {...props} /> : <ReviewButtons {...props} />}
      </div>
    </div>
  )
}

function ReviewButtons({ pending, landing, onDrop, onEdit, onNearEdit, onRun }: DecisionBarProps) {
  const editButton = useRef<HTMLButtonElement>(null)
  const runButton = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (landing === 'edit') editButton.current?.focus()
    if (landing === 'run') runButton.current?.focus()
  }, [landing])
  return (
    <>
      <Button look="quiet" onClick={onDrop} disabled={pending}>
        <X size={16} aria-hidden />
        Cancel
      </Button>
      <Button ref={editButton} onClick={onEdit} onPointerEnter={onNearEdit} onFocus={onNearEdit} disabled={pending}>
        <Pencil size={15} aria-hidden />
        Edit
      </Button>
      <Button ref={runButton} look="primary" onClick={onRun} disabled={pending} title={`Run query (${runKeys})`}>
        <Play size={15} aria-hidden />
        Run query
      </Button>
    </>
  )
}

const EditingButtons = ({ pending, onLeaveEditor, onPropose }: DecisionBarProps) => (
  <>
    <Button
      look="quiet"
      onClick={onLeaveEditor}
      disabled={pending}
      title="Go back to the query that was proposed (Esc closes the editor and keeps your text)"
    >
      <Undo2 size={16} aria-hidden />
      Discard changes
    </Button>
    <Button look="primary" onClick={onPropose} disabled={pending} title={`Check & propose (${runKeys})`}>
      <Check size={16} aria-hidden />
      {pending ? 'Checking…' : 'Check & propose'}
    </Button>
  </>
)
