export interface ChipsProps {
  readonly heading: string
  readonly texts: readonly string[]
  /** `edit` is true when the text should be put into the box instead of being sent. */
  readonly onPick: (text: string, edit: boolean) => void
}

/** Questions to ask with one press; Shift puts the text into the box instead. */
export function Chips({ heading, texts, onPick }: ChipsProps) {
  return (
    <section aria-label={heading} className="flex flex-col gap-2">
      <p className="text-sm text-fg-3">{heading}</p>
      <ul className="flex flex-wrap gap-2">
        {texts.map((text) => (
          <li key={text} className="max-w-full">
            <button
              type="button"
              title="Shift and click to change the wording first"
              onClick={(event) => onPick(text, event.shiftKey)}
              className="min-h-8 rounded-2xl border border-line bg-raised px-3.5 py-1.5 text-left text-sm text-fg transition-colors hover:bg-hover pointer-coarse:min-h-10"
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
