import { clsx } from 'clsx'
import { isOver, type TurnView } from '../../lib/turn-view.ts'

export interface AnswerTextProps {
  readonly view: TurnView
}

/** The answer in words. While it is on its way its room is kept, so that it does not push the result down. */
export function AnswerText({ view }: AnswerTextProps) {
  if (view.answer === '' && isOver(view)) return null
  return (
    <p className={clsx('text-base leading-[1.6] break-words whitespace-pre-wrap', !isOver(view) && 'min-h-12')}>
      {view.answer}
    </p>
  )
}
