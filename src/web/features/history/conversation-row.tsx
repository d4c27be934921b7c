import {
  Archive,
  ArchiveRestore,
  Ellipsis,
  Link2,
  LoaderCircle,
  Pencil,
  Pin,
  PinOff,
  Share2,
  Star,
  Trash2,
  type LucideIcon,
} from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { Link, useHref, useNavigate } from 'react-router'
import { longestTitle, type ListedConversation } from '../../../contract/history.ts'
import { copyText } from '../../ui/copy-button.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { historyWords } from '../../words/history.ts'
import { say } from '../../words/language.ts'
import type { ConversationActions } from './use-history.ts'

export interface ConversationRowProps {
  readonly conversation: ListedConversation
  readonly isCurrent: boolean
  /** Whether Tab leads to it: one row of the list is a stop. */
  readonly isStop: boolean
  readonly isRenaming: boolean
  readonly onRenaming: (isRenaming: boolean) => void
  readonly actions: ConversationActions
  readonly canShare: boolean
  /** Called when it led somewhere. */
  readonly onLeave: () => void
}

/** A conversation of the list: its name, its state, and what can be done with it. */
export function ConversationRow(props: ConversationRowProps) {
  const { conversation, isCurrent, isStop, isRenaming, onRenaming, onLeave } = props
  const { id, title } = conversation
  const menu = useMenu(props)
  if (isRenaming) return <RenamedRow {...props} />
  return (
    <li className="group relative flex items-center rounded-lg hover:bg-hover has-[[aria-current]]:bg-active">
      <Link
        to={`/c/${id}`}
        data-row={id}
        tabIndex={isStop ? 0 : -1}
        aria-current={isCurrent ? 'page' : undefined}
        title={title}
        onClick={onLeave}
        onDoubleClick={() => onRenaming(true)}
        className="flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-lg py-1.5 pl-2.5 text-sm text-fg-2 hover:text-fg aria-[current=page]:text-fg pointer-coarse:min-h-11"
      >
        <span className="min-w-0 flex-1 truncate">
          <bdi>{title}</bdi>
        </span>
        <Marks conversation={conversation} />
      </Link>
      <RowMenu label={say(historyWords.menu, { title })} actions={menu} tabIndex={isStop ? 0 : -1} />
    </li>
  )
}

/** Whether a turn of the conversation runs or waits, and whether something of it is a favorite. */
const Marks = ({ conversation: { state, isFavorite } }: Pick<ConversationRowProps, 'conversation'>) => (
  <>
    {state === 'running' && (
      <LoaderCircle size={14} aria-hidden className="shrink-0 text-accent-text motion-safe:animate-spin" />
    )}
    {state === 'waiting' && <span aria-hidden className="size-2 shrink-0 rounded-full bg-accent" />}
    {isFavorite && <Star size={14} aria-hidden className="shrink-0 fill-current text-warn" />}
    <span className="sr-only">
      {[
        state === 'running' ? historyWords.running : state === 'waiting' ? historyWords.waiting : '',
        isFavorite ? historyWords.favorite : '',
      ].join(' ')}
    </span>
  </>
)

const RenamedRow = ({ conversation, onRenaming, actions }: ConversationRowProps) => (
  <li className="px-1 py-0.5">
    <TitleField
      title={conversation.title}
      onEnd={(changed) => {
        onRenaming(false)
        if (changed !== null) void actions.rename(conversation, changed)
      }}
    />
  </li>
)

function useMenu(props: ConversationRowProps): readonly MenuAction[] {
  const { conversation, actions, canShare, onRenaming, onLeave } = props
  const { id, isArchived, isKept } = conversation
  const navigate = useNavigate()
  const href = useHref(`/c/${id}`)
  const toast = useToast()
  const copyLink = async (): Promise<void> => {
    const isCopied = await copyText(new URL(href, location.href).href)
    toast({ text: isCopied ? historyWords.linkCopied : historyWords.copyRefused })
  }
  const share = (): void => {
    onLeave()
    void navigate(`/c/${id}#share`)
  }
  return [
    { label: historyWords.rename, Icon: Pencil, run: () => onRenaming(true) },
    ...(canShare ? [{ label: historyWords.share, Icon: Share2, run: share }] : []),
    { label: historyWords.copyLink, Icon: Link2, run: () => void copyLink() },
    isKept
      ? { label: historyWords.unkeep, Icon: PinOff, run: () => void actions.keep(conversation, false) }
      : { label: historyWords.keep, Icon: Pin, run: () => void actions.keep(conversation, true) },
    isArchived
      ? { label: historyWords.unarchive, Icon: ArchiveRestore, run: () => void actions.archive(conversation, false) }
      : { label: historyWords.archive, Icon: Archive, run: () => void actions.archive(conversation, true) },
    { label: historyWords.remove, Icon: Trash2, run: () => void actions.remove(conversation) },
  ]
}

interface TitleFieldProps {
  readonly title: string
  /** Given the new title, or null where it stays. */
  readonly onEnd: (title: string | null) => void
}

/** The name of a conversation while it is changed: Enter takes it, Esc leaves it as it was. */
function TitleField({ title, onEnd }: TitleFieldProps) {
  const [text, setText] = useState(title)
  const field = useRef<HTMLInputElement>(null)
  const hasEnded = useRef(false)
  useEffect(() => field.current?.select(), [])
  const end = (changed: string | null): void => {
    if (hasEnded.current) return
    hasEnded.current = true
    onEnd(changed)
  }
  return (
    <input
      ref={field}
      aria-label={historyWords.newName}
      value={text}
      maxLength={longestTitle}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.nativeEvent.isComposing) return
        // Nor does it close the sidebar that lies over the page.
        if (event.key === 'Escape') event.preventDefault()
        if (event.key === 'Enter') end(text)
        if (event.key === 'Escape') end(null)
      }}
      onBlur={() => end(text)}
      className="min-h-9 w-full rounded-lg border border-line-strong bg-input px-2 text-sm text-fg pointer-coarse:min-h-11 pointer-coarse:text-base"
    />
  )
}

interface MenuAction {
  readonly label: string
  readonly Icon: LucideIcon
  readonly run: () => void
}

interface RowMenuProps {
  readonly label: string
  readonly actions: readonly MenuAction[]
  readonly tabIndex: number
}

const width = 224

/** A button that opens a list of actions beside it. */
function RowMenu({ label, actions, tabIndex }: RowMenuProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        tabIndex={tabIndex}
        popoverTarget={id}
        className="flex size-8 shrink-0 items-center justify-center rounded-md text-fg-3 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-hover hover:text-fg aria-expanded:opacity-100 pointer-coarse:size-10 pointer-coarse:opacity-100"
      >
        <Ellipsis size={16} aria-hidden />
      </button>
      <MenuList id={id} button={button} label={label} actions={actions} onOpen={setOpen} />
    </>
  )
}

interface MenuListProps extends Omit<RowMenuProps, 'tabIndex'> {
  readonly id: string
  /** The button that opens it. */
  readonly button: RefObject<HTMLButtonElement | null>
  readonly onOpen: (isOpen: boolean) => void
}

/** The open menu. */
function MenuList({ id, button, label, actions, onOpen }: MenuListProps) {
  const menu = useRef<HTMLDivElement>(null)
  return (
    <div
      ref={menu}
      id={id}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onBeforeToggle={({ newState }) =>
        newState === 'open' && placeBeside(menu.current, button.current, actions.length)
      }
      onToggle={({ newState }) => {
        onOpen(newState === 'open')
        if (newState === 'open') menu.current?.querySelector<HTMLElement>(menuItem)?.focus()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' || event.key === 'Tab') menu.current?.hidePopover()
        if (event.key === 'Escape') button.current?.focus()
        moveInMenu(event)
      }}
      className="fixed inset-auto m-0 w-56 rounded-xl border border-line-strong bg-surface p-1.5 text-fg shadow-float"
    >
      {actions.map((action) => (
        <MenuItem key={action.label} action={action} onChosen={() => menu.current?.hidePopover()} />
      ))}
    </div>
  )
}

const menuItem = '[role=menuitem]'

/** Puts the menu below its button, or above it where there is no room below. */
function placeBeside(menu: HTMLElement | null, button: HTMLElement | null, count: number): void {
  const opener = button?.getBoundingClientRect()
  if (opener === undefined || menu === null) return
  const height = count * 40 + 16
  const isBelow = opener.bottom + height < innerHeight
  menu.style.left = `${Math.max(8, Math.min(opener.right - width, innerWidth - width - 8))}px`
  menu.style.top = `${isBelow ? opener.bottom + 4 : Math.max(8, opener.top - height - 4)}px`
}

/** Moves the focus through the menu, whose keys are not those of the list it stands in, nor of the page. */
function moveInMenu(event: KeyboardEvent<HTMLElement>): void {
  event.stopPropagation()
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>(menuItem)]
  const at = items.findIndex((item) => item === document.activeElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
  if (to === undefined) return
  event.preventDefault()
  items.at(to % items.length)?.focus()
}

interface MenuItemProps {
  readonly action: MenuAction
  readonly onChosen: () => void
}

const MenuItem = ({ action: { label, Icon, run }, onChosen }: MenuItemProps) => (
  <button
    type="button"
    role="menuitem"
    tabIndex={-1}
    onClick={() => {
      onChosen()
      run()
    }}
    className="flex min-h-9 w-full items-center gap-2.5 rounded-lg px-2.5 text-left text-sm hover:bg-hover focus-visible:bg-hover pointer-coarse:min-h-10"
  >
    <Icon size={15} aria-hidden className="shrink-0 text-fg-3" />
    {label}
  </button>
)
