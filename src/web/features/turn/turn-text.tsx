import { clsx } from 'clsx'
import { Check, ChevronDown, Clock, LoaderCircle, Minus, X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { wordsLeftOver } from '../../../contract/ledger.ts'
import type { InheritedPart, StepState } from '../../../contract/turn-event.ts'
import { sentencePieces } from '../../../contract/words/sentence.ts'
import { shownSteps, stepsHeadline, stepWords } from '../../turns/describe-turn.ts'
import { useLine } from '../../turns/line.ts'
import { isBusy, isOver, visibleResult, type Proposal, type StepView, type TurnView } from '../../turns/turn-view.ts'
import { useFormats } from '../../ui/formats.ts'
import { LedgerAssumption, LedgerQuestion } from '../../ui/question-ledger.tsx'
import { say } from '../../words/language.ts'
import { turnWords as words } from '../../words/turn.ts'

export interface QuestionBubbleProps {
  readonly question: string | null
  /** Who asked; left out for the reader. */
  readonly asker?: string
  /** Whether it stays at the top while what follows it is scrolled: beside a query that waits for a decision. */
  readonly isHeld?: boolean
}

/** What was asked. */
export function QuestionBubble({ question, asker, isHeld = false }: QuestionBubbleProps) {
  return (
    <div className={clsx('flex justify-end', isHeld && 'sticky top-0 z-2 -my-2 bg-app py-2')}>
      <h2
        dir="auto"
        data-parts
        className={clsx(
          'group/ledger max-w-[85%] overflow-y-auto rounded-2xl rounded-br-sm bg-bubble px-4 py-2.5 text-base font-normal break-words whitespace-pre-wrap',
          isHeld ? 'max-h-30' : 'max-h-60',
        )}
      >
        <span className="sr-only">
          {asker === undefined ? words.youAsked : say(words.personAsked, { person: asker })}
        </span>
        {question !== null && <LedgerQuestion text={question} />}
        {question === null && (asker === undefined ? words.ownSql : words.sqlOfPerson)}
      </h2>
    </div>
  )
}

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
  const { isAway } = useLine()
  const reads = view.status === 'waiting' ? tablesInWords(view.proposal, words.reads, words.readsMore) : null
  if (steps.length === 0 || view.delivery === 'unsent' || (isAway && view.delivery !== 'accepted')) return null
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setChosen(!open)}
        className="-ml-1 flex min-h-8 items-center gap-2 rounded-md px-1 text-sm text-fg-2 hover:text-fg"
      >
        <ChevronDown size={16} aria-hidden className={clsx('transition-transform', !open && '-rotate-90')} />
        <span className={clsx('text-left', isBusy(view) && !isAway && 'shimmer-text')}>
          {stepsHeadline(view, isAway)}
          {reads !== null && ` · ${reads}`}
        </span>
      </button>
      {open && (
        <ol className="mt-1.5 ml-1.5 flex flex-col gap-2 border-l border-line pl-4">
          {steps.map((step) => (
            <Step key={step.name} step={step} fact={newsOf(step, view)} />
          ))}
        </ol>
      )}
    </div>
  )
}

/** The tables that a query reads, in a text for all of them or for the first and how many more; null where it reads none. */
function tablesInWords(
  proposal: Proposal | null,
  all: typeof words.reads | typeof words.readsFact,
  some: typeof words.readsMore | typeof words.readsMoreFact,
): string | null {
  const names = [...new Set(proposal?.tables.map(({ name }) => name))]
  if (names.length === 0) return null
  const tables = names.slice(0, mostNamed).join(', ')
  const more = names.length - mostNamed
  return more > 0 ? say(some, { tables, more }) : say(all, { tables })
}

const mostNamed = 4

/** What a step found that is not said elsewhere. Once there is a query, the tables that it reads count, not those that were looked at. */
function newsOf({ name, fact }: StepView, { problem, proposal }: TurnView): ReactNode {
  if (proposal !== null && name === 'find-tables')
    return tablesInWords(proposal, words.readsFact, words.readsMoreFact) ?? words.readsNothing
  return fact === null ||
    fact === problem?.message ||
    (proposal !== null && fact === proposal.interpretation) ? null : (
    <span lang="en">{fact}</span>
  )
}

function Step({ step, fact }: { readonly step: StepView; readonly fact: ReactNode }) {
  return (
    <li className="flex gap-2.5 text-sm">
      <StateIcon state={step.state} />
      <div className="min-w-0">
        <p>
          <span className="sr-only">{words.states[step.state]}: </span>
          {stepWords[step.name]}
          {step.state === 'timed_out' && ` · ${words.tookTooLong}`}
        </p>
        {fact !== null && <p className="break-words text-fg-3">{fact}</p>}
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

/** What the query does, in one sentence; nothing where nobody can say. */
export function PlainSentence({ proposal }: { readonly proposal: Proposal }) {
  const sentence = plainSentence(proposal)
  return sentence === null ? null : (
    <p dir="auto" lang="en" className="text-base break-words">
      {sentence}
    </p>
  )
}

/** How the writer read the question, else the first clause of the explanation of the SQL. */
export const plainSentence = ({ interpretation, explanation }: Proposal): string | null =>
  interpretation ?? explanation?.split('\n')[0] ?? null

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
  const clauses = untold(proposal.explanation)
    ?.split('\n')
    .filter((clause) => !told.includes(clause))
  const facts = [interpretation, ...(clauses ?? []), ...assumptions, ...inherited, ...leftOver]
  if (facts.every((fact) => fact === null)) return null
  return (
    <dl className="flex flex-col gap-2 text-sm">
      {interpretation !== null && (
        <Fact term={words.readAs}>
          <span lang="en">{interpretation}</span>
        </Fact>
      )}
      {clauses !== undefined && clauses.length > 0 && <Clauses clauses={clauses} />}
      {inherited.length > 0 && (
        <Fact term={words.takenOver}>
          <ul className="flex flex-wrap gap-1.5">
            {inherited.map((part) => (
              <InheritedChip key={part.text} part={part} onWithout={onWithout} />
            ))}
          </ul>
        </Fact>
      )}
      {leftOver.length > 0 && (
        <Fact term={words.leftOver}>
          <span className="text-warn">
            {say(words.notFound, { words: leftOver.map((word) => say(words.quoted, { word })).join(', ') })}
          </span>
        </Fact>
      )}
      {assumptions.length > 0 && (
        <Fact term={words.assumed}>
          <ul className="flex flex-col gap-0.5">
            {assumptions.map((assumption) => (
              <li key={assumption} lang="en">
                <LedgerAssumption text={assumption} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
    </dl>
  )
}

/** The query clause by clause, folded: one sentence says what it does already. */
const Clauses = ({ clauses }: { readonly clauses: readonly string[] }) => (
  <Fact term={words.theQuery}>
    <details>
      <summary className="-my-0.5 w-fit cursor-pointer rounded py-0.5 text-fg-3 hover:text-fg pointer-coarse:-my-2 pointer-coarse:py-2">
        {words.byClause}
      </summary>
      <ul className="mt-1 flex flex-col gap-0.5">
        {clauses.map((clause) => (
          <li key={clause} lang="en">
            {clause}
          </li>
        ))}
      </ul>
    </details>
  </Fact>
)

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
      <span lang="en">{text}</span>
      {id !== null && (
        <button
          type="button"
          aria-label={say(words.without, { part: text })}
          title={say(words.without, { part: text })}
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
      <dt className="w-22 shrink-0 text-fg-3">{term}</dt>
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
      lang="en"
      className={clsx('text-base leading-[1.6] break-words whitespace-pre-wrap', !isOver(view) && 'min-h-12')}
    >
      {sentencePieces(view.answer, formats).map(({ text, isValue, key }) =>
        // A name in another direction of writing must not turn the words around it.
        isValue ? <bdi key={key}>{text}</bdi> : text,
      )}
    </p>
  )
}
