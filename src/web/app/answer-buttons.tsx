import { Database } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { defaultMaxRows, maxRowsLimit } from '../../contract/command.ts'
import { recallView, shownTable } from '../features/answer/grid-view.ts'
import type { ResultSteps } from '../features/answer/use-answer-rows.ts'
import { problemOf } from '../transport/channel.ts'
import type { TurnView } from '../turns/turn-view.ts'
import { makeLazyPart } from '../ui/lazy-part.tsx'
import { useToast } from '../ui/toasts.tsx'
import { say } from '../words/language.ts'
import { threadWords } from '../words/thread.ts'
import { useApi, usePageServices, usePreference } from './page-context.ts'
import { useAppInfo } from './app-info.ts'
import type { ExportableAnswer } from './shell-state.ts'
import { useMe } from './use-session.ts'

const StarButton = makeLazyPart(() => import('./later-pages.ts').then((module) => module.StarButton))

/** Keeps an answer as a favorite, fetched with the first answer that is shown. */
export const Keep = ({ turnId }: { readonly turnId: string }) => <StarButton api={useApi()} turnId={turnId} />

const ExportMenu = makeLazyPart(() => import('./later-pages.ts').then((module) => module.ExportMenu))

/** The way to a result as a file, fetched with the first answer that is shown. Nothing for those who may not ask, and nothing without a query. */
export function ExportResult({ view }: { readonly view: TurnView }) {
  const { data: me } = useMe()
  if (view.proposal === null || me === undefined || me.role === 'viewer') return null
  return <ExportOffer view={view} />
}

/** The export of one answer, opened by its button or from the palette. */
function ExportOffer({ view: { turnId, connection, result } }: { readonly view: TurnView }) {
  const { api, shell } = usePageServices()
  const { data: info } = useAppInfo()
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLSpanElement>(null)
  const shared = info?.connections.find(({ ref }) => ref === connection)?.shared
  const isAllowed = shared?.mayExport !== false
  useEffect(() => {
    const answer: ExportableAnswer = {
      place: () => place.current?.closest('article') ?? null,
      open: isAllowed ? () => setOpen(true) : null,
    }
    shell.store.setState(({ answers }) => ({ answers: [...answers, answer] }))
    return () => shell.store.setState(({ answers }) => ({ answers: answers.filter((each) => each !== answer) }))
  }, [shell, isAllowed])
  const shown = () => shownTable(recallView(sessionStorage, turnId), result?.columns.length ?? 0)
  return (
    <span ref={place} className="contents">
      <ExportMenu {...{ api, turnId, isAllowed, shown, isOpen }} onOpen={setOpen} />
    </span>
  )
}

/** What can be done about rows that an answer left out. */
export function useResultSteps(view: TurnView, onAgain: (view: TurnView) => void): ResultSteps {
  const { preferences } = usePageServices()
  const rowLimit = usePreference((set) => set.rowLimit)
  const toast = useToast()
  return useMemo(() => {
    const limit = Math.min(maxRowsLimit, (rowLimit ?? defaultMaxRows) * 10)
    const raise = async (): Promise<void> => {
      try {
        await preferences.change({ rowLimit: limit })
      } catch (error) {
        return toast({ text: problemOf(error).message })
      }
      toast({ text: say(threadWords.limitRaised, { limit }), undo: () => preferences.change({ rowLimit }) })
      onAgain(view)
    }
    return {
      raise: limit === rowLimit ? null : { limit, act: () => void raise() },
      again: () => onAgain(view),
    }
  }, [preferences, rowLimit, toast, view, onAgain])
}

/** From a question that found no data, and from an answer about the tables themselves, to everything that can be asked about. */
export const ToData = ({ view: { connection } }: { readonly view: TurnView }) =>
  connection === null ? null : (
    <Link
      to={`/data/${encodeURIComponent(connection)}`}
      className="flex min-h-8 items-center gap-1.5 self-start text-sm text-accent-text hover:underline"
    >
      <Database size={15} aria-hidden />
      {threadWords.toData}
    </Link>
  )
