export interface QuestionBubbleProps {
  readonly question: string | null
}

/** What the person asked. */
export function QuestionBubble({ question }: QuestionBubbleProps) {
  return (
    <div className="flex justify-end">
      <h2 className="max-h-60 max-w-[85%] overflow-y-auto rounded-2xl rounded-br-sm bg-bubble px-4 py-2.5 text-base font-normal break-words whitespace-pre-wrap">
        <span className="sr-only">You asked: </span>
        {question ?? 'Your own SQL'}
      </h2>
    </div>
  )
}
