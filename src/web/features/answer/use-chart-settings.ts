import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Conversation } from '../../../contract/api.ts'
import type { ChartSettings } from '../../../contract/chart-settings.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { isOver, type TurnView } from '../../turns/turn-view.ts'
import { useToast } from '../../ui/toasts.tsx'
import { chartToolWords as words } from '../../words/charts.ts'
import { say } from '../../words/language.ts'

/** How an answer is drawn, and the way to change it. */
export interface ChartKeeping {
  /** Null for the chart that was chosen by rule. */
  readonly settings: ChartSettings | null
  readonly onSettings: (settings: ChartSettings | null) => void
}

/** How an answer of the person's own is drawn, which is kept with it: another tab shows it too, and a reload brings it back. */
export function useKeptChart(api: ApiClient, view: TurnView): ChartKeeping {
  const { turnId, conversationId } = view
  // Before that the server may not know the conversation, and an answer saying so would count as its removal.
  const isStored = conversationId !== null && isOver(view) && view.saved
  const queries = useQueryClient()
  const toast = useToast()
  const queryKey = ['conversation', conversationId]
  // All turns of a conversation read it together.
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.conversations.read({ conversationId: conversationId ?? '' }, { signal }),
    enabled: isStored,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const [changed, setChanged] = useState<{ readonly settings: ChartSettings | null } | null>(null)
  const keeping = useMutation({
    // One after the other, so that the last change is the one that stays.
    scope: { id: `chart ${turnId}` },
    mutationFn: (settings: ChartSettings | null) => api.turns.chart({ turnId, settings }),
  })
  const onSettings = (settings: ChartSettings | null): void => {
    setChanged({ settings })
    if (!isStored) return
    keeping.mutate(settings, {
      onSuccess: () => {
        if (queries.getQueryData(queryKey) === undefined) return
        queries.setQueryData<Conversation>(queryKey, (known) => known && withChart(known, turnId, settings))
        setChanged(null)
      },
      onError: (error) => toast({ text: say(words.notKept, { reason: problemOf(error).message }) }),
    })
  }
  const kept = data?.turns.find(({ id }) => id === turnId)?.chart ?? null
  return { settings: changed === null ? kept : changed.settings, onSettings }
}

function withChart(known: Conversation, turnId: string, settings: ChartSettings | null): Conversation {
  const turns = known.turns.map(({ chart: before, ...turn }) => {
    const chart = turn.id === turnId ? (settings ?? undefined) : before
    return chart === undefined ? turn : { ...turn, chart }
  })
  return { ...known, turns }
}

/** How an answer is drawn that is not the reader's to change: what they choose is theirs until they leave. */
export function useOwnChart(kept: ChartSettings | null): ChartKeeping {
  const [changed, setChanged] = useState<{ readonly settings: ChartSettings | null } | null>(null)
  return {
    settings: changed === null ? kept : changed.settings,
    onSettings: (settings) => setChanged({ settings }),
  }
}
