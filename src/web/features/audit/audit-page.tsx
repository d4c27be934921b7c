import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Download, ThumbsDown, ThumbsUp } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { apiPrefix, downloadPaths } from '../../../contract/api.ts'
import type { AuditEntry, AuditFormat } from '../../../contract/audit.ts'
import type { FeedbackEntry } from '../../../contract/feedback.ts'
import type { Me } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { serverPath } from '../../transport/server-address.ts'
import { Button, DownloadButton } from '../../ui/button.tsx'
import { feedbackReasonWords } from '../../ui/feedback-words.ts'
import { Fault, FaultBox, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { SqlCode } from '../../ui/sql-code.tsx'
import { auditFactWords, auditWords } from '../../words/audit.ts'
import { say, sayPieces } from '../../words/language.ts'
import { actionInWords, doorInWords } from './audit-words.ts'

const operateGuide = 'docs/operate.md'

export interface AuditPageProps {
  readonly api: ApiClient
  readonly me: Me
}

/** Who did what, newest first; for admins. */
export function AuditPage({ api, me }: AuditPageProps) {
  if (me.isLocal)
    return (
      <Panel title={auditWords.nothingAudited}>
        <p className="text-base text-fg-2">
          {sayPieces(auditWords.local, {
            page: (
              <code key="page" className="sql-text text-fg">
                {operateGuide}
              </code>
            ),
          })}
        </p>
      </Panel>
    )
  return (
    <>
      <AuditList api={api} />
      <FeedbackList api={api} />
    </>
  )
}

const pageSize = 50

function AuditList({ api }: Pick<AuditPageProps, 'api'>) {
  const [words, typed, setTyped] = useSearchWords()
  const audit = useAudit(api, words)
  const nameOf = useNames(api)
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? []
  if (audit.data === undefined && audit.error !== null)
    return <FaultBox problem={problemOf(audit.error)} onAgain={() => void audit.refetch()} />
  return (
    <Panel title={auditWords.done} about={auditWords.doneAbout}>
      <TextField
        label={auditWords.search}
        type="search"
        placeholder={auditWords.searchHint}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.target.value)}
      />
      {audit.isPending && <ListSkeleton />}
      {audit.data !== undefined && entries.length === 0 && (
        <p className="text-sm text-fg-2">{words === '' ? auditWords.empty : auditWords.none}</p>
      )}
      <ol aria-label={auditWords.entries} className="flex flex-col divide-y divide-line empty:hidden">
        {entries.map((entry) => (
          <EntryRow key={entry.cursor} entry={entry} nameOf={nameOf} />
        ))}
      </ol>
      <Fault error={audit.error} />
      {entries.length > 0 && <ListFoot audit={audit} count={entries.length} words={words} />}
    </Panel>
  )
}

function useAudit(api: ApiClient, words: string) {
  return useInfiniteQuery({
    queryKey: ['audit', words],
    queryFn: ({ signal, pageParam: cursor }) =>
      api.audit({ q: words, limit: pageSize, ...(cursor === null ? {} : { cursor }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
}

interface ListFootProps {
  readonly audit: ReturnType<typeof useAudit>
  /** Entries shown. */
  readonly count: number
  readonly words: string
}

/** How many entries are shown, the way to more of them, and all of them as a file. */
function ListFoot({ audit, count, words }: ListFootProps) {
  const { hasNextPage, isFetchingNextPage } = audit
  const shown = useRef<HTMLOutputElement>(null)
  const showMore = async (): Promise<void> => {
    const fetched = await audit.fetchNextPage()
    // The button is gone then, and the focus would be lost with it.
    if (!fetched.hasNextPage) shown.current?.focus()
  }
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <output ref={shown} tabIndex={-1} className="text-sm text-fg-2">
        {say(hasNextPage ? auditWords.shown : auditWords.allShown, { count })}
      </output>
      <span className="flex-1" />
      {hasNextPage && (
        <Button size="sm" disabled={isFetchingNextPage} onClick={() => void showMore()}>
          {auditWords.more}
        </Button>
      )}
      <DownloadLink words={words} format="csv" />
      <DownloadLink words={words} format="ndjson" />
    </div>
  )
}

/** Downloads every entry found, those not shown yet included. */
const DownloadLink = ({ words, format }: { readonly words: string; readonly format: AuditFormat }) => (
  <DownloadButton
    size="sm"
    href={`${serverPath()}${apiPrefix}${downloadPaths.audit}?${new URLSearchParams({ q: words, format }).toString()}`}
  >
    <Download size={15} aria-hidden />
    {say(auditWords.allAs, { format: auditWords.formats[format] })}
  </DownloadButton>
)

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
  return (personId) => names.get(personId) ?? auditFactWords.somebodyGone
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

const feedbackAtOnce = 20

/** What people said about their answers, newest first; for admins. */
function FeedbackList({ api }: { readonly api: ApiClient }) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['feedback'],
    queryFn: ({ signal, pageParam: cursor }) =>
      api.feedback.list({ limit: feedbackAtOnce, ...(cursor === null ? {} : { cursor }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  })
  const entries = data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <Panel title={auditWords.feedback.title} about={auditWords.feedback.about}>
      {isPending && <ListSkeleton />}
      {data !== undefined && entries.length === 0 && <p className="text-sm text-fg-2">{auditWords.feedback.none}</p>}
      <ol aria-label={auditWords.feedback.list} className="flex flex-col divide-y divide-line empty:hidden">
        {entries.map((entry) => (
          <FeedbackRow key={entry.cursor} entry={entry} />
        ))}
      </ol>
      <Fault error={error} />
      {hasNextPage && (
        <Button size="sm" className="self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {auditWords.feedback.more}
        </Button>
      )}
    </Panel>
  )
}

function FeedbackRow({ entry }: { readonly entry: FeedbackEntry }) {
  const { comment, question, sql, connection, writer } = entry
  return (
    <li className="flex flex-col gap-1 py-3 text-sm">
      <Verdict entry={entry} />
      {comment !== '' && (
        <p className="break-words whitespace-pre-wrap">{say(auditWords.feedback.comment, { comment })}</p>
      )}
      <p className="break-words text-fg-2">
        {question ?? auditWords.feedback.ownSql} · {connection} · {writer}
      </p>
      {sql !== null && (
        <details>
          <summary className="w-fit cursor-pointer rounded text-fg-3 hover:text-fg">
            {auditWords.feedback.query}
          </summary>
          <SqlCode sql={sql} />
        </details>
      )}
    </li>
  )
}

/** Who found the answer good or bad, why, and when. */
function Verdict({ entry: { verdict, reasons, person, updatedAt } }: { readonly entry: FeedbackEntry }) {
  const { exact } = useMoments()
  const isGood = verdict === 'up'
  const Icon = isGood ? ThumbsUp : ThumbsDown
  const { good, bad } = auditWords.feedback
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 break-words">
      <Icon size={14} aria-hidden className={isGood ? 'self-center text-ok' : 'self-center text-bad'} />
      <span className="font-medium">{person.name === '' ? person.email : person.name}</span>
      <span>{isGood ? good : [bad, ...reasons.map((reason) => feedbackReasonWords[reason])].join(' · ')}</span>
      <time dateTime={updatedAt} className="tabular ml-auto text-xs text-fg-2">
        {exact(updatedAt)}
      </time>
    </p>
  )
}
