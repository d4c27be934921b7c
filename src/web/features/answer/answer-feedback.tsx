import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ThumbsDown, ThumbsUp } from 'lucide-react'
import { useId, useState } from 'react'
import type { FeedbackReason, NewFeedback, TurnFeedback } from '../../../contract/feedback.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { feedbackReasonWords } from '../../ui/feedback-words.ts'
import { useToast } from '../../ui/toasts.tsx'
import { feedbackWords as words } from '../../words/answer.ts'
import { say } from '../../words/language.ts'

const reasons = Object.entries(feedbackReasonWords) as readonly (readonly [FeedbackReason, string])[]

export interface AnswerFeedbackProps {
  readonly api: ApiClient
  readonly turnId: string
  readonly conversationId: string
}

/** Thumbs up or down on an answer, with a reason for the latter. What was said is shown again whenever the answer is. */
export function AnswerFeedback({ api, turnId, conversationId }: AnswerFeedbackProps) {
  const given = useFeedback(api, turnId, conversationId)
  const [isAsking, setAsking] = useState(false)
  const { feedback, isPending, problem } = given
  const press = (verdict: 'up' | 'down'): void => {
    if (feedback?.verdict === verdict) return given.withdraw()
    given.give({ verdict, reasons: [], comment: '' })
    setAsking(verdict === 'down')
  }
  const thumb = (verdict: 'up' | 'down', what: string) => {
    const Icon = verdict === 'up' ? ThumbsUp : ThumbsDown
    const isPressed = feedback?.verdict === verdict
    return (
      <Button
        look="quiet"
        size="sm"
        aria-pressed={isPressed}
        aria-label={what}
        title={isPressed ? say(words.takeBack, { what }) : what}
        disabled={isPending}
        onClick={() => press(verdict)}
        className={isPressed ? 'text-accent-text' : undefined}
      >
        <Icon size={15} aria-hidden fill={isPressed ? 'currentColor' : 'none'} />
      </Button>
    )
  }
  return (
    <>
      {thumb('up', words.good)}
      {thumb('down', words.bad)}
      {feedback?.verdict === 'down' && !isAsking && (
        <Button look="quiet" size="sm" onClick={() => setAsking(true)}>
          {feedback.reasons.length === 0 && feedback.comment === '' ? words.sayWhy : words.whatYouSaid}
        </Button>
      )}
      {feedback?.verdict === 'down' && isAsking && (
        <ReasonForm
          feedback={feedback}
          isPending={isPending}
          onSend={(said) => given.give({ verdict: 'down', ...said }, () => setAsking(false))}
          onClose={() => setAsking(false)}
        />
      )}
      {problem !== null && (
        <p role="alert" lang={problem.code === 'internal' ? undefined : 'en'} className="basis-full text-sm text-bad">
          {problem.message} {problem.action}
        </p>
      )}
    </>
  )
}

/** What the person said about this answer, read once for the whole conversation. */
function useFeedback(api: ApiClient, turnId: string, conversationId: string) {
  const queries = useQueryClient()
  const toast = useToast()
  const queryKey = ['feedback', conversationId]
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) => api.feedback.ofConversation({ conversationId }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  /** A list asked for before this was said does not hold it: its answer must not come after and take it away. */
  const keep = async (said: TurnFeedback | null): Promise<void> => {
    await queries.cancelQueries({ queryKey })
    queries.setQueryData<readonly TurnFeedback[]>(queryKey, (known = []) => [
      ...known.filter((each) => each.turnId !== turnId),
      ...(said === null ? [] : [said]),
    ])
    void queries.invalidateQueries({ queryKey })
  }
  const giving = useMutation({
    mutationFn: (said: NewFeedback) => api.feedback.give({ turnId, ...said }),
    onSuccess: keep,
  })
  const withdrawing = useMutation({
    mutationFn: () => api.feedback.withdraw({ turnId }),
    onSuccess: () => keep(null),
  })
  const error = giving.error ?? withdrawing.error
  return {
    feedback: data?.find((each) => each.turnId === turnId) ?? null,
    isPending: giving.isPending || withdrawing.isPending,
    problem: error === null ? null : problemOf(error),
    give: (said: NewFeedback, then?: () => void): void =>
      giving.mutate(said, {
        onSuccess: () => {
          then?.()
          if (then !== undefined || said.verdict === 'up') toast({ text: words.thanks })
        },
      }),
    withdraw: (): void => withdrawing.mutate(),
  }
}

interface ReasonFormProps {
  readonly feedback: TurnFeedback
  readonly isPending: boolean
  readonly onSend: (said: Pick<NewFeedback, 'reasons' | 'comment'>) => void
  readonly onClose: () => void
}

/** Why an answer was not good: from a list, in one's own words, or both. */
function ReasonForm({ feedback, isPending, onSend, onClose }: ReasonFormProps) {
  const id = useId()
  const [chosen, setChosen] = useState<readonly FeedbackReason[]>(feedback.reasons)
  const [comment, setComment] = useState(feedback.comment)
  return (
    <form
      className="order-last flex basis-full flex-col gap-3 rounded-xl border border-line bg-surface px-4 py-3.5"
      onSubmit={(event) => {
        event.preventDefault()
        onSend({ reasons: [...chosen], comment })
      }}
    >
      <fieldset>
        <legend className="pb-2 text-sm font-medium">{words.question}</legend>
        <div className="grid gap-x-4 gap-y-1 sm:grid-cols-2">
          {reasons.map(([reason, text]) => (
            <label key={reason} className="flex min-h-8 items-center gap-2 text-sm pointer-coarse:min-h-10">
              <input
                type="checkbox"
                checked={chosen.includes(reason)}
                onChange={({ target }) =>
                  setChosen(target.checked ? [...chosen, reason] : chosen.filter((each) => each !== reason))
                }
              />
              {text}
            </label>
          ))}
        </div>
      </fieldset>
      <div className="flex flex-col gap-1.5">
        <label htmlFor={id} className="text-sm font-medium">
          {words.ownWords}
        </label>
        <textarea
          id={id}
          rows={2}
          maxLength={1_000}
          value={comment}
          onChange={({ target }) => setComment(target.value)}
          className="w-full rounded-lg border border-line-strong bg-input px-3 py-2 text-sm text-fg"
        />
      </div>
      <p className="text-xs text-fg-3">{words.kept}</p>
      <div className="flex gap-2">
        <Button type="submit" size="sm" disabled={isPending || (chosen.length === 0 && comment.trim() === '')}>
          {words.send}
        </Button>
        <Button look="quiet" size="sm" onClick={onClose}>
          {words.close}
        </Button>
      </div>
    </form>
  )
}
