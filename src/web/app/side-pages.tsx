import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { useEffect, useMemo, useRef, type ReactNode } from 'react'
import { NavLink, useOutletContext, useParams } from 'react-router'
import type { Me } from '../../contract/people.ts'
import { AccountPage } from '../features/account/account-page.tsx'
import type { AnswerCard } from '../features/answer/answer-card.tsx'
import { StarButton } from '../features/favorites/favorites-panel.tsx'
import { HistoryPage } from '../features/history/history-page.tsx'
import { ModelsPanel } from '../features/models/models-panel.tsx'
import { DataPage } from '../features/schema/data-page.tsx'
import { ConnectionsPanel } from '../features/connections/connections-panel.tsx'
import { SettingsPage } from '../features/settings/settings-page.tsx'
import { problemOf } from '../transport/channel.ts'
import { applyEvents } from '../turns/apply-event.ts'
import { startTurnView, visibleResult } from '../turns/turn-view.ts'
import { FaultBox } from '../ui/form.tsx'
import type { PanelProps } from '../ui/panel-props.ts'
import { makeLazyPart } from '../ui/lazy-part.tsx'
import { ListSkeleton } from '../ui/panel.tsx'
import { say } from '../words/language.ts'
import { pageWords } from '../words/pages.ts'
import { shellWords } from '../words/shell.ts'
import { sidePagesOf } from './account-menu.tsx'
import { useAppInfo } from './app-info.ts'
import { useApi, usePageServices, usePreference } from './page-context.ts'
import { Bar } from './top-bar.tsx'
import { useLeave, useMe } from './use-session.ts'

/** What only admins see is fetched when one of them looks, and two answers side by side when they are compared. */
const PeoplePage = makeLazyPart(
  () => import('../features/people/people-page.tsx').then((module) => module.PeoplePage),
  <ListSkeleton />,
)
const AuditPage = makeLazyPart(
  () => import('../features/audit/audit-page.tsx').then((module) => module.AuditPage),
  <ListSkeleton />,
)

const ComparisonPage = makeLazyPart(
  async () => {
    const [{ ComparisonPage: Page }, { AnswerCard }] = await Promise.all([
      import('../features/comparison/comparison-page.tsx'),
      import('./thread.tsx'),
    ])
    const Result = ({ turnId }: { readonly turnId: string }) => <StoredAnswer turnId={turnId} Answer={AnswerCard} />
    return () => <Page api={useApi()} Result={Result} />
  },
  <ListSkeleton />,
)

export interface SidePagesProps {
  readonly page: Exclude<keyof typeof shellWords.pages, 'favorites'>
}

/** The pages beside the questions: one's account, and for admins people and audit. */
export function SidePages({ page }: SidePagesProps) {
  const title = shellWords.pages[page]
  const heading = useArrival(title)
  const me = useMe()
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="shrink-0">
        <Bar title={title} />
      </header>
      <main id="content" tabIndex={-1} className="scroll-gutter min-h-0 flex-1 overflow-y-auto px-4 outline-none">
        <div
          className={clsx(
            'mx-auto flex w-full flex-col gap-6 pt-6 pb-12',
            page === 'history' ? 'max-w-320' : page === 'compare' ? 'max-w-288' : 'max-w-192',
          )}
        >
          {me.data !== undefined && !['data', 'history', 'compare'].includes(page) && <PageLinks me={me.data} />}
          <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none">
            {title}
          </h1>
          {me.data === undefined && me.error === null && <ListSkeleton />}
          {me.data === undefined && me.error !== null && (
            <FaultBox problem={problemOf(me.error)} onAgain={() => void me.refetch()} />
          )}
          {me.data !== undefined && <PageContent page={page} me={me.data} />}
        </div>
      </main>
    </div>
  )
}

function PageContent({ page, me }: SidePagesProps & { readonly me: Me }): ReactNode {
  const api = useApi()
  const leave = useLeave()
  const panel = useOutletContext<PanelProps>()
  switch (page) {
    case 'data':
      return <DataPage {...panel} />
    case 'history':
      return <HistoryContent />
    case 'compare':
      return <ComparisonPage />
    case 'account':
      return <AccountPage api={api} me={me} onLeave={leave} />
    case 'settings':
      return <SettingsContent me={me} />
    case 'people':
      return <PeoplePage api={api} me={me} />
    case 'audit':
      return <AuditPage api={api} me={me} />
  }
}

/** All questions, with the connections that they may have gone to. */
function HistoryContent() {
  const info = useAppInfo()
  return <HistoryPage api={useApi()} connections={info.data?.connections ?? []} Star={StarButton} />
}

interface StoredAnswerProps {
  readonly turnId: string
  readonly Answer: typeof AnswerCard
}

/** The rows and the chart of an answer, read once: it does not change any more. */
function StoredAnswer({ turnId, Answer }: StoredAnswerProps) {
  const api = useApi()
  const output = usePreference((set) => set.output)
  const { data, error, refetch } = useQuery({
    queryKey: ['stored-answer', turnId],
    queryFn: ({ signal }) => api.turns.events({ turnId, afterSeq: 0 }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const view = useMemo(() => {
    if (data === undefined) return null
    const { conversationId, question, connection, writer } = data.turn
    return applyEvents(
      startTurnView({ turnId, conversationId, question, connection, writer, stored: true }),
      data.events,
    )
  }, [data, turnId])
  if (error !== null) return <FaultBox problem={problemOf(error)} onAgain={() => void refetch()} />
  const result = view === null ? null : visibleResult(view)
  if (view === null || result === null) return <ListSkeleton />
  return <Answer view={view} result={result} proposal={view.proposal} output={output} />
}

const settingsTabs = [
  ['/settings', pageWords.settingsTabs.general],
  ['/settings/connections', pageWords.settingsTabs.connections],
  ['/settings/models', pageWords.settingsTabs.models],
] as const

/** The settings under their tabs. An address that names no tab shows the general ones. */
function SettingsContent({ me }: { readonly me: Me }) {
  const { tab } = useParams()
  const { preferences, api } = usePageServices()
  const connection = usePreference((set) => set.connection)
  const writer = usePreference((set) => set.writer)
  const info = useAppInfo()
  return (
    <>
      <Links label={shellWords.pages.settings} links={settingsTabs} />
      {tab === 'connections' ? (
        <ConnectionsPanel
          api={api}
          me={me}
          summaries={info.data?.connections ?? []}
          defaultConnection={connection}
          onDefault={(ref) => preferences.change({ connection: ref })}
        />
      ) : tab === 'models' ? (
        <ModelsPanel api={api} writer={writer} onWriter={(chosen) => preferences.change({ writer: chosen })} />
      ) : (
        <GeneralSettings />
      )}
    </>
  )
}

/** The general settings, once it is known what there is to choose from. */
function GeneralSettings() {
  const { preferences } = usePageServices()
  const state = usePreference((set) => set)
  const info = useAppInfo()
  if (info.data === undefined)
    return info.error === null ? (
      <ListSkeleton />
    ) : (
      <FaultBox problem={problemOf(info.error)} onAgain={() => void info.refetch()} />
    )
  return <SettingsPage state={state} onChange={(change) => preferences.change(change)} info={info.data} />
}

/** The way between the pages, for those who have more than one. */
function PageLinks({ me }: { readonly me: Me }) {
  const pages = sidePagesOf(me)
  return pages.length === 1 ? null : <Links label={pageWords.pages} links={pages} />
}

interface LinksProps {
  readonly label: string
  readonly links: readonly (readonly [path: string, title: string])[]
}

function Links({ label, links }: LinksProps) {
  return (
    <nav aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
      {links.map(([path, title]) => (
        <NavLink
          key={path}
          to={path}
          // The first tab is not current on the pages below it.
          end={path === '/settings' && links === settingsTabs}
          className="-mb-px flex min-h-9 items-center border-b-2 border-transparent px-3 text-sm text-fg-2 hover:text-fg aria-[current=page]:border-accent-text aria-[current=page]:text-fg"
        >
          {title}
        </NavLink>
      ))}
    </nav>
  )
}

/** Names the page in the tab and takes the focus to its heading, so that it is read out. */
function useArrival(title: string) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = say(shellWords.titleOf, { page: title })
    heading.current?.focus({ preventScroll: true })
  }, [title])
  return heading
}
