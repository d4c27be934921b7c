import { uiWords } from '../words/ui.ts'

/** `edit` is true when the text should be put into the box instead of being sent. */
export type PickQuestion = (question: string, edit: boolean) => void

export interface WelcomeProps {
  readonly starters: readonly string[]
  readonly onPick: PickQuestion
}

/** The page before the first question: one promise, and questions that the data can answer. */
export function Welcome({ starters, onPick }: WelcomeProps) {
  return (
    <div className="m-auto flex w-full max-w-168 flex-col items-center gap-7 py-8 max-sm:mb-4">
      <div className="flex flex-col gap-2 text-center">
        <h1 className="text-2xl font-semibold tracking-tight">{uiWords.welcome}</h1>
        <p className="mx-auto max-w-116 text-base text-balance text-fg-2">{uiWords.welcomeAbout}</p>
      </div>
      {/* The room is kept while the questions are on their way, so that nothing jumps. */}
      <ul
        aria-label={uiWords.starters}
        className="grid min-h-54 w-full grid-cols-1 content-start gap-2 sm:min-h-28 sm:grid-cols-2"
      >
        {starters.slice(0, 4).map((starter) => (
          <li key={starter} className="flex">
            <button
              type="button"
              title={uiWords.shiftHint}
              onClick={(event) => onPick(starter, event.shiftKey)}
              className="min-h-11 w-full rounded-xl border border-line bg-surface px-4 py-2.5 text-left text-sm text-fg-2 transition-colors hover:border-line-strong hover:bg-raised hover:text-fg"
            >
              <span lang="en">{starter}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

export interface ChipsProps {
  readonly heading: string
  readonly texts: readonly string[]
  readonly onPick: PickQuestion
}

/** Questions to ask with one press; Shift puts the text into the box instead. */
export function Chips({ heading, texts, onPick }: ChipsProps) {
  return (
    <section aria-label={heading} className="flex flex-col gap-2 print:hidden">
      <p className="text-sm text-fg-3">{heading}</p>
      <ul className="flex flex-wrap gap-2">
        {texts.map((text) => (
          <li key={text} className="max-w-full">
            <button
              type="button"
              title={uiWords.shiftHint}
              onClick={(event) => onPick(text, event.shiftKey)}
              className="min-h-8 rounded-2xl border border-line bg-raised px-3.5 py-1.5 text-left text-sm text-fg transition-colors hover:bg-hover pointer-coarse:min-h-10"
            >
              <span lang="en">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
