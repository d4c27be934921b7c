import { useMutation } from '@tanstack/react-query'
import { Plus, TriangleAlert } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { AppInfo, ConnectionSummary } from '../../contract/api.ts'
import { problemOf, type LinkState } from '../transport/channel.ts'
import { Button } from '../ui/button.tsx'
import { AccountMenu } from './account-menu.tsx'
import { placeOf } from './app-info.ts'
import markUrl from './floe-mark.svg'
import { useApi } from './page-context.ts'

export interface TopBarProps {
  /** The conversation's name; null before there is one. */
  readonly title: string | null
  readonly info: AppInfo | undefined
  /** The connection that new questions go to. */
  readonly connection: string
  readonly onConnection: (ref: string) => void
  readonly link: LinkState
  /** What can be done with the conversation. */
  readonly actions: ReactNode
}

/** The slim bar on top: where one is, the way to a new question, which warehouse is asked, and what is wrong at the moment. */
export function TopBar({ title, info, connection, onConnection, link, actions }: TopBarProps) {
  return (
    <header className="shrink-0">
      <Bar>
        <p className="min-w-0 flex-1 truncate text-fg-2 max-sm:invisible">{title}</p>
        {actions}
        {info !== undefined && <ConnectionLabel info={info} chosen={connection} onChoose={onConnection} />}
      </Bar>
      <LinkNotice link={link} />
      {info?.connectionsProblem && (
        <Notice>
          Your saved connections are missing: {info.connectionsProblem.message} {info.connectionsProblem.action}
        </Notice>
      )}
      <SignInNotice connection={info?.connections.find(({ ref }) => ref === connection)} />
    </header>
  )
}

/** What every page has on top: the ways to the start and to a new question, something of its own, and the account. */
export const Bar = ({ children }: { readonly children: ReactNode }) => (
  <div className="flex h-12 items-center gap-3 border-b border-line/60 px-3 text-sm sm:px-4">
    <Link to="/" className="flex shrink-0 items-center gap-2.5 rounded-md" aria-label="Floe, start page">
      <img src={markUrl} alt="" width={26} height={26} />
      <span className="text-base font-semibold tracking-tight max-sm:hidden">Floe</span>
    </Link>
    <Link
      to="/"
      className="flex h-8 shrink-0 items-center gap-1.5 rounded-lg border border-line bg-raised px-2.5 font-medium text-fg hover:bg-hover pointer-coarse:h-9"
    >
      <Plus size={15} aria-hidden />
      New question
    </Link>
    {children}
    <AccountMenu />
  </div>
)

/** What is being asked, engine included, so that the sample is never taken for the real thing, with what is wrong about it. */
function ConnectionLabel({
  info,
  chosen,
  onChoose,
}: {
  readonly info: AppInfo
  readonly chosen: string
  readonly onChoose: (ref: string) => void
}) {
  const { connections } = info
  const connection = connections.find(({ ref }) => ref === chosen)
  const warning = connection?.warning ?? null
  return (
    <div title={placeOf(info, chosen)} className="flex min-w-0 items-center gap-2 text-xs text-fg-2">
      {warning !== null && <ConnectionWarning warning={warning} />}
      {connection !== undefined && connections.length === 1 ? (
        <span className="truncate">
          {connection.label}
          <span className="text-fg-3 max-lg:hidden"> · {connection.engine}</span>
        </span>
      ) : (
        <select
          aria-label="Connection"
          value={chosen}
          onChange={(event) => onChoose(event.target.value)}
          className="min-h-8 max-w-60 min-w-0 rounded-md border border-line bg-raised px-2 text-xs text-fg-2"
        >
          {connection === undefined && <option value={chosen}>{nameOfGone(chosen)}</option>}
          {connections.map((each) => (
            <option key={each.ref} value={each.ref}>
              {each.label} · {each.engine}
              {each.shared === undefined ? '' : ` · shared by ${each.shared.by}`}
              {each.warning === null ? '' : ' · warning'}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}

/** What stands for a connection that is not in the list. */
const nameOfGone = (ref: string): string =>
  ref.startsWith('folder:') ? ref : `${ref.startsWith('shared:') ? 'Shared connection' : ref} · not available`

/** A badge that the connection is less safe than it should be; opened, it says why. */
const ConnectionWarning = ({ warning }: { readonly warning: string }) => (
  <details className="shrink-0 sm:relative">
    <summary className="flex cursor-pointer list-none items-center gap-1 rounded-sm bg-warn-bg px-1.5 py-1 text-xs text-warn pointer-coarse:min-h-8">
      <TriangleAlert size={14} aria-hidden />
      <span className="max-sm:sr-only">Not safely read-only</span>
    </summary>
    <p className="absolute z-10 mt-1 w-72 max-sm:inset-x-3 max-sm:w-auto sm:right-0 rounded-lg border border-line bg-raised p-3 text-sm text-fg">
      {warning}
    </p>
  </details>
)

/** A thin bar under the top bar, read out when it appears. */
const Notice = ({ children }: { readonly children: ReactNode }) => (
  <p role="alert" className="shrink-0 bg-warn-bg px-4 py-1 text-center text-xs text-warn">
    {children}
  </p>
)

/** Shown while the server cannot be heard. A break too short to notice is not worth a word. */
function LinkNotice({ link }: { readonly link: LinkState }) {
  const isShown = useHeldFor(link === 'reconnecting', 400)
  if (!isShown) return null
  return <Notice>Reconnecting… A running query is stopped if this page stays away for half a minute.</Notice>
}

/** True once something has been so for a while. */
function useHeldFor(value: boolean, ms: number): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setHeld(value), value ? ms : 0)
    return () => clearTimeout(timer)
  }, [value, ms])
  return held && value
}

/** Over a connection that nobody is signed in to: the way to the account's own sign-in page. */
function SignInNotice({ connection }: { readonly connection: ConnectionSummary | undefined }) {
  const api = useApi()
  const saved = connection?.saved
  const start = useMutation({
    mutationFn: async (connectionId: string) => {
      const { url } = await api.connections.startSignIn({ connectionId })
      const { protocol, href } = new URL(url)
      if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`A sign-in page cannot be at ${protocol}`)
      location.assign(href)
    },
  })
  if (connection === undefined || saved?.needsSignIn !== true) return null
  const problem = start.error === null ? null : problemOf(start.error)
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-warn-bg px-4 py-1 text-xs text-warn">
      {problem === null ? (
        <span>Nobody is signed in to {connection.label}.</span>
      ) : (
        <span role="alert">
          {problem.message} {problem.action}
        </span>
      )}
      <Button size="sm" disabled={start.isPending || start.isSuccess} onClick={() => start.mutate(saved.id)}>
        Sign in
      </Button>
    </div>
  )
}
