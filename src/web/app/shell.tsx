import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { Outlet, useLocation, useMatch, useNavigate } from 'react-router'
import { makeTurnNews } from '../turns/turn-news.ts'
import { fetchPart, makeLazyPart } from '../ui/lazy-part.tsx'
import { Modal } from '../ui/modal.tsx'
import type { PanelProps } from '../ui/panel-props.ts'
import { Toasts } from '../ui/toasts.tsx'
import { shellWords } from '../words/shell.ts'
import { useAppInfo } from './app-info.ts'
import { useCommandKeys, useShellCommands } from './commands.ts'
import { usePageServices, useShellState } from './page-context.ts'
import { Rail, Sidebar, useConversationOnScreen } from './sidebar.tsx'
import type { QuestionRequest } from './shell-state.ts'
import { useUsualConnection } from './use-conversation.ts'

const ShellDialogs = makeLazyPart(() => import('./shell-dialogs.tsx').then((module) => module.ShellDialogs))

/** What frames every page: the sidebar, the keys that work everywhere, the palette and short messages. */
export function Shell() {
  const { shell } = usePageServices()
  const room = useRoom()
  const wish = useShellState(({ isOpen }) => isOpen)
  const isDrawerOpen = useShellState(({ isDrawerOpen }) => isDrawerOpen)
  const dialog = useShellState(({ dialog }) => dialog)
  const isBeside = room === 'wide' && wish !== false
  const toggle = useCallback((): void => {
    if (room === 'wide') shell.set({ isOpen: !isBeside })
    else shell.store.setState((state) => ({ isDrawerOpen: !state.isDrawerOpen }))
  }, [shell, room, isBeside])
  const show = useCallback(
    (tab: string): void => {
      shell.set(room === 'wide' ? { tab, isOpen: true } : { tab })
      if (room !== 'wide') shell.store.setState({ isDrawerOpen: true })
    },
    [shell, room],
  )
  const commands = useShellCommands(toggle, show)
  useCommandKeys(commands)
  useClosedByNavigation()
  useTurnNews()
  const panel = usePanelProps()
  const sidebar = { panel, onToggle: toggle, onShow: show }
  return (
    <div className="flex h-dvh print:block print:h-auto">
      <SkipLinks />
      {isBeside && <Sidebar {...sidebar} isResizable />}
      {!isBeside && room !== 'narrow' && <Rail {...sidebar} />}
      {room !== 'wide' && isDrawerOpen && (
        <Modal
          label={shellWords.sidebar.title}
          onClose={() => shell.store.setState({ isDrawerOpen: false })}
          className="m-0 flex h-dvh max-h-none w-[86vw] max-w-80 bg-transparent"
        >
          <Sidebar {...sidebar} isResizable={false} />
        </Modal>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <Outlet context={panel} />
      </div>
      {dialog !== null && <ShellDialogs commands={commands} />}
      <Toasts />
    </div>
  )
}

function SkipLinks() {
  const isAsking = useIsAsking()
  return (
    <a
      href={isAsking ? '#question' : '#content'}
      className="sr-only rounded-lg bg-accent px-4 py-2 text-sm text-white focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20"
    >
      {isAsking ? shellWords.skip.toQuestion : shellWords.skip.toContent}
    </a>
  )
}

/** Whether the page with the question box is on the screen. */
function useIsAsking(): boolean {
  const isStart = useMatch('/') !== null
  return useConversationOnScreen() !== null || isStart
}

/** What a panel may do with the rest of the page. */
function usePanelProps(): PanelProps {
  const { api, shell } = usePageServices()
  const navigate = useNavigate()
  const isAsking = useIsAsking()
  const info = useAppInfo()
  const conversationId = useConversationOnScreen()
  const usual = useUsualConnection(info.data)
  const connection = useShellState(({ connection }) => connection) ?? usual
  return useMemo(() => {
    const request = (kind: QuestionRequest['kind']) => (text: string) => {
      shell.store.setState({ request: { kind, text }, isDrawerOpen: false })
      if (!isAsking) void navigate('/')
    }
    return {
      api,
      connection,
      connections: info.data?.connections ?? [],
      conversationId,
      onInsert: request('insert'),
      onAsk: request('ask'),
      onClose: () => shell.store.setState({ isDrawerOpen: false }),
    }
  }, [api, shell, navigate, isAsking, info.data, conversationId, connection])
}

/** A sidebar that lies over the page leaves it free when it has led somewhere. */
function useClosedByNavigation(): void {
  const { shell } = usePageServices()
  const { key } = useLocation()
  const before = useRef(key)
  useEffect(() => {
    if (before.current !== key) shell.store.setState({ isDrawerOpen: false })
    before.current = key
  }, [shell, key])
}

/**
 * Tells of what became of questions while the page is not seen: by a mark in its title, and by a notification where that was wanted and it
 * took long. What does so is fetched with the first news.
 */
function useTurnNews(): void {
  const { workspace, preferences } = usePageServices()
  const navigate = useNavigate()
  const [findNews] = useState(makeTurnNews)
  useEffect(() => {
    const tell = async (): Promise<void> => {
      const found = findNews(workspace.store.getState().turns, Date.now())
      if (found.length === 0) return
      const telling = await fetchPart(() => import('../turns/notifications.ts'))
      telling.markTitle()
      const isWanted = preferences.store.getState().notifications === true
      if (!isWanted || telling.notificationStanding() !== 'granted') return
      for (const news of found.filter(({ isLate }) => isLate))
        void telling.tellOnce(news, () =>
          telling.notifyOf(news, () => void navigate(`/c/${news.conversationId}#${news.turnId}`)),
        )
    }
    // Without the part there is no news elsewhere; the page itself shows how its questions stand.
    return workspace.store.subscribe(() => void tell().catch(() => undefined))
  }, [workspace, preferences, navigate, findNews])
}

type Room = 'wide' | 'medium' | 'narrow'

const wide = matchMedia('(min-width: 80rem)')
const medium = matchMedia('(min-width: 48rem)')

/** How much room there is beside the page: `wide` has the sidebar there, `medium` a rail of icons, `narrow` a button on top. */
function useRoom(): Room {
  return useSyncExternalStore(
    (onChange) => {
      wide.addEventListener('change', onChange)
      medium.addEventListener('change', onChange)
      return () => {
        wide.removeEventListener('change', onChange)
        medium.removeEventListener('change', onChange)
      }
    },
    () => (wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow'),
  )
}
