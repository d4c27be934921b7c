import { useQueryClient } from '@tanstack/react-query'
import { Check, CircleDashed, CircleSlash, LoaderCircle, TriangleAlert, X } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { doctorStepNames, type DoctorStep, type SavedConnection } from '../../../contract/connection.ts'
import type { Problem } from '../../../contract/problem.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { connectionsWords } from '../../words/connections.ts'
import { say } from '../../words/language.ts'
import { SqlToHandOver } from './setup-script.tsx'

const words = connectionsWords.test

export interface DoctorPanelProps {
  readonly api: ApiClient
  readonly connection: Pick<SavedConnection, 'id' | 'name' | 'kind'>
  readonly onClose: () => void
}

interface Trial {
  readonly steps: readonly DoctorStep[]
  readonly state: 'running' | 'done' | 'stopped' | 'failed'
  readonly problem: Problem | null
}

/** Tries a connection as soon as it is drawn, and shows each step as it ends. Closing it stops the test. */
export function DoctorPanel({ api, connection, onClose }: DoctorPanelProps) {
  const { trial, start, stop } = useTrial(api, connection.id)
  const expected = connection.kind === 'folder' ? (['reach'] as const) : doctorStepNames
  const failed = trial.steps.filter(({ state }) => state === 'failed').length
  const warned = trial.steps.filter(({ state }) => state === 'warning').length
  return (
    <section
      aria-label={say(words.title, { name: connection.name })}
      className="flex flex-col gap-3 border-t border-line pt-4"
    >
      <ol aria-label={words.steps} className="flex flex-col gap-2">
        {expected.map((name) => {
          const step = trial.steps.find((each) => each.name === name)
          const isNext = trial.state === 'running' && name === expected[trial.steps.length]
          return <StepRow key={name} name={name} step={step} isNext={isNext} />
        })}
      </ol>
      <output className="text-sm text-fg-2">{sentenceOf(trial, failed, warned)}</output>
      {trial.problem !== null && (
        <p role="alert" lang="en" className="text-sm break-words text-bad">
          {trial.problem.message} {trial.problem.action}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {trial.state === 'running' ? (
          <Button size="sm" onClick={stop}>
            {words.stop}
          </Button>
        ) : (
          <Button size="sm" onClick={start}>
            {words.again}
          </Button>
        )}
        <Button size="sm" look="quiet" onClick={onClose}>
          {words.close}
        </Button>
      </div>
    </section>
  )
}

function sentenceOf({ state, steps }: Trial, failed: number, warned: number): string {
  if (state === 'running') return say(words.running, { count: steps.length })
  if (state === 'stopped') return words.stopped
  if (state === 'failed') return words.broken
  if (failed > 0) return say(words.failed, { count: failed })
  if (warned > 0) return words.warned
  return words.works
}

/** One test after the other of a connection. */
function useTrial(api: ApiClient, connectionId: string) {
  const queries = useQueryClient()
  const [trial, setTrial] = useState<Trial>({ steps: [], state: 'running', problem: null })
  const running = useRef<AbortController | null>(null)
  const follow = useCallback((): void => {
    running.current?.abort()
    const stopping = new AbortController()
    running.current = stopping
    const read = async (): Promise<void> => {
      const events = await api.connections.testSteps({ connectionId }, { signal: stopping.signal })
      for await (const event of events) {
        if (stopping.signal.aborted) return
        if (event.kind === 'step') setTrial((before) => ({ ...before, steps: [...before.steps, event.step] }))
        else if (event.kind === 'done') setTrial((before) => ({ ...before, state: 'done' }))
        else setTrial((before) => ({ ...before, state: 'failed', problem: event.problem }))
      }
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['connections'] }),
        queries.invalidateQueries({ queryKey: ['app'] }),
      ])
    }
    read().catch((error: unknown) => {
      if (!stopping.signal.aborted) setTrial((before) => ({ ...before, state: 'failed', problem: problemOf(error) }))
    })
  }, [api, connectionId, queries])
  useEffect(() => {
    follow()
    return () => running.current?.abort()
  }, [follow])
  const start = (): void => {
    setTrial({ steps: [], state: 'running', problem: null })
    follow()
  }
  const stop = (): void => {
    running.current?.abort()
    setTrial((before) => ({ ...before, state: 'stopped' }))
  }
  return { trial, start, stop }
}

const looks = {
  ok: [Check, 'text-ok'],
  warning: [TriangleAlert, 'text-warn'],
  failed: [X, 'text-bad'],
  skipped: [CircleSlash, 'text-fg-3'],
  next: [LoaderCircle, 'text-accent-text motion-safe:animate-spin'],
  waiting: [CircleDashed, 'text-fg-3'],
} as const

interface StepRowProps {
  readonly name: DoctorStep['name']
  readonly step: DoctorStep | undefined
  readonly isNext: boolean
}

function StepRow({ name, step, isNext }: StepRowProps) {
  const state = step?.state ?? (isNext ? 'next' : 'waiting')
  const [Icon, tone] = looks[state]
  const title = connectionsWords.steps[name]
  return (
    <li className="flex gap-3 text-sm">
      <Icon size={16} aria-hidden className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-medium">
          {title}
          <span className="sr-only">: {connectionsWords.stepStates[state]}</span>
        </p>
        {step !== undefined && step.state !== 'skipped' && (
          <p lang="en" className="break-words text-fg-2">
            {step.detail}
          </p>
        )}
        {step !== undefined && step.action !== null && (
          <p lang="en" className="break-words">
            {step.action}
          </p>
        )}
        {step !== undefined && step.sql !== null && (
          <SqlToHandOver sql={step.sql} what={say(words.stepSql, { step: title })} />
        )}
      </div>
    </li>
  )
}
