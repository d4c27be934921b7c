import { useId, type ComponentType, type ReactNode } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { ConnectionSummary } from '../../../contract/api.ts'
import type { HistoryEntry } from '../../../contract/history.ts'
import { bytesInWords, durationInWords } from '../../../contract/words/amounts.ts'
import { sqlTitle } from '../../../contract/words/sql-title.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton } from '../../ui/panel.tsx'
import { FoundElsewhere } from './found-list.tsx'
import { FoundText } from './found-text.tsx'
import { historyPageWords, historyWords } from '../../words/history.ts'
import { languageLocale, say } from '../../words/language.ts'
import { More } from './list-parts.tsx'
import { NoteField } from './note-field.tsx'
import { outcomeOf, useFreshHistory, useHistorySearch, useSettledText, type HistoryFilter } from './use-history.ts'

export interface HistoryPageProps {
  readonly api: ApiClient
  readonly connections: readonly ConnectionSummary[]
  /** Keeps an answer as a favorite, or removes it from them. */
  readonly Star: ComponentType<{ readonly api: ApiClient; readonly turnId: string }>
}

const outcomes = [
  ['', historyPageWords.anyOutcome],
  ['done', historyPageWords.outcomes.answered],
  ['failed', historyPageWords.outcomes.notAnsweredOrRefused],
  ['cancelled', historyPageWords.outcomes.stopped],
  ['interrupted', historyPageWords.outcomes.interrupted],
  ['waiting', historyWords.waiting],
  ['running', historyWords.running],
] as const

const shown = [
  ['', historyPageWords.kinds.unarchived],
  ['favorites', historyPageWords.kinds.favorites],
  ['archived', historyPageWords.kinds.archived],
  ['all', historyPageWords.kinds.all],
] as const

/** All questions of the person as a table that can be narrowed down. What is chosen stands in the address. */
export function HistoryPage({ api, connections, Star }: HistoryPageProps) {
  const { params, chosen, choose, setParams } = useAddress()
  const search = useSettledText(chosen('q'))
  useFreshHistory()
  const list = useHistorySearch(api, filterOf(params, search))
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? []
  const isNarrowed = [...params.keys()].length > 0
  return (
    <>
      <p className="text-sm text-fg-2">{historyPageWords.about}</p>
      <Filters connections={connections} chosen={chosen} onChoose={choose} />
      {isNarrowed && (
        <Button look="quiet" size="sm" className="self-start" onClick={() => setParams({}, { replace: true })}>
          {historyPageWords.reset}
        </Button>
      )}
      {list.error !== null && list.data === undefined && (
        <FaultBox problem={problemOf(list.error)} onAgain={() => void list.refetch()} />
      )}
      {list.data === undefined && list.error === null && <ListSkeleton />}
      {list.data !== undefined && entries.length === 0 && (
        <output className="block text-sm text-fg-2">
          {isNarrowed ? historyPageWords.none : historyPageWords.empty}
        </output>
      )}
      {entries.length > 0 && (
        <TurnTable api={api} entries={entries} search={search} connections={connections} Star={Star} />
      )}
      <More list={list} />
    </>
  )
}

/** What is chosen, as the address of the page has it. */
function useAddress() {
  const [params, setParams] = useSearchParams()
  const chosen = (name: string): string => params.get(name) ?? ''
  const choose = (name: string, value: string): void =>
    setParams(
      (before) => {
        if (value === '') before.delete(name)
        else before.set(name, value)
        return before
      },
      { replace: true },
    )
  return { params, chosen, choose, setParams }
}

interface FiltersProps extends Pick<HistoryPageProps, 'connections'> {
  readonly chosen: (name: string) => string
  readonly onChoose: (name: string, value: string) => void
}

function Filters({ connections, chosen, onChoose }: FiltersProps) {
  const field = (name: string) => ({
    value: chosen(name),
    onChange: ({ target }: { readonly target: { readonly value: string } }) => onChoose(name, target.value),
  })
  return (
    <search className="grid grid-cols-2 items-end gap-3 md:grid-cols-3 xl:grid-cols-7">
      <TextField
        label={historyPageWords.search}
        type="search"
        placeholder={historyWords.searchHint}
        maxLength={500}
        className="col-span-2 md:col-span-1 xl:col-span-2"
        {...field('q')}
      />
      <SelectField
        label={historyPageWords.connection}
        options={[['', historyPageWords.anyConnection], ...connections.map(({ ref, label }) => [ref, label] as const)]}
        {...field('connection')}
      />
      <SelectField label={historyPageWords.outcome} options={outcomes} {...field('state')} />
      <TextField label={historyPageWords.from} type="date" {...field('from')} />
      <TextField label={historyPageWords.to} type="date" {...field('to')} />
      <SelectField label={historyPageWords.shown} options={shown} {...field('show')} />
    </search>
  )
}

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text)

/** What the address asks for; days begin and end in the time zone of the browser. */
function filterOf(params: URLSearchParams, q: string): HistoryFilter {
  const [connection, state, from, to, show] = ['connection', 'state', 'from', 'to', 'show'].map(
    (name) => params.get(name) ?? '',
  )
  const known = outcomes.find(([value]) => value !== '' && value === state)?.[0]
  const end = new Date(`${to ?? ''}T00:00`)
  end.setDate(end.getDate() + 1)
  return {
    q,
    ...(connection ? { connection } : {}),
    ...(known === undefined || known === '' ? {} : { state: known }),
    ...(from && isDay(from) ? { from: new Date(`${from}T00:00`).toISOString() } : {}),
    ...(to && isDay(to) ? { to: end.toISOString() } : {}),
    favorite: show === 'favorites' ? 'true' : 'any',
    archived: show === 'archived' ? 'true' : show === 'all' ? 'any' : 'false',
  }
}

interface TurnTableProps extends HistoryPageProps {
  readonly entries: readonly HistoryEntry[]
  readonly search: string
}

function TurnTable({ api, entries, search, connections, Star }: TurnTableProps) {
  const id = useId()
  return (
    <table aria-labelledby={`${id}-name`} className="w-full table-fixed border-collapse text-sm">
      <caption id={`${id}-name`} className="sr-only">
        {historyPageWords.question}
      </caption>
      <TableHead />
      <tbody>
        {entries.map((entry) => (
          <TurnRow
            key={entry.id}
            api={api}
            entry={entry}
            search={search}
            Star={Star}
            place={connections.find(({ ref }) => ref === entry.connection)?.label ?? entry.connection}
          />
        ))}
      </tbody>
    </table>
  )
}

const TableHead = () => (
  <thead>
    <tr className="border-b border-line text-left text-xs text-fg-3">
      <th scope="col" className="py-2 pr-3 font-medium">
        {historyPageWords.question}
      </th>
      <th scope="col" className="w-28 py-2 pr-3 font-medium max-md:hidden">
        {historyPageWords.outcome}
      </th>
      <NumberHead>{historyPageWords.rows}</NumberHead>
      <NumberHead>{historyPageWords.size}</NumberHead>
      <NumberHead>{historyPageWords.time}</NumberHead>
      <th scope="col" className="w-40 py-2 pr-3 font-medium max-lg:hidden">
        {historyPageWords.connection}
      </th>
      <th scope="col" className="w-32 py-2 font-medium max-md:hidden">
        {historyPageWords.asked}
      </th>
    </tr>
  </thead>
)

interface TurnRowProps extends Pick<HistoryPageProps, 'api' | 'Star'> {
  readonly entry: HistoryEntry
  readonly search: string
  readonly place: string
}

function TurnRow(props: TurnRowProps) {
  const { entry, place } = props
  const { exact } = useMoments()
  const formats = useFormats()
  const { createdAt, rowCount, bytes, elapsedMs } = entry
  const { text, tone } = outcomeOf(entry)
  const rows = rowCount === null ? '' : formats.number(String(rowCount))
  const time = elapsedMs === null ? '' : durationInWords(elapsedMs, languageLocale)
  return (
    <tr className="border-b border-line align-top">
      <td className="py-2.5 pr-3">
        <Question {...props} />
      </td>
      <td className="py-2.5 pr-3 max-md:hidden">
        <Badge tone={tone}>{text}</Badge>
      </td>
      <NumberCell>{rows}</NumberCell>
      <NumberCell>{bytes === null ? '' : bytesInWords(bytes, languageLocale)}</NumberCell>
      <NumberCell>{time}</NumberCell>
      <td className="py-2.5 pr-3 break-words text-fg-2 max-lg:hidden">{place}</td>
      <td className="py-2.5 text-fg-2 max-md:hidden">
        <time dateTime={createdAt}>{exact(createdAt)}</time>
      </td>
    </tr>
  )
}

/** The question with what leads to it, what was found in its turn, and the note. */
function Question({ api, entry, search, place, Star }: TurnRowProps) {
  const { id, conversationId, title, question, sql, state, isFavorite, note } = entry
  return (
    <div className="flex min-w-0 flex-col items-start gap-1">
      <div className="flex w-full items-start justify-between gap-2">
        <Link to={`/c/${conversationId}#${id}`} className="min-w-0 break-words text-fg hover:underline">
          <FoundText text={question ?? historyWords.ownSql} search={search} />
        </Link>
        {(isFavorite || (state === 'done' && sql !== null)) && <Star api={api} turnId={id} />}
      </div>
      {title !== question && title !== sqlTitle('') && title !== sqlTitle(sql ?? '') && (
        <span className="max-w-full truncate text-xs text-fg-3">
          <FoundText text={title} search={search} />
        </span>
      )}
      <FoundElsewhere
        entry={{ ...entry, note: '', foundIn: entry.foundIn.filter((place) => place !== 'note') }}
        search={search}
      />
      <Outline entry={entry} />
      <p className="text-xs break-words text-fg-3 lg:hidden">{place}</p>
      <NoteField api={api} turnId={id} note={note} search={search} />
    </div>
  )
}

/** What the other columns say, where there is no room for them. */
function Outline({ entry }: { readonly entry: HistoryEntry }) {
  const { exact } = useMoments()
  const { text, tone } = outcomeOf(entry)
  const { rowCount, elapsedMs, createdAt } = entry
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-fg-3 md:hidden">
      <Badge tone={tone}>{text}</Badge>
      {rowCount !== null && <span>{say(historyPageWords.rowCount, { count: rowCount })}</span>}
      {elapsedMs !== null && <span>{durationInWords(elapsedMs, languageLocale)}</span>}
      <span>{exact(createdAt)}</span>
    </p>
  )
}

const NumberHead = ({ children }: { readonly children: ReactNode }) => (
  <th scope="col" className="w-20 py-2 pr-3 text-right font-medium max-md:hidden">
    {children}
  </th>
)

const NumberCell = (props: { readonly children: ReactNode }) => (
  <td className="py-2.5 pr-3 text-right text-fg-2 tabular-nums max-md:hidden" {...props} />
)
