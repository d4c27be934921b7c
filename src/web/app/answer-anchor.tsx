import { useMessageScroller, useMessageScrollerScrollable } from '@shadcn/react/message-scroller'
import { useEffect, useRef } from 'react'
import type { TurnView } from '../lib/turn-view.ts'

/**
 * Brings the head of a turn into sight when its answer has come, because the first sentence is what was asked for.
 * Whoever has scrolled elsewhere meanwhile is left there.
 */
export function AnswerAnchor({ turnId, status }: Pick<TurnView, 'turnId' | 'status'>) {
  const { scrollToMessage } = useMessageScroller()
  const { end } = useMessageScrollerScrollable()
  const follows = useRef(!end)
  const before = useRef({ turnId, status })
  useEffect(() => {
    const { turnId: earlier, status: was } = before.current
    before.current = { turnId, status }
    if (earlier === turnId && was === 'executing' && status === 'done' && follows.current)
      scrollToMessage(turnId, { align: 'start', scrollMargin: 24 })
  }, [turnId, status, scrollToMessage])
  useEffect(() => {
    follows.current = !end
  }, [end])
  return null
}
