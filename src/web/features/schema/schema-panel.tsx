import { RefreshCw, Search } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState, type RefObject } from 'react'
import { Link, useNavigate } from 'react-router'
import type { ConnectionSummary } from '../../../contract/api.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton } from '../../ui/panel.tsx'
import type { PanelProps } from '../../ui/panel-props.ts'
import { firstOpen, rowsOf, toFetch, type TreeNode, type TreeRow } from './catalog-tree.ts'
import { grantsFor, pathOfTable, sayAge } from './schema-words.ts'
import { TreeView } from './tree-view.tsx'
import { useChildren, useColumnHits, useNamedTables, useRefresh, type NamedTables } from './use-catalog.ts'
import { say } from '../../words/language.ts'
import { schemaWords as words } from '../../words/schema.ts'

/** What data there is in the connection that new questions go to. */
export function SchemaPanel(panel: PanelProps) {
  const { api, connection, connections } = panel
  const { data, error, refetch } = useNamedTables(api, connection)
  const summary = connections.find(({ ref }) => ref === connection)
  if (data === undefined && error === null) return <ListSkeleton />
  if (data === undefined) {
    const problem = problemOf(error)
    return (
      <div className="flex flex-col gap-2 overflow-y-auto px-3 pb-3">
        <FaultBox problem={problem} onAgain={() => void refetch()} />
        {['sign_in_needed', 'connection_broken', 'connection_unknown'].includes(problem.code) && <ToConnections />}
      </div>
    )
  }
  return (
    <>
      <ListState {...panel} data={data} />
      {data.count === 0 ? <NoTables {...panel} summary={summary} /> : <Explorer {...panel} data={data} />}
    </>
  )
}

const ToConnections = () => (
  <Link to="/settings/connections" className="text-sm text-accent-text underline">
    {words.toConnections}
  </Link>
)

/** The age of the list, what is missing in it, and the way to a newer one. */
function ListState({ api, connection, data: { age, count } }: PanelProps & { readonly data: NamedTables }) {
  const { ago } = useMoments()
  const { fact, problem, start, running } = useRefresh(api, connection, words.refreshing)
  const isFine = age.state === 'complete'
  const note = problem === null ? age.note : `${problem.message} ${problem.action}`
  return (
    <div className="flex flex-col gap-1 px-3 pb-2 text-xs">
      <div className="flex min-h-7 items-center gap-2">
        <span className={`min-w-0 flex-1 truncate ${isFine ? 'text-fg-3' : 'text-warn'}`}>
          {say(words.tableCount, { count })} · {sayAge(age, ago)}
        </span>
        {fact === null ? (
          <Button look="quiet" size="sm" className="h-7 px-1.5" onClick={() => void start()} aria-label={words.refresh}>
            <RefreshCw size={14} aria-hidden />
          </Button>
        ) : (
          <Button look="quiet" size="sm" className="h-7" onClick={() => running.current?.abort()}>
            {words.stop}
          </Button>
        )}
      </div>
      <output lang={fact === words.refreshing ? undefined : 'en'} className="text-fg-2 empty:hidden">
        {fact}
      </output>
      {fact === null && note !== null && (
        <p lang="en" className={problem === null ? 'text-warn' : 'text-bad'}>
          {note}
        </p>
      )}
    </div>
  )
}

/** In place of an empty tree: what to do about it. */
function NoTables({
  api,
  summary,
  connection,
}: Pick<PanelProps, 'api' | 'connection'> & { readonly summary: ConnectionSummary | undefined }) {
  const id = summary?.saved?.id
  const { data: saved } = useQuery({
    queryKey: ['connections', id, 'settings'],
    enabled: id !== undefined,
    queryFn: ({ signal }) => api.connections.read({ connectionId: id ?? '' }, { signal }),
  })
  const own = saved !== undefined && 'kind' in saved ? saved : null
  const isFolder = connection.startsWith('folder:') || own?.kind === 'folder'
  const [role, database] = own?.kind === 'snowflake' ? [own.role, own.database] : [null, null]
  const grants = grantsFor(summary?.shared?.role ?? role, database)
  return (
    <div className="flex flex-col items-start gap-2 overflow-y-auto px-3 pb-3 text-sm text-fg-2">
      <p className="font-medium text-fg">{words.noTables}</p>
      {isFolder && <p>{words.noTablesInFolder}</p>}
      {!isFolder && (
        <>
          <p>{words.noTablesForRole}</p>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by the keyboard */}
          <pre tabIndex={0} className="max-w-full overflow-x-auto rounded-lg bg-code p-2 font-mono text-xs text-fg">
            {grants}
          </pre>
          <CopyButton text={() => grants} what={words.theSql} />
          {summary !== undefined && summary.saved !== null && <ToConnections />}
        </>
      )}
    </div>
  )
}

/** The search box and, below it, the tree or what was found. */
function Explorer({ api, connection, data, onInsert, onClose }: PanelProps & { readonly data: NamedTables }) {
  const navigate = useNavigate()
  const box = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState('')
  const query = typed.trim()
  const { rows, toggle } = useRows(api, connection, data, typed)
  const insert = ({ name }: TreeNode): void => {
    onInsert(name)
    onClose()
  }
  const showDetails = ({ id }: TreeNode): void => {
    void navigate(pathOfTable(connection, id))
    onClose()
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <SearchField box={box} text={typed} onText={setTyped} />
      <FoundCount query={query} count={rows.length} />
      <TreeView
        label={query === '' ? words.tree : words.hits}
        rows={rows}
        marked={query}
        onToggle={toggle}
        onInsert={insert}
        onDetails={showDetails}
        onLeave={() => box.current?.focus()}
      />
      <p className="px-3 py-2 text-xs text-fg-3 max-md:hidden">{words.keys}</p>
    </div>
  )
}

/** The rows in sight: of the whole tree, or of what was found. */
function useRows(api: ApiClient, connection: string, { tree, find, age }: NamedTables, typed: string) {
  const [open, setOpen] = useState(() => firstOpen(tree))
  const query = typed.trim()
  // A keystroke draws twice: at once, and when the search for columns follows.
  const hits = useMemo(() => (query === '' ? [] : find(query)), [find, query])
  const columns = useColumnHits(api, connection, typed)
  const known = query === '' ? tree : searchTree(hits, columns.map(columnNode))
  const waiting = toFetch(known, rowsOf(known, open, new Map()))
  const fetched = useChildren(api, connection, age.version, waiting)
  const rows: readonly TreeRow[] = rowsOf(known, open, fetched)
  const toggle = (id: string, isOpen: boolean): void =>
    setOpen((before) => {
      const next = new Set(before)
      if (isOpen) next.add(id)
      else next.delete(id)
      return next
    })
  return { rows, toggle }
}

/** How much was found, told aloud; where it was nothing, written as well. */
const FoundCount = ({ query, count }: { readonly query: string; readonly count: number }) => (
  <>
    <output className="sr-only">{query === '' ? '' : say(words.found, { count })}</output>
    {query !== '' && count === 0 && <p className="px-3 text-sm text-fg-2">{say(words.nothingFound, { query })}</p>}
  </>
)

interface SearchFieldProps {
  readonly box: RefObject<HTMLInputElement | null>
  readonly text: string
  readonly onText: (text: string) => void
}

const SearchField = ({ box, text, onText }: SearchFieldProps) => (
  <label className="relative mx-3 mb-2 block">
    <span className="sr-only">{words.search}</span>
    <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-fg-3" />
    <input
      ref={box}
      type="search"
      value={text}
      placeholder={words.search}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text !== '') {
          event.stopPropagation()
          onText('')
        }
        if (event.key !== 'ArrowDown') return
        event.preventDefault()
        // The tree stands below the field, in the same panel.
        event.currentTarget.closest('label')?.parentElement?.querySelector<HTMLElement>('[role=tree]')?.focus()
      }}
      className="h-9 w-full rounded-lg border border-line-strong bg-input pr-2 pl-8 text-sm text-fg placeholder:text-fg-3 pointer-coarse:h-11 pointer-coarse:text-base"
    />
  </label>
)

const columnNode = (hit: ReturnType<typeof useColumnHits>[number]): TreeNode => ({
  id: hit.id,
  kind: 'column',
  name: hit.name,
  comment: hit.comment ?? '',
  // The own name of its table, out of the id.
  place: /(?:[^."]+|"(?:[^"]|"")*")$/.exec(hit.table ?? '')?.[0].replaceAll('"', '') ?? '',
  count: 0,
  type: '',
  key: null,
})

/** What was found as a tree of one level, whose tables open as in the whole tree. */
const searchTree = (tables: readonly TreeNode[], columns: readonly TreeNode[]) => ({
  roots: [...tables, ...columns],
  below: new Map<string, readonly TreeNode[]>(),
  entries: tables,
})
