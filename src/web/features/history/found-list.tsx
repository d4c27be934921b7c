import { Link } from 'react-router'
import type { HistoryEntry } from '../../../contract/history.ts'
import type { PanelProps } from '../../ui/panel-props.ts'
import { FoundText } from './found-text.tsx'
import { historyWords } from '../../words/history.ts'
import { say, sayPieces } from '../../words/language.ts'
import { Inset, More, UnreadList, useOneList } from './list-parts.tsx'
import { groupByConversation, useHistorySearch } from './use-history.ts'

type FoundListProps = Pick<PanelProps, 'api' | 'conversationId' | 'onClose'> & { readonly search: string }

/** Where the words of a search were found, under the conversations. */
export function FoundList({ api, conversationId, onClose, search }: FoundListProps) {
  const list = useHistorySearch(api, { q: search, archived: 'any' })
  const groups = groupByConversation(list.data?.pages.flatMap(({ entries }) => entries) ?? [])
  const ids = groups.flatMap((entries) => entries.map(({ id }) => id))
  const { stop, onKeyDown, onFocus } = useOneList(ids, null)
  if (list.data === undefined) return <UnreadList list={list} />
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the rows inside
    <nav
      aria-label={historyWords.results}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      className="min-h-0 flex-1 overflow-y-auto px-2"
    >
      <FoundCount count={groups.length} />
      {groups.map((entries) => (
        <FoundConversation
          key={entries[0]?.conversationId}
          entries={entries}
          search={search}
          stop={stop}
          isCurrent={entries[0]?.conversationId === conversationId}
          onLeave={onClose}
        />
      ))}
      <More list={list} />
    </nav>
  )
}

const FoundCount = ({ count }: { readonly count: number }) => (
  <>
    <output className="sr-only">{count === 0 ? historyWords.nothingFound : say(historyWords.found, { count })}</output>
    {count === 0 && (
      <Inset>
        <p className="text-sm text-fg-2">{historyWords.nothingFound}</p>
      </Inset>
    )}
  </>
)

interface FoundProps {
  readonly search: string
  readonly isCurrent: boolean
  /** Called when a link was followed. */
  readonly onLeave: () => void
}

interface FoundConversationProps extends FoundProps {
  readonly entries: readonly HistoryEntry[]
  /** The turn that Tab leads to. */
  readonly stop: string | null
}

/** A conversation under its title, with the turns of it in which something was found. */
const FoundConversation = ({ entries, stop, search, ...found }: FoundConversationProps) => (
  <section className="pb-2">
    <h3 className="truncate px-2.5 pt-2 pb-1 text-xs font-medium text-fg-3">
      <FoundText text={entries[0]?.title ?? ''} search={search} />
    </h3>
    <ul>
      {entries.map((entry) => (
        <FoundTurn key={entry.id} {...found} search={search} entry={entry} isStop={entry.id === stop} />
      ))}
    </ul>
  </section>
)

interface FoundTurnProps extends FoundProps {
  readonly entry: HistoryEntry
  readonly isStop: boolean
}

const FoundTurn = ({ entry, search, isStop, isCurrent, onLeave }: FoundTurnProps) => (
  <li>
    <Link
      to={`/c/${entry.conversationId}#${entry.id}`}
      data-row={entry.id}
      tabIndex={isStop ? 0 : -1}
      aria-current={isCurrent ? 'true' : undefined}
      onClick={onLeave}
      className="flex flex-col gap-0.5 rounded-lg px-2.5 py-1.5 text-sm text-fg-2 hover:bg-hover hover:text-fg aria-current:text-fg"
    >
      <span className="line-clamp-2">
        <FoundText text={entry.question ?? historyWords.ownSql} search={search} />
      </span>
      <FoundElsewhere entry={entry} search={search} />
    </Link>
  </li>
)

/** The parts of SQL and note in which words were found. */
export function FoundElsewhere({
  entry: { sql, note, foundIn, question },
  search,
}: {
  readonly entry: HistoryEntry
  readonly search: string
}) {
  const isSqlShown = sql !== null && (question === null || (foundIn.includes('sql') && !foundIn.includes('question')))
  return (
    <>
      {foundIn.includes('note') && (
        <span className="line-clamp-2 text-xs text-fg-3">
          {sayPieces(historyWords.noteFound, { text: <FoundText key="note" text={note} search={search} /> })}
        </span>
      )}
      {isSqlShown && (
        <code className="line-clamp-2 text-xs break-words text-fg-3">
          <FoundText text={sql} search={search} />
        </code>
      )}
    </>
  )
}
