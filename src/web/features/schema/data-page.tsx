import { useQuery } from '@tanstack/react-query'
import { ArrowLeft, CornerDownLeft, KeyRound, Link2 } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import type { CatalogTableDetails, TableJoin } from '../../../contract/catalog.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { FaultBox, SelectField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel } from '../../ui/panel.tsx'
import type { PanelProps } from '../../ui/panel-props.ts'
import { Chips } from '../../ui/suggestions.tsx'
import { SchemaPanel } from './schema-panel.tsx'
import { pathOfTable, sayAge, sayType } from './schema-words.ts'
import { say, sayPieces } from '../../words/language.ts'
import { schemaWords as words } from '../../words/schema.ts'

/** What data a connection holds: all tables, or the details of the one that the address names. */
export function DataPage(shell: PanelProps) {
  const { connection: named } = useParams()
  const [search] = useSearchParams()
  const panel = useOfConnection(shell, named ?? shell.connection)
  const table = search.get('table')
  const { connection, connections, api } = panel
  const navigate = useNavigate()
  const known = connections.some(({ ref }) => ref === connection)
  const options = connections.map(({ ref, label }) => [ref, label] as const)
  return (
    <div className="flex min-h-[60dvh] flex-1 flex-col gap-4">
      <SelectField
        label={words.connection}
        className="max-w-96"
        value={connection}
        onChange={(event) => void navigate(`/data/${encodeURIComponent(event.target.value)}`)}
        options={known ? options : [...options, [connection, connection]]}
      />
      {table === null ? (
        <>
          <p className="text-sm text-fg-2">{words.choose}</p>
          <div className="-mx-3 flex h-[60dvh] min-h-80 flex-col">
            <SchemaPanel key={connection} {...panel} />
          </div>
        </>
      ) : (
        <Details key={table} {...panel} api={api} table={table} />
      )}
    </div>
  )
}

/** The same panel for another connection: what is asked from there goes to that connection, which the address then names. */
function useOfConnection(shell: PanelProps, connection: string): PanelProps {
  const navigate = useNavigate()
  return useMemo(() => {
    if (connection === shell.connection) return shell
    const sending = (send: (text: string) => void) => (text: string) => {
      send(text)
      void navigate(`/?connection=${encodeURIComponent(connection)}`)
    }
    return { ...shell, connection, onInsert: sending(shell.onInsert), onAsk: sending(shell.onAsk) }
  }, [shell, connection, navigate])
}

function Details({ table, ...panel }: PanelProps & { readonly table: string }) {
  const { api, connection } = panel
  const { data, error, refetch } = useQuery({
    queryKey: ['catalog', connection, 'table', table],
    staleTime: 60_000,
    queryFn: ({ signal }) => api.catalog.table({ connection, name: table }, { signal }),
  })
  return (
    <div className="flex flex-col gap-4">
      <Link
        to={`/data/${encodeURIComponent(connection)}`}
        className="flex min-h-8 items-center gap-1.5 self-start text-sm text-accent-text hover:underline"
      >
        <ArrowLeft size={15} aria-hidden />
        {words.allTables}
      </Link>
      {data === undefined && error === null && <ListSkeleton />}
      {data === undefined && error !== null && <FaultBox problem={problemOf(error)} onAgain={() => void refetch()} />}
      {data !== undefined && <TableDetails {...panel} details={data} pathOf={(id) => pathOfTable(connection, id)} />}
    </div>
  )
}

interface TableDetailsProps extends Pick<PanelProps, 'onInsert' | 'onAsk'> {
  readonly details: CatalogTableDetails
  /** The address of another table's details. */
  readonly pathOf: (id: string) => string
}

/** Everything that is known of a table, and what can be done with it. */
function TableDetails({ details, pathOf, onInsert, onAsk }: TableDetailsProps) {
  const { name, kind, fullName, comment, family, notices, questions } = details
  return (
    <>
      <header className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="min-w-0 text-xl font-semibold break-all">{name}</h2>
          <Badge>{words.kinds[kind]}</Badge>
        </div>
        <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-2">
          <span className="font-mono text-xs break-all">{fullName}</span>
          <CopyButton text={() => fullName} what={words.theName} />
          <Button look="quiet" size="sm" onClick={() => onInsert(name)}>
            <CornerDownLeft size={15} aria-hidden />
            {words.insert}
          </Button>
        </p>
        {comment !== null && <p className="text-base">{comment}</p>}
        {family !== null && (
          <p className="text-sm text-fg-2">{say(words.newest, { name: family.name, count: family.members })}</p>
        )}
        <Facts details={details} />
        {notices.map((notice) => (
          <p key={notice} lang="en" className="text-sm text-warn">
            {notice}
          </p>
        ))}
      </header>
      {questions.length > 0 && (
        <Chips
          heading={words.ask}
          texts={questions}
          onPick={(question, isEdit) => (isEdit ? onInsert(question) : onAsk(question))}
        />
      )}
      <Columns details={details} onInsert={onInsert} />
      {kind !== 'semantic_view' && <Joins joins={details.joins} pathOf={pathOf} />}
      {details.favorites.length > 0 && <Favorites favorites={details.favorites} />}
    </>
  )
}

/** Rows, size and age, as far as they are known. */
function Facts({ details: { rowCount, bytes, columns, age } }: { readonly details: CatalogTableDetails }) {
  const { ago } = useMoments()
  const facts = [
    rowCount === null ? null : say(words.rowCount, { count: rowCount }),
    bytes === null ? null : sizeOf(bytes),
    say(words.columnCount, { count: columns.length }),
    sayAge(age, ago),
  ]
  return <p className="text-sm text-fg-2 tabular-nums">{facts.filter((fact) => fact !== null).join(' · ')}</p>
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']

/** A stored size with three digits, as storage is sold: 1 kB is 1,000 bytes. */
function sizeOf(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  const amount = bytes / 1_000 ** power
  return `${amount.toLocaleString(undefined, { maximumSignificantDigits: 3 })} ${units[power] ?? ''}`
}

interface ColumnsProps {
  readonly details: CatalogTableDetails
  readonly onInsert: (text: string) => void
}

function Columns({ details: { columns }, onInsert }: ColumnsProps) {
  const isHidden = columns.some(({ samples }) => samples === null)
  const hasSamples = columns.some(({ samples }) => samples !== null && samples.length > 0)
  return (
    <Panel title={words.columns} {...(isHidden ? { about: words.samplesHidden } : {})}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- what scrolls is reached by the keyboard */}
      <div role="group" aria-label={words.columns} tabIndex={0} className="-mx-2 overflow-x-auto">
        <table className="w-full min-w-96 border-collapse text-sm">
          <thead>
            <tr className="text-left text-xs text-fg-3">
              <Head>{words.columnName}</Head>
              <Head>{words.columnType}</Head>
              <Head>{words.columnAbout}</Head>
              {hasSamples && <Head>{words.columnValues}</Head>}
            </tr>
          </thead>
          <tbody>
            {columns.map(({ name, type, nullable, comment, key, samples, samplesComplete, reading }) => (
              <tr key={name} className="border-t border-line align-top">
                <th scope="row" className="px-2 py-1.5 text-left font-normal">
                  <button
                    type="button"
                    onClick={() => onInsert(name)}
                    title={words.insert}
                    className="inline-flex min-h-6 items-center gap-1.5 text-left whitespace-nowrap hover:underline"
                  >
                    {key === 'primary' && (
                      <KeyRound size={13} aria-label={words.keyColumn} className="shrink-0 text-fg-3" />
                    )}
                    {key === 'foreign' && (
                      <Link2 size={13} aria-label={words.refersTo} className="shrink-0 text-fg-3" />
                    )}
                    {name}
                  </button>
                </th>
                <td className="px-2 py-1.5 whitespace-nowrap text-fg-2">
                  {sayType(type)}
                  <span className="block text-xs text-fg-3">
                    {type.toLowerCase()}
                    {!nullable && `, ${words.neverEmpty}`}
                  </span>
                </td>
                <td className="px-2 py-1.5 text-fg-2">
                  {comment} {reading !== null && <span lang="en">{reading}</span>}
                </td>
                {hasSamples && (
                  <td className="max-w-64 px-2 py-1.5 text-fg-2">
                    <span className="line-clamp-2 break-words" dir="auto">
                      {(samples ?? []).slice(0, shownSamples).join(', ')}
                      {(samples ?? []).length > shownSamples || (!samplesComplete && (samples ?? []).length > 0)
                        ? words.andMore
                        : ''}
                    </span>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
const shownSamples = 8

const Head = ({ children }: { readonly children: ReactNode }) => (
  <th scope="col" className="px-2 py-1.5 font-medium">
    {children}
  </th>
)

interface JoinsProps extends Pick<TableDetailsProps, 'pathOf'> {
  readonly joins: readonly TableJoin[] | null
}

function Joins({ joins, pathOf }: JoinsProps) {
  return (
    <Panel title={words.joins}>
      {joins === null && <p className="text-sm text-fg-2">{words.joinsUnknown}</p>}
      {joins?.length === 0 && <p className="text-sm text-fg-2">{words.noJoins}</p>}
      {joins !== null && joins.length > 0 && (
        <ul className="flex flex-col gap-2 text-sm">
          {joins.map(({ table, name, columns, otherColumns, direction, declared }) => (
            <li key={`${table} ${columns.join()} ${otherColumns.join()} ${direction}`} className="text-fg-2">
              {sayPieces<string, ReactNode>(direction === 'to_one' ? words.joinOne : words.joinMany, {
                table: (
                  <Link key={table} to={pathOf(table)} className="text-accent-text underline">
                    {name}
                  </Link>
                ),
                columns: columns.join(', '),
                others: otherColumns.join(', '),
              })}
              {!declared && <span className="text-fg-3"> ({words.guessed})</span>}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** The person's own favorites whose queries read the table. */
const Favorites = ({ favorites }: Pick<CatalogTableDetails, 'favorites'>) => (
  <Panel title={words.favorites}>
    <ul className="flex flex-col gap-2 text-sm">
      {favorites.map(({ id, title }) => (
        <li key={id}>
          <Link to={`/favorites/${id}`} className="break-words text-accent-text underline" dir="auto">
            {title}
          </Link>
        </li>
      ))}
    </ul>
  </Panel>
)
