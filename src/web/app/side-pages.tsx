import { useEffect, useRef, type ReactNode } from 'react'
import { NavLink } from 'react-router'
import type { Me } from '../../contract/people.ts'
import { AccountPage } from '../features/account/account-page.tsx'
import { AuditPage } from '../features/audit/audit-page.tsx'
import { PeoplePage } from '../features/people/people-page.tsx'
import { SettingsPage } from '../features/settings/settings-page.tsx'
import { problemOf } from '../transport/channel.ts'
import { FaultBox } from '../ui/form.tsx'
import { ListSkeleton } from '../ui/panel.tsx'
import { sidePagesOf } from './account-menu.tsx'
import { useAppInfo } from './app-info.ts'
import { useApi, usePageServices, usePreference } from './page-context.ts'
import { Bar } from './top-bar.tsx'
import { useLeave, useMe } from './use-session.ts'

const titles = { account: 'Account', settings: 'Settings', people: 'People', audit: 'Audit' } as const

export interface SidePagesProps {
  readonly page: keyof typeof titles
}

/** The pages beside the questions: one's account, and for admins people and audit. */
export function SidePages({ page }: SidePagesProps) {
  const title = titles[page]
  const heading = useArrival(title)
  const me = useMe()
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#content"
        className="sr-only rounded-lg bg-accent px-4 py-2 text-sm text-white focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10"
      >
        Skip to the content
      </a>
      <header className="shrink-0">
        <Bar>
          <span className="flex-1" />
        </Bar>
      </header>
      <main id="content" tabIndex={-1} className="scroll-gutter min-h-0 flex-1 overflow-y-auto px-4 outline-none">
        <div className="mx-auto flex w-full max-w-192 flex-col gap-6 pt-6 pb-12">
          {me.data !== undefined && <PageLinks me={me.data} />}
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
  switch (page) {
    case 'account':
      return <AccountPage api={api} me={me} onLeave={leave} />
    case 'settings':
      return <SettingsContent />
    case 'people':
      return <PeoplePage api={api} me={me} />
    case 'audit':
      return <AuditPage api={api} me={me} />
  }
}

/** The settings, once it is known what there is to choose from. */
function SettingsContent() {
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
  if (pages.length === 1) return null
  return (
    <nav aria-label="Pages" className="flex gap-1 border-b border-line">
      {pages.map(([path, title]) => (
        <NavLink
          key={path}
          to={path}
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
    document.title = `${title} · Floe`
    heading.current?.focus({ preventScroll: true })
  }, [title])
  return heading
}
