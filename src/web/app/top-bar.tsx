import { useMutation } from '@tanstack/react-query'
import { Command, PanelLeft, Plus } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { AppInfo, ConnectionSummary } from '../../contract/api.ts'
import { languageOf, problemOf } from '../transport/channel.ts'
import { Button } from '../ui/button.tsx'
import { awayInWords, useLine } from '../turns/line.ts'
import type { TurnView } from '../turns/turn-view.ts'
import { say, sayPieces } from '../words/language.ts'
import { shellWords } from '../words/shell.ts'
import { uiWords } from '../words/ui.ts'
import { useApi, usePageServices, useWorkspaceState } from './page-context.ts'
import { IconButton } from './sidebar.tsx'

const words = shellWords.topBar

export interface TopBarProps {
  /** The conversation's name; null before there is one. */
  readonly title: string | null
  readonly info: AppInfo | undefined
  /** The connection that new questions go to. */
  readonly connection: string
  /** What can be done with the conversation. */
  readonly actions: ReactNode
}

/** The slim bar on top of a conversation: where one is, what can be done with it, and what is wrong at the moment. */
export function TopBar({ title, info, connection, actions }: TopBarProps) {
  return (
    <header className="shrink-0 print:hidden">
      <Bar title={title ?? shellWords.newQuestion}>{actions}</Bar>
      <PageLine />
      {info?.connectionsProblem && (
        <Notice>
          {sayPieces(words.connectionsMissing, {
            problem: (
              <span key="problem" lang="en">
                {info.connectionsProblem.message} {info.connectionsProblem.action}
              </span>
            ),
          })}
        </Notice>
      )}
      <SignInNotice connection={info?.connections.find(({ ref }) => ref === connection)} />
    </header>
  )
}

interface BarProps {
  readonly title: string
  /** What can be done with what the page shows. */
  readonly children?: ReactNode
}

/** What every page has on top: its title, and the ways to the commands and, on small screens, to the sidebar and a new question. */
export function Bar({ title, children }: BarProps) {
  const { shell } = usePageServices()
  return (
    <div className="flex h-12 items-center gap-2 px-3 text-sm sm:px-4">
      <div className="flex md:hidden">
        <IconButton
          label={shellWords.sidebar.show}
          Icon={PanelLeft}
          onPress={() => shell.store.setState({ isDrawerOpen: true })}
        />
      </div>
      <p className="min-w-0 flex-1 truncate text-fg-2">{title}</p>
      {children}
      <Link
        to="/"
        aria-label={shellWords.newQuestion}
        className="flex size-9 shrink-0 items-center justify-center rounded-lg text-fg-2 hover:bg-hover hover:text-fg md:hidden pointer-coarse:size-10"
      >
        <Plus size={18} aria-hidden />
      </Link>
      <IconButton
        label={shellWords.commands}
        hint={words.commandKeys}
        Icon={Command}
        onPress={() => shell.store.setState({ dialog: 'palette' })}
      />
    </div>
  )
}

/** A thin bar under the top bar, read out when it appears. */
const Notice = ({ children }: { readonly children: ReactNode }) => (
  <p role="alert" className="shrink-0 bg-warn-bg px-4 py-1 text-center text-xs text-warn">
    {children}
  </p>
)

/** Whether the server is heard, with what the page shows of running queries. */
function PageLine() {
  const turns = useWorkspaceState((state) => state.turns)
  const pending = useWorkspaceState((state) => state.pending)
  return <LineNotice turns={Object.values(turns)} pending={pending} />
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
        <span>{say(words.needsSignIn, { connection: connection.label })}</span>
      ) : (
        <span role="alert" lang={languageOf(problem)}>
          {problem.message} {problem.action}
        </span>
      )}
      <Button size="sm" disabled={start.isPending || start.isSuccess} onClick={() => start.mutate(saved.id)}>
        {shellWords.signIn}
      </Button>
    </div>
  )
}

/** A break too short to notice is not worth a word. */
const shownAfterMs = 400
const returnShownMs = 3_000

interface LineNoticeProps {
  /** The turns of the page, of which it says what becomes of them. */
  readonly turns: readonly TurnView[]
  /** How many decisions are not confirmed. */
  readonly pending: number
}

/** Says that the server cannot be heard and what that means for what runs; and for a moment that it is heard again. */
export function LineNotice({ turns, pending }: LineNoticeProps) {
  const line = useLine()
  // The time of the last look while the line was away; null before the first and some time after it is back.
  const [seenMs, setSeenMs] = useState<number | null>(null)
  useEffect(() => {
    const look = (): void => setSeenMs(line.isAway ? Date.now() : null)
    const first = setTimeout(look, line.isAway ? shownAfterMs : returnShownMs)
    const timer = line.isAway ? setInterval(look, 1_000) : undefined
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [line.isAway])
  if (seenMs === null) return null
  return line.isAway ? (
    <p role="alert" className="shrink-0 bg-warn-bg px-4 py-1 text-center text-xs text-warn">
      {awayInWords(line, { turns, pending, nowMs: seenMs })}
    </p>
  ) : (
    <output className="block shrink-0 bg-raised px-4 py-1 text-center text-xs text-fg-2">
      {uiWords.connectedAgain}
    </output>
  )
}
