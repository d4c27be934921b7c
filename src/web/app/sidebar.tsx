import { Tabs } from '@base-ui/react/tabs'
import { Database, History, PanelLeft, Plus, Settings, Star, type LucideIcon } from 'lucide-react'
import { useRef, type ComponentType, type KeyboardEvent, type PointerEvent } from 'react'
import { Link, useMatch } from 'react-router'
import { makeLazyPart } from '../ui/lazy-part.tsx'
import type { PanelProps } from '../ui/panel-props.ts'
import { shellWords } from '../words/shell.ts'
import { AccountMenu } from './account-menu.tsx'
import floeMark from './floe-mark.svg'
import { usePageServices, useShellState } from './page-context.ts'
import { sidebarWidth } from './shell-state.ts'

const words = shellWords.sidebar

interface SidebarPanel {
  readonly id: string
  readonly label: string
  readonly Icon: LucideIcon
  /** The keys that lead to it. */
  readonly keys: string
  readonly Panel: ComponentType<PanelProps>
}

/** The panels of the sidebar, each fetched when it is first shown. */
export const sidebarPanels: readonly SidebarPanel[] = [
  {
    id: 'history',
    label: shellWords.pages.history,
    Icon: History,
    keys: 'g h',
    Panel: makeLazyPart(() => import('../features/history/history-panel.tsx').then((module) => module.HistoryPanel)),
  },
  {
    id: 'data',
    label: shellWords.pages.data,
    Icon: Database,
    keys: 'g d',
    Panel: makeLazyPart(() => import('../features/schema/schema-panel.tsx').then((module) => module.SchemaPanel)),
  },
  {
    id: 'favorites',
    label: shellWords.pages.favorites,
    Icon: Star,
    keys: 'g f',
    Panel: makeLazyPart(() =>
      import('../features/favorites/favorites-panel.tsx').then((module) => module.FavoritesPanel),
    ),
  },
]

export interface SidebarProps {
  readonly panel: PanelProps
  /** Opens it or closes it. */
  readonly onToggle: () => void
  /** Opens it on one of its panels. */
  readonly onShow: (tab: string) => void
}

/** What a person keeps and what data there is, beside the page. */
export function Sidebar({ panel, onToggle, isResizable }: SidebarProps & { readonly isResizable: boolean }) {
  const { shell } = usePageServices()
  const width = useShellState(({ width }) => width)
  const kept = useShellState(({ tab }) => tab)
  const tab = sidebarPanels.some(({ id }) => id === kept) ? kept : 'history'
  return (
    <aside
      aria-label={words.title}
      style={isResizable ? { inlineSize: width } : undefined}
      className="relative flex h-full min-w-0 shrink-0 flex-col gap-2.5 border-r border-line bg-sidebar pt-2.5 not-[[style]]:w-full print:hidden"
    >
      <div className="flex items-center gap-2.5 px-3">
        <Home isNamed />
        <span className="flex-1" />
        <IconButton label={words.hide} hint={words.keys} Icon={PanelLeft} onPress={onToggle} />
      </div>
      <div className="px-3">
        <Link
          to="/"
          className="flex h-9 items-center gap-2 rounded-lg border border-line bg-raised px-3 text-sm font-medium text-fg hover:bg-hover pointer-coarse:h-10"
        >
          <Plus size={16} aria-hidden />
          {shellWords.newQuestion}
        </Link>
      </div>
      <Tabs.Root
        value={tab}
        onValueChange={(value: string) => shell.set({ tab: value })}
        className="flex min-h-0 flex-1 flex-col"
      >
        <Tabs.List aria-label={words.title} className="mx-3 flex rounded-lg bg-app p-0.5">
          {sidebarPanels.map(({ id, label, Icon }) => (
            <Tabs.Tab
              key={id}
              value={id}
              className="flex h-8 min-w-0 flex-auto items-center justify-center gap-1.5 rounded-md px-1.5 text-sm text-fg-2 hover:text-fg data-active:bg-active data-active:text-fg pointer-coarse:h-10"
            >
              <Icon size={15} aria-hidden className="shrink-0" />
              <span className="truncate">{label}</span>
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {sidebarPanels.map(({ id, Panel }) => (
          <Tabs.Panel key={id} value={id} tabIndex={-1} className="flex min-h-0 flex-1 flex-col pt-2 outline-none">
            <Panel {...panel} />
          </Tabs.Panel>
        ))}
      </Tabs.Root>
      <footer className="flex items-center gap-1 border-t border-line px-2 py-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
        <AccountMenu isNamed />
        <span className="flex-1" />
        <SettingsLink />
      </footer>
      {isResizable && <Resizer width={width} />}
    </aside>
  )
}

/** The sidebar as a column of icons, where there is no room for more or none is wanted. */
export function Rail({ onToggle, onShow }: SidebarProps) {
  return (
    <aside
      aria-label={words.title}
      className="flex h-full w-13 shrink-0 flex-col items-center gap-1.5 border-r border-line bg-sidebar py-2.5 print:hidden"
    >
      <Home isNamed={false} />
      <IconButton label={words.show} hint={words.keys} Icon={PanelLeft} onPress={onToggle} />
      <Link to="/" aria-label={shellWords.newQuestion} title={shellWords.newQuestionWithKeys} className={iconButton}>
        <Plus size={18} aria-hidden />
      </Link>
      {sidebarPanels.map(({ id, label, Icon }) => (
        <IconButton key={id} label={label} Icon={Icon} onPress={() => onShow(id)} />
      ))}
      <span className="flex-1" />
      <SettingsLink />
      <AccountMenu isNamed={false} />
    </aside>
  )
}

const iconButton =
  'flex size-9 shrink-0 items-center justify-center rounded-lg text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:size-10'

interface IconButtonProps {
  readonly label: string
  /** Keys that do the same. */
  readonly hint?: string
  readonly Icon: LucideIcon
  readonly onPress: () => void
}

/** A button with a sign instead of words. */
export const IconButton = ({ label, hint, Icon, onPress }: IconButtonProps) => (
  <button
    type="button"
    aria-label={label}
    title={hint === undefined ? label : `${label} (${hint})`}
    onClick={onPress}
    className={iconButton}
  >
    <Icon size={18} aria-hidden />
  </button>
)

const Home = ({ isNamed }: { readonly isNamed: boolean }) => (
  <Link to="/" className="flex shrink-0 items-center gap-2.5 rounded-md" aria-label={words.home}>
    <img src={floeMark} alt="" width={26} height={26} />
    {isNamed && <span className="text-base font-semibold tracking-tight">Floe</span>}
  </Link>
)

const SettingsLink = () => (
  <Link
    to="/settings"
    aria-label={shellWords.pages.settings}
    title={shellWords.settingsWithKeys}
    className={iconButton}
  >
    <Settings size={18} aria-hidden />
  </Link>
)

/** The edge that makes the sidebar wider or narrower. */
function Resizer({ width }: { readonly width: number }) {
  const { shell } = usePageServices()
  const start = useRef<{ readonly x: number; readonly width: number } | null>(null)
  const { least, most, usual, step } = sidebarWidth
  const bound = (wanted: number): number => Math.round(Math.min(most, Math.max(least, wanted)))
  const onMove = ({ clientX, buttons }: PointerEvent): void => {
    // A button that was released out of the browser's sight ends the drag too.
    if (buttons === 0) start.current = null
    if (start.current !== null) shell.set({ width: bound(start.current.width + clientX - start.current.x) })
  }
  const onKey = (event: KeyboardEvent): void => {
    const wanted = { ArrowLeft: width - step, ArrowRight: width + step, Home: least, End: most, Enter: usual }[
      event.key
    ]
    if (wanted === undefined) return
    event.preventDefault()
    shell.set({ width: bound(wanted) })
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that can be moved is a control
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a line between texts cannot be moved
      role="separator"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0}
      aria-label={words.width}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width }
      }}
      onPointerMove={onMove}
      onLostPointerCapture={() => {
        start.current = null
      }}
      onDoubleClick={() => shell.set({ width: usual })}
      className="absolute inset-y-0 -right-1 w-2 cursor-col-resize touch-none hover:bg-accent/40"
    />
  )
}

/** The conversation whose page is on the screen; null for none. */
export const useConversationOnScreen = (): string | null =>
  useMatch('/c/:conversationId')?.params.conversationId ?? null
