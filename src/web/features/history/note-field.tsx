import { useMutation, useQueryClient } from '@tanstack/react-query'
import { NotebookPen } from 'lucide-react'
import { useId, useState } from 'react'
import { longestNote } from '../../../contract/history.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { Fault } from '../../ui/form.tsx'
import { FoundText } from './found-text.tsx'
import { historyWords } from '../../words/history.ts'
import { historyKey } from './use-history.ts'

export interface NoteFieldProps {
  readonly api: ApiClient
  readonly turnId: string
  readonly note: string
  /** What was searched for; empty for nothing. */
  readonly search: string
}

/** What a person noted about a turn, and the way to change it. */
export function NoteField({ api, turnId, note, search }: NoteFieldProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const save = useSaving(api, turnId, () => setDraft(null))
  if (draft === null) return <NoteButton note={note} search={search} onEdit={() => setDraft(note)} />
  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(draft)
      }}
    >
      <NoteText text={draft} onText={setDraft} onLeave={() => setDraft(null)} />
      <div className="flex gap-1.5">
        <Button type="submit" size="sm" disabled={save.isPending}>
          {historyWords.save}
        </Button>
        <Button look="quiet" size="sm" onClick={() => setDraft(null)}>
          {historyWords.cancel}
        </Button>
      </div>
      <Fault error={save.error} />
    </form>
  )
}

function useSaving(api: ApiClient, turnId: string, onSaved: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (text: string) => api.turns.note({ turnId, note: text }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['conversation'] })
      await queries.invalidateQueries({ queryKey: [historyKey] })
      onSaved()
    },
  })
}

type NoteButtonProps = Pick<NoteFieldProps, 'note' | 'search'> & { readonly onEdit: () => void }

const NoteButton = ({ note, search, onEdit }: NoteButtonProps) => (
  <button
    type="button"
    onClick={onEdit}
    className="flex min-h-6 max-w-full items-start gap-1.5 rounded-md text-left text-xs text-fg-3 hover:text-fg pointer-coarse:min-h-9"
  >
    <NotebookPen size={13} aria-hidden className="mt-0.5 shrink-0" />
    <span className="min-w-0 break-words whitespace-pre-line">
      {note === '' ? historyWords.addNote : <FoundText text={note} search={search} />}
    </span>
  </button>
)

interface NoteTextProps {
  readonly text: string
  readonly onText: (text: string) => void
  /** Called on Escape. */
  readonly onLeave: () => void
}

function NoteText({ text, onText, onLeave }: NoteTextProps) {
  const id = useId()
  return (
    <>
      <label htmlFor={id} className="text-xs font-medium">
        {historyWords.note}
      </label>
      <textarea
        id={id}
        ref={(field) => field?.focus()}
        value={text}
        maxLength={longestNote}
        rows={2}
        aria-describedby={`${id}-about`}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          event.preventDefault()
          onLeave()
        }}
        className="w-full rounded-lg border border-line-strong bg-input px-2.5 py-1.5 text-sm text-fg pointer-coarse:text-base"
      />
      <p id={`${id}-about`} className="text-xs text-fg-3">
        {historyWords.noteHint}
      </p>
    </>
  )
}
