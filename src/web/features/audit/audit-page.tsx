import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { apiPrefix, downloadPaths } from '../../../contract/api.ts'
import type { AuditEntry, AuditFormat } from '../../../contract/audit.ts'
import type { Me } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { serverPath } from '../../transport/server-address.ts'
import { Button, DownloadButton } from '../../ui/button.tsx'
import { Fault, FaultBox, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { actionInWords, doorInWords } from './audit-words.ts'

export interface AuditPageProps {
  readonly api: ApiClient
  readonly me: Me
}

/** Who did what, newest first; for admins. */
export function AuditPage({ api, me }: AuditPageProps) {
  if (me.isLocal)
    return (
      <Panel title="Nothing is audited">
        <p className="text-base text-fg-2">
          Floe runs for you alone on this computer. What people do is written down once they sign in: see{' '}
          <code className="sql-text text-fg">docs/operate.md</code>.
        </p>
      </Panel>
    )
  return <AuditList api={api} />
}

const pageSize = 50

function AuditList({ api }: Pick<AuditPageProps, 'api'>) {
  const [words, typed, setTyped] = useSearchWords()
  const audit = useInfiniteQuery({
    queryKey: ['audit', words],
    queryFn: ({ signal, pageParam: cursor }) =>
      api.audit({ q: words, limit: pageSize, ...(cursor === null ? {} : { cursor }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
  const nameOf = useNames(api)
  const count = useRef<HTMLOutputElement>(null)
  const showMore = async (): Promise<void> => {
    const { hasNextPage } = await audit.fetchNextPage()
    // The button is gone then, and the focus would be lost with it.
    if (!hasNextPage) count.current?.focus()
  }
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? []
  if (audit.data === undefined && audit.error !== null)
    return <FaultBox problem={problemOf(audit.error)} onAgain={() => void audit.refetch()} />
  return (
    <Panel title="What was done" about="Newest first. Entries are only ever added, and hold no secrets and no data.">
      <TextField
        label="Search"
        type="search"
        placeholder="Name, address or action"
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
      />
      {audit.isPending && <ListSkeleton />}
      {audit.data !== undefined && entries.length === 0 && (
        <p className="text-sm text-fg-2">
          {words === '' ? 'Nothing has been done yet.' : 'No entry holds these words.'}
        </p>
      )}
      <ol aria-label="Entries" className="flex flex-col divide-y divide-line empty:hidden">
        {entries.map((entry) => (
          <EntryRow key={entry.cursor} entry={entry} nameOf={nameOf} />
        ))}
      </ol>
      <Fault error={audit.error} />
      {entries.length > 0 && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <output ref={count} tabIndex={-1} className="text-sm text-fg-2">
            {sayShown(entries.length, audit.hasNextPage)}
          </output>
          <span className="flex-1" />
          {audit.hasNextPage && (
            <Button size="sm" disabled={audit.isFetchingNextPage} onClick={() => void showMore()}>
              Show more
            </Button>
          )}
          <DownloadLink words={words} format="csv" />
          <DownloadLink words={words} format="ndjson" />
        </div>
      )}
    </Panel>
  )
}

const formatNames: Readonly<Record<AuditFormat, string>> = { csv: 'CSV', ndjson: 'JSON lines' }

/** Downloads every entry found, those not shown yet included. */
const DownloadLink = ({ words, format }: { readonly words: string; readonly format: AuditFormat }) => (
  <DownloadButton
    size="sm"
    href={`${serverPath()}${apiPrefix}${downloadPaths.audit}?${new URLSearchParams({ q: words, format }).toString()}`}
  >
    <Download size={15} aria-hidden />
    All as {formatNames[format]}
  </DownloadButton>
)

function sayShown(count: number, isMoreThere: boolean): string {
  if (isMoreThere) return `${count} entries shown`
  return count === 1 ? 'The only entry is shown' : `All ${count} entries shown`
}

/** The words searched for, which the address keeps, and those being typed, which are searched for once the typing rests. */
function useSearchWords(): readonly [words: string, typed: string, setTyped: (text: string) => void] {
  const [parameters, setParameters] = useSearchParams()
  const words = parameters.get('q') ?? ''
  const [typed, setTyped] = useState(words)
  useEffect(() => {
    const next = typed.trim()
    if (next === words) return undefined
    const timer = setTimeout(() => setParameters(next === '' ? {} : { q: next }, { replace: true }), 250)
    return () => clearTimeout(timer)
  }, [typed, words, setParameters])
  return [words, typed, setTyped]
}

/** The names of people by id, as far as they are known. */
function useNames(api: ApiClient): (personId: string) => string {
  const { data } = useQuery({ queryKey: ['people'], queryFn: ({ signal }) => api.people.list(undefined, { signal }) })
  const names = new Map(data?.map(({ id, name, email }) => [id, name === '' ? (email ?? '') : name]))
  return (personId) => names.get(personId) ?? 'somebody who left'
}

function EntryRow({ entry, nameOf }: { readonly entry: AuditEntry; readonly nameOf: (personId: string) => string }) {
  const { exact } = useMoments()
  const door = doorInWords(entry.door)
  const words = actionInWords(entry, nameOf)
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 py-2.5 text-sm">
      <div className="min-w-56 flex-1">
        <p className="break-words">
          {entry.person !== null && <span className="font-medium">{entry.person.name} </span>}
          {words}
          {door !== null && <span className="text-fg-2"> · {door}</span>}
        </p>
        <p className="text-xs break-words text-fg-2">
          {entry.person?.email !== undefined && entry.person.email !== null && `${entry.person.email} · `}
          <code className="font-mono">{entry.action}</code>
        </p>
      </div>
      <time dateTime={entry.at} className="tabular text-xs text-fg-2">
        {exact(entry.at)}
      </time>
    </li>
  )
}
