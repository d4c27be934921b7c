import { clsx } from 'clsx'
import { Check, ChevronDown, LoaderCircle, Minus, X } from 'lucide-react'
import { useState } from 'react'
import { shownSteps, stepsHeadline, stepWords } from '../../lib/describe-turn.ts'
import { isBusy, visibleResult, type StepView, type TurnView } from '../../lib/turn-view.ts'

const stateWords = { running: 'In progress', done: 'Done', failed: 'Failed', stopped: 'Stopped' } as const

const firstStep: StepView = { name: 'understand', state: 'running', fact: null }

export interface StepListProps {
  readonly view: TurnView
}

/** What the program did, in words for people: open while it works, folded into one line when it is done. */
export function StepList({ view }: StepListProps) {
  const [chosen, setChosen] = useState<boolean | null>(null)
  // Folds as soon as there is something better to look at, so that the answer does not jump when it is complete.
  const open = chosen ?? (view.status !== 'done' && visibleResult(view) === null)
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
  stopped: { Icon: Minus, look: 'text-fg-3' },
} as const

function StateIcon({ state }: { readonly state: StepView['state'] }) {
  const { Icon, look } = stateIcons[state]
  return <Icon size={16} aria-hidden className={clsx('mt-0.5 shrink-0', look)} />
}
