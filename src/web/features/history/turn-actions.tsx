import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { GitFork, Pencil } from 'lucide-react'
import { useNavigate } from 'react-router'
import type { ApiClient } from '../../transport/api-client.ts'
import type { TurnView } from '../../turns/turn-view.ts'
import { Button } from '../../ui/button.tsx'
import { Fault } from '../../ui/form.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { historyWords } from '../../words/history.ts'
import { NoteField } from './note-field.tsx'
import { historyKey } from './use-history.ts'

export interface TurnActionsProps {
  readonly api: ApiClient
  readonly view: TurnView
  /** Puts its question back into the box; null where it has none. */
  readonly onEdit: (() => void) | null
}

/** What is done with a turn that is over, beside its answer: ask it in another way, go on from it elsewhere, note something about it. */
export function TurnActions({ api, view: { turnId, conversationId }, onEdit }: TurnActionsProps) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const toast = useToast()
  // All turns of a conversation read it together.
  const { data } = useQuery({
    queryKey: ['conversation', conversationId],
    queryFn: ({ signal }) => api.conversations.read({ conversationId: conversationId ?? '' }, { signal }),
    enabled: conversationId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const note = data?.turns.find(({ id }) => id === turnId)?.note ?? ''
  const fork = useMutation({
    mutationFn: () => api.conversations.fork({ conversationId: conversationId ?? '', turnId }),
    onSuccess: async (forked) => {
      await navigate(`/c/${forked.conversationId}`)
      toast({ text: historyWords.forked })
      await queries.invalidateQueries({ queryKey: [historyKey] })
    },
  })
  return (
    <div className="flex flex-col items-start gap-1 print:hidden">
      <div className="-ml-2.5 flex flex-wrap items-center gap-1">
        {onEdit !== null && (
          <Button look="quiet" size="sm" onClick={onEdit}>
            <Pencil size={15} aria-hidden />
            {historyWords.editAgain}
          </Button>
        )}
        <Button
          look="quiet"
          size="sm"
          disabled={fork.isPending || conversationId === null}
          onClick={() => fork.mutate()}
        >
          <GitFork size={15} aria-hidden />
          {historyWords.fork}
        </Button>
      </div>
      <NoteField api={api} turnId={turnId} note={note} search="" />
      <Fault error={fork.error} />
    </div>
  )
}
