import { useQuery } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { WelcomeSteps } from '../../../contract/preferences.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { firstStepsWords as words } from '../../words/composer.ts'
import { say } from '../../words/language.ts'

export interface FirstStepsProps {
  readonly api: ApiClient
  /** The steps that this server has a page for. */
  readonly offered: readonly StepName[]
  /** Whether there is nothing to ask until a connection is made. */
  readonly isWithoutData: boolean
  /** What the person has done or skipped; null for nothing yet. */
  readonly steps: WelcomeSteps | null
  readonly onSteps: (steps: WelcomeSteps) => Promise<void>
  /** A question that the sample can answer; null while it is not known. */
  readonly starter: string | null
  readonly onAsk: (question: string) => void
  /** Whether somebody chose models of their own or brings a key. */
  readonly hasModels: boolean
}

type StepName = keyof WelcomeSteps

/** The first steps, each of which can be skipped. Nothing once all are done or skipped, or while that is not known. */
export function FirstSteps({
  api,
  offered,
  isWithoutData,
  steps,
  onSteps,
  starter,
  onAsk,
  hasModels,
}: FirstStepsProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const toast = useToast()
  const connections = useQuery({
    queryKey: ['connections'],
    queryFn: ({ signal }) => api.connections.list(undefined, { signal }),
  })
  const asked = useQuery({
    queryKey: ['first-conversation'],
    queryFn: ({ signal }) => api.conversations.list({ limit: 1 }, { signal }),
  })
  if (connections.data === undefined || asked.data === undefined) return null
  if (isWithoutData) return <NoData />
  if (asked.data.length > 0) return null
  const found: WelcomeSteps = {
    ...steps,
    ...(connections.data.length > 0 ? { connection: 'done' } : {}),
    ...(hasModels ? { models: 'done' } : {}),
  }
  if (offered.every((name) => found[name] !== undefined)) return null
  const mark = (name: StepName, state: 'done' | 'skipped'): Promise<void> => onSteps({ ...steps, [name]: state })
  const skip = async (name: StepName): Promise<void> => {
    heading.current?.focus()
    try {
      await mark(name, 'skipped')
      toast({ text: say(words.skippedStep, { step: words.steps[name].title }), undo: () => onSteps(steps ?? {}) })
    } catch {
      toast({ text: words.notSaved })
    }
  }
  const actions: Readonly<Record<StepName, ReactNode>> = {
    sample:
      starter === null ? null : (
        <Button
          size="sm"
          title={starter}
          onClick={() => {
            void mark('sample', 'done')
            onAsk(starter)
          }}
        >
          {words.steps.sample.action}
        </Button>
      ),
    connection: (
      <StepLink
        to="/settings/connections?new=snowflake"
        text={words.steps.connection.action}
        about={words.steps.connection.title}
      />
    ),
    models: <StepLink to="/settings/models" text={words.steps.models.action} about={words.steps.models.title} />,
  }
  return (
    <section aria-labelledby="first-steps" className="flex w-full flex-col gap-3">
      <h2 id="first-steps" ref={heading} tabIndex={-1} className="text-sm font-medium text-fg-2 outline-none">
        {words.heading}
      </h2>
      <ol className="grid gap-2 sm:grid-cols-3">
        {offered.map((name) => (
          <Step key={name} name={name} state={found[name]} onSkip={() => void skip(name)}>
            {actions[name]}
          </Step>
        ))}
      </ol>
    </section>
  )
}

/** Says where there is nothing to ask that a connection comes first. */
const NoData = () => (
  <section
    aria-labelledby="no-data"
    className="flex w-full flex-col items-start gap-2 rounded-xl border border-line bg-surface p-4 text-sm"
  >
    <h2 id="no-data" className="font-medium">
      {words.noData}
    </h2>
    <p className="text-fg-2">{words.noDataAbout}</p>
    <StepLink to="/settings/connections?new=snowflake" text={words.steps.connection.title} about={words.noData} />
  </section>
)

interface StepProps {
  readonly name: StepName
  readonly state: 'done' | 'skipped' | undefined
  readonly onSkip: () => void
  readonly children: ReactNode
}

function Step({ name, state, onSkip, children }: StepProps) {
  const { title, about } = words.steps[name]
  return (
    <li className="flex min-w-0 flex-col gap-2 rounded-xl border border-line bg-surface p-3 text-sm">
      <p className="flex items-center gap-2 font-medium">
        {state === 'done' && <Check size={15} aria-hidden className="shrink-0 text-ok" />}
        {title}
        {state !== undefined && <span className="font-normal text-fg-2">· {words[state]}</span>}
      </p>
      {state === undefined && (
        <>
          <p className="flex-1 text-xs text-fg-2">{about}</p>
          <div className="flex flex-wrap items-center justify-between gap-1">
            {children}
            <Button look="quiet" size="sm" aria-label={say(words.skipStep, { step: title })} onClick={onSkip}>
              <X size={14} aria-hidden />
              {words.skip}
            </Button>
          </div>
        </>
      )}
    </li>
  )
}

interface StepLinkProps {
  readonly to: string
  readonly text: string
  readonly about: string
}

const StepLink = ({ to, text, about }: StepLinkProps) => (
  <Link
    to={to}
    aria-label={`${about}: ${text}`}
    className="inline-flex h-8 items-center rounded-lg border border-line bg-raised px-2.5 font-medium text-fg hover:bg-hover pointer-coarse:min-h-10"
  >
    {text}
  </Link>
)
