import { clsx } from 'clsx'
import { Check, ChevronDown, Clock, LoaderCircle, Minus, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { notFoundInQuery, wordsLeftOver } from '../../../contract/ledger.ts'
import type { InheritedPart, StepState } from '../../../contract/turn-event.ts'
import { sentencePieces } from '../../../contract/words/sentence.ts'
import { shownSteps, stepsHeadline, stepWords } from '../../turns/describe-turn.ts'
import { isBusy, isOver, visibleResult, type Proposal, type StepView, type TurnView } from '../../turns/turn-view.ts'
import { useFormats } from '../../ui/formats.ts'
import { LedgerAssumption, LedgerQuestion } from '../../ui/question-ledger.tsx'

export interface QuestionBubbleProps {
  readonly question: string | null
  /** Who asked, as a sentence begins with it. */
  readonly asker?: string
}

/** What was asked. */
export function QuestionBubble({ question, asker = 'You' }: QuestionBubbleProps) {
  return (
    <div className="flex justify-end">
      <h2
        dir="auto"
        data-parts
        className="group/ledger max-h-60 max-w-[85%] overflow-y-auto rounded-2xl rounded-br-sm bg-bubble px-4 py-2.5 text-base font-normal break-words whitespace-pre-wrap"
      >
        <span className="sr-only">{asker} asked: </span>
        {question === null ? asker === 'You' ? 'Your own SQL' : 'A query in SQL' : <LedgerQuestion text={question} />}
      </h2>
    </div>
  )
}

const stateWords = {
  running: 'In progress',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
  interrupted: 'Interrupted',
  timed_out: 'Took too long',
} as const satisfies Record<StepState, string>

const firstStep: StepView = { name: 'understand', state: 'running', fact: null }

export interface StepListProps {
  readonly view: TurnView
}

/** What the program did, in words for people: open while it works, folded into one line when it is done. */
export function StepList({ view }: StepListProps) {
  const [chosen, setChosen] = useState<boolean | null>(null)
  // Folds as soon as there is something to decide or to look at: the query with its button, or the first rows.
  const open = chosen ?? (view.status !== 'done' && view.status !== 'waiting' && visibleResult(view) === null)
  const known = shownSteps(view)
  const steps = known.length === 0 && isBusy(view) ? [firstStep] : known
  if (steps.length === 0) return null
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setChosen(!open)}
        className="-ml-1 flex min-h-8 items-center gap-2 rounded-md px-1 text-sm text-fg-2 hover:text-fg"
      >
        <ChevronDown size={16} aria-hidden className={clsx('transition-transform', !open && '-rotate-90')} />
        <span className={clsx(isBusy(view) && 'shimmer-text')}>{stepsHeadline(view)}</span>
      </button>
      {open && (
        <ol className="mt-1.5 ml-1.5 flex flex-col gap-2 border-l border-line pl-4">
          {steps.map((step) => (
            <Step key={step.name} step={step} told={view.problem?.message ?? null} />
          ))}
        </ol>
      )}
    </div>
  )
}

/** `told` is what is said elsewhere already. */
function Step({ step, told }: { readonly step: StepView; readonly told: string | null }) {
  return (
    <li className="flex gap-2.5 text-sm">
      <StateIcon state={step.state} />
      <div className="min-w-0">
        <p>
          <span className="sr-only">{stateWords[step.state]}: </span>
          {stepWords[step.name]}
          {step.state === 'timed_out' && ' · took too long'}
        </p>
        {step.fact !== null && step.fact !== told && <p className="break-words text-fg-3">{step.fact}</p>}
      </div>
    </li>
  )
}

const stateIcons = {
  running: { Icon: LoaderCircle, look: 'animate-spin text-accent-text' },
  done: { Icon: Check, look: 'text-ok' },
  failed: { Icon: X, look: 'text-bad' },
  cancelled: { Icon: Minus, look: 'text-fg-3' },
  interrupted: { Icon: Minus, look: 'text-warn' },
  timed_out: { Icon: Clock, look: 'text-bad' },
} as const satisfies Record<StepState, { Icon: typeof Check; look: string }>

function StateIcon({ state }: { readonly state: StepView['state'] }) {
  const { Icon, look } = stateIcons[state]
  return <Icon size={16} aria-hidden className={clsx('mt-0.5 shrink-0', look)} />
}

export interface ReadingProps {
  readonly proposal: Proposal
  /** What is said elsewhere already. */
  readonly told: readonly (string | null)[]
  /** Asks again without a part that was taken over. */
  readonly onWithout: (id: string) => void
}

/** How the question was read and what was taken for granted, so that a wrong answer can be seen for what it is. */
export function Reading({ proposal, told, onWithout }: ReadingProps) {
  const { assumptions, inherited, ledger } = proposal
  const leftOver = wordsLeftOver(ledger)
  const untold = (text: string | null): string | null => (told.includes(text) ? null : text)
  const interpretation = untold(proposal.interpretation)
  const explanation = untold(proposal.explanation)
  if (interpretation === null && explanation === null && assumptions.length + inherited.length + leftOver.length === 0)
    return null
  return (
    <dl className="flex flex-col gap-2 text-sm">
      {interpretation !== null && <Fact term="Read as">{interpretation}</Fact>}
      {explanation !== null && <Clauses explanation={explanation} isFolded={proposal.interpretation !== null} />}
      {inherited.length > 0 && (
        <Fact term="Taken over">
          <ul className="flex flex-wrap gap-1.5">
            {inherited.map((part) => (
              <InheritedChip key={part.text} part={part} onWithout={onWithout} />
            ))}
          </ul>
        </Fact>
      )}
      {leftOver.length > 0 && (
        <Fact term="Left over">
          <span className="text-warn">{notFoundInQuery(leftOver)}</span>
        </Fact>
      )}
      {assumptions.length > 0 && (
        <Fact term="Assumed">
          <ul className="flex flex-col gap-0.5">
            {assumptions.map((assumption) => (
              <li key={assumption}>
                <LedgerAssumption text={assumption} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  )
}

/** The query clause by clause. Behind the sentence in the question's own words it is folded; without one its first clause stands for it. */
function Clauses({ explanation, isFolded }: { readonly explanation: string; readonly isFolded: boolean }) {
  const [first = '', ...rest] = explanation.split('\n')
  const folded = isFolded ? [first, ...rest] : rest
  return (
    <Fact term="The query">
      {!isFolded && <p>{first}</p>}
      {folded.length > 0 && (
        <details>
          <summary className="w-fit cursor-pointer rounded text-fg-3 hover:text-fg">Clause by clause</summary>
          <ul className="mt-1 flex flex-col gap-0.5">
            {folded.map((clause) => (
              <li key={clause}>{clause}</li>
            ))}
          </ul>
        </details>
      )}
    </Fact>
  )
}

/** A part taken over from the question before, with a cross that asks again without it. */
function InheritedChip({
  part: { id, text },
  onWithout,
}: {
  readonly part: InheritedPart
  readonly onWithout: (id: string) => void
}) {
  return (
    <li className="flex items-center gap-1 rounded-md border border-line px-1.5 py-0.5 break-words">
      {text}
      {id !== null && (
        <button
          type="button"
          aria-label={`Ask again without "${text}"`}
          title={`Ask again without "${text}"`}
          onClick={() => onWithout(id)}
          className="flex size-5 items-center justify-center rounded text-fg-3 hover:bg-hover hover:text-fg pointer-coarse:size-8"
        >
          <X size={13} aria-hidden />
        </button>
      )}
    </li>
  )
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-3">
      <dt className="w-18 shrink-0 text-fg-3">{term}</dt>
      <dd className="min-w-0 break-words text-fg-2">{children}</dd>
    </div>
  )
}

export interface AnswerTextProps {
  readonly view: TurnView
}

/** The answer in words. While it is on its way its room is kept, so that it does not push the result down. */
export function AnswerText({ view }: AnswerTextProps) {
  const formats = useFormats()
  if (view.answer.length === 0 && isOver(view)) return null
  return (
    <p
      dir="auto"
      className={clsx('text-base leading-[1.6] break-words whitespace-pre-wrap', !isOver(view) && 'min-h-12')}
    >
      {sentencePieces(view.answer, formats).map(({ text, isValue, key }) =>
        // A name in another direction of writing must not turn the words around it.
        isValue ? <bdi key={key}>{text}</bdi> : text,
      )}
    </p>
  )
}
