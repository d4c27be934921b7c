import { useEffect, useRef } from 'react'
import { Check, Pencil, Play, Undo2, WandSparkles, X } from 'lucide-react'
import type { Estimate } from '../../../contract/result.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import { cautionsOf } from '../../turns/describe-turn.ts'
import type { Proposal } from '../../turns/turn-view.ts'
import { Button } from '../../ui/button.tsx'
import { useFormats } from '../../ui/formats.ts'
import { say } from '../../words/language.ts'
import { queryWords as words } from '../../words/turn.ts'

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
  /** Lays the text out anew. */
  readonly onFormat: () => void
  readonly onLeaveEditor: () => void
  readonly onDrop: () => void
}

const runKeys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? words.macKeys : words.keys

/** What the query will read, and the three ways to go on. */
export function DecisionBar(props: DecisionBarProps) {
  const { proposal, editing } = props
  const formats = useFormats()
  return (
    <div className="sticky bottom-0 z-1 flex flex-wrap items-center gap-x-2 gap-y-2.5 border-t border-line bg-surface px-4 py-3">
      {cautionsOf(proposal).map((caution) => (
        <p key={caution} role="note" lang="en" className="basis-full text-sm font-medium">
          {caution}
        </p>
      ))}
      <p className="min-w-0 flex-1 basis-40 text-sm text-fg-2">
        {editing ? words.toBeChecked : estimateInWords(proposal.estimate, formats.locale)}
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
        {words.cancel}
      </Button>
      <Button ref={editButton} onClick={onEdit} onPointerEnter={onNearEdit} onFocus={onNearEdit} disabled={pending}>
        <Pencil size={15} aria-hidden />
        {words.edit}
      </Button>
      <Button ref={runButton} look="primary" onClick={onRun} disabled={pending} title={`${words.run} (${runKeys})`}>
        <Play size={15} aria-hidden />
        {words.run}
      </Button>
    </>
  )
}

const EditingButtons = ({ pending, onLeaveEditor, onPropose, onFormat }: DecisionBarProps) => (
  <>
    <Button look="quiet" onClick={onFormat} disabled={pending}>
      <WandSparkles size={15} aria-hidden />
      {words.format}
    </Button>
    <Button look="quiet" onClick={onLeaveEditor} disabled={pending} title={words.discardAbout}>
      <Undo2 size={16} aria-hidden />
      {words.discard}
    </Button>
    <Button look="primary" onClick={onPropose} disabled={pending} title={`${words.check} (${runKeys})`}>
      <Check size={16} aria-hidden />
      {pending ? words.checking : words.check}
    </Button>
  </>
)

/** What a query will read at most, one clause. Its amounts are written as the person writes numbers. */
function estimateInWords({ rows, bytes, partitions = null, tables = [] }: Estimate, locale: string): string {
  const written = (count: number): string => count.toLocaleString(locale)
  const parts = [
    rows === null ? null : say(words.rows, { count: rows, amount: written(rows) }),
    bytes === null ? null : bytesOfTables(bytesInWords(bytes, locale), tables, locale),
    partitions === null
      ? null
      : say(words.partitions, {
          count: partitions.total,
          assigned: written(partitions.assigned),
          total: written(partitions.total),
        }),
  ].filter((part) => part !== null)
  return parts.length === 0 ? words.unknownEstimate : say(words.estimate, { amounts: parts.join(', ') })
}

/** Bytes, with the size of what they are read from where the warehouse knows it: "2.1 GB of 48.0 GB in ORDERS". */
function bytesOfTables(bytes: string, tables: NonNullable<Estimate['tables']>, locale: string): string {
  const sizes = tables.flatMap(({ tableBytes }) => tableBytes ?? [])
  if (tables.length === 0 || sizes.length < tables.length) return bytes
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  const [only] = tables
  const name = only?.table.split('.').at(-1) ?? ''
  const place = tables.length === 1 ? name : say(words.tables, { count: tables.length })
  return say(words.bytesOf, { bytes, whole: bytesInWords(whole, locale), place })
}
