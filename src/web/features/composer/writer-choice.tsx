import { Sparkles } from 'lucide-react'
import type { WriterSummary } from '../../../contract/api.ts'

export interface WriterChoiceProps {
  readonly writers: readonly WriterSummary[]
  readonly chosen: string
  readonly onChoose: (id: string) => void
}

/** Who turns questions into SQL: named when there is one, to be chosen when there are several. */
export function WriterChoice({ writers, chosen, onChoose }: WriterChoiceProps) {
  const only = writers[0]
  if (only === undefined) return null
  if (writers.length === 1)
    return (
      <p className="flex min-w-0 items-center gap-1.5 text-xs text-fg-3" title="Who turns your question into a query">
        <Sparkles size={13} aria-hidden className="shrink-0" />
        <span className="truncate">Written by: {only.label}</span>
      </p>
    )
  return (
    <label className="flex items-center gap-1.5 text-xs text-fg-3">
      <Sparkles size={13} aria-hidden />
      <span className="sr-only">Written by</span>
      <select
        value={chosen}
        onChange={(event) => onChoose(event.target.value)}
        className="min-h-7 max-w-52 rounded-md border border-line bg-raised px-1.5 text-xs text-fg-2 pointer-coarse:min-h-9"
      >
        {writers.map((writer) => (
          <option key={writer.id} value={writer.id}>
            {writer.label}
          </option>
        ))}
      </select>
    </label>
  )
}
