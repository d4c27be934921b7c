import { useQuery } from '@tanstack/react-query'
import { Archive, ArrowLeft, Search, Table2, X } from 'lucide-react'
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { ListedConversation } from '../../../contract/history.ts'
import { Button } from '../../ui/button.tsx'
import { useMoments } from '../../ui/moments.ts'
import type { PanelProps } from '../../ui/panel-props.ts'
import { ConversationRow } from './conversation-row.tsx'
import { FoundList } from './found-list.tsx'
import { historyWords } from '../../words/history.ts'
import { Inset, More, rowOf, UnreadList, useOneList } from './list-parts.tsx'
import {
  useConversationActions,
  useConversationList,
  useFreshHistory,
  useSettledText,
  type ConversationActions,
} from './use-history.ts'

/** The person's conversations, the ones used last first, with a search over everything they asked. */
export function HistoryPanel(props: PanelProps) {
  const [text, setText] = useState('')
  const [isArchive, setArchive] = useState(false)
  const search = useSettledText(text)
  const isSearching = text.trim() !== '' && search.trim() !== ''
  useFreshHistory()
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <SearchField text={text} onText={setText} />
      {isSearching ? (
        <FoundList {...props} search={search} />
      ) : (
        <ConversationList key={String(isArchive)} {...props} isArchive={isArchive} />
      )}
      <PanelFoot isArchive={isArchive} onArchive={setArchive} onClose={props.onClose} />
    </div>
  )
}

function SearchField({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  return (
    <div className="relative mx-3">
      <Search
        size={15}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-fg-3"
      />
      <input
        type="search"
        aria-label={historyWords.searchLabel}
        placeholder={historyWords.searchLabel}
        title={historyWords.searchHint}
        value={text}
        maxLength={500}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.stopPropagation()
          event.preventDefault()
          onText('')
        }}
        className="h-9 w-full rounded-lg border border-line-strong bg-input pr-8 pl-8 text-sm text-fg placeholder:text-fg-3 pointer-coarse:h-11 pointer-coarse:text-base [&::-webkit-search-cancel-button]:hidden"
      />
      {text !== '' && <ClearButton onClear={() => onText('')} />}
    </div>
  )
}

const ClearButton = ({ onClear }: { readonly onClear: () => void }) => (
  <button
    type="button"
    aria-label={historyWords.clear}
    onClick={onClear}
    className="absolute top-1/2 right-1 flex size-7 -translate-y-1/2 items-center justify-center rounded-md text-fg-3 hover:text-fg"
  >
    <X size={15} aria-hidden />
  </button>
)

interface PanelFootProps extends Pick<PanelProps, 'onClose'> {
  readonly isArchive: boolean
  readonly onArchive: (isArchive: boolean) => void
}

/** The ways to the archived conversations and to the table of all questions. */
const PanelFoot = ({ isArchive, onArchive, onClose }: PanelFootProps) => (
  <div className="flex flex-wrap gap-1 px-2 pb-2">
    <Button look="quiet" size="sm" aria-pressed={isArchive} onClick={() => onArchive(!isArchive)}>
      {isArchive ? <ArrowLeft size={15} aria-hidden /> : <Archive size={15} aria-hidden />}
      {isArchive ? historyWords.back : historyWords.archivedOnes}
    </Button>
    <Link
      to="/history"
      onClick={onClose}
      className="flex h-8 items-center gap-1.5 rounded-lg px-2.5 text-sm font-medium text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:min-h-10"
    >
      <Table2 size={15} aria-hidden />
      {historyWords.wholePage}
    </Link>
  </div>
)

type ListProps = Pick<PanelProps, 'api' | 'conversationId' | 'onClose'>

function ConversationList({ api, conversationId, onClose, isArchive }: ListProps & { readonly isArchive: boolean }) {
  const list = useConversationList(api, isArchive, true)
  const actions = useConversationActions(api, conversationId, onClose)
  const me = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => api.me.read(undefined, { signal }) })
  const all = list.data?.pages.flatMap(({ conversations }) => conversations) ?? []
  const currentId = all.find(({ id }) => id === conversationId)?.id ?? null
  if (list.data === undefined) return <UnreadList list={list} />
  if (all.length === 0)
    return (
      <Inset>
        <p className="text-sm text-fg-2">{isArchive ? historyWords.noneArchived : historyWords.none}</p>
      </Inset>
    )
  const canShare = me.data !== undefined && !me.data.isLocal && me.data.role !== 'viewer'
  return (
    <ConversationNav all={all} currentId={currentId} actions={actions} canShare={canShare} onLeave={onClose}>
      <More list={list} />
    </ConversationNav>
  )
}

interface ConversationNavProps {
  readonly all: readonly ListedConversation[]
  readonly currentId: string | null
  readonly actions: ConversationActions
  readonly canShare: boolean
  readonly onLeave: () => void
  /** Follows the last conversation. */
  readonly children: ReactNode
}

/** Conversations to go to, moved through with the arrow keys; F2 renames one and Delete removes it. */
function ConversationNav({ all, currentId, children, ...row }: ConversationNavProps) {
  const { stop, renaming, onRenaming, onKeyDown, onFocus } = useRows(all, currentId, row.actions)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the rows inside
    <nav
      aria-label={historyWords.conversations}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      className="min-h-0 flex-1 overflow-y-auto px-2"
    >
      <DayGroups conversations={all}>
        {(conversation) => (
          <ConversationRow
            key={conversation.id}
            {...row}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            isStop={conversation.id === stop}
            isRenaming={conversation.id === renaming}
            onRenaming={(isRenaming) => onRenaming(conversation.id, isRenaming)}
          />
        )}
      </DayGroups>
      {children}
    </nav>
  )
}

/** Which row the keys are on, and which one is being renamed. */
function useRows(all: readonly ListedConversation[], currentId: string | null, actions: ConversationActions) {
  const [renaming, setRenaming] = useState<string | null>(null)
  const ids = all.map(({ id }) => id)
  const { stop, onKeyDown, onFocus } = useOneList(ids, currentId)
  const onListKey = (event: KeyboardEvent<HTMLElement>): void => {
    const on = all.find(({ id }) => id === rowOf(event.target))
    if (on !== undefined && event.key === 'F2') setRenaming(on.id)
    if (on !== undefined && event.key === 'Delete') void actions.remove(on)
    onKeyDown(event)
  }
  const onRenaming = (id: string, isRenaming: boolean): void => {
    setRenaming(isRenaming ? id : null)
    if (!isRenaming) requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus())
  }
  return { stop, renaming, onRenaming, onKeyDown: onListKey, onFocus }
}

interface DayGroupsProps {
  readonly conversations: readonly ListedConversation[]
  readonly children: (conversation: ListedConversation) => ReactNode
}

/** Conversations under the days on which they were last used. */
function DayGroups({ conversations, children }: DayGroupsProps) {
  const { day } = useMoments()
  const id = useId()
  const [now] = useState(() => Date.now())
  const [today, yesterday] = [day(new Date(now).toISOString()), day(new Date(now - 24 * 3_600_000).toISOString())]
  const nameOf = ({ updatedAt }: ListedConversation): string => {
    const written = day(updatedAt)
    return written === today ? historyWords.today : written === yesterday ? historyWords.yesterday : written
  }
  return [...Map.groupBy(conversations, nameOf)].map(([name, ofDay], at) => (
    <section key={name} aria-labelledby={`${id}-${at}`} className="pb-2">
      <h3 id={`${id}-${at}`} className="px-2.5 pt-2 pb-1 text-xs font-medium text-fg-3">
        {name}
      </h3>
      <ul>{ofDay.map(children)}</ul>
    </section>
  ))
}
