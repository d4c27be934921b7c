import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  type InfiniteData,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query'
import { Copy, Download, Info } from 'lucide-react'
import { useState } from 'react'
import type { ChangesOrder, ComparisonNote, ResultChanges, RowChangeKind } from '../../contract/comparison.ts'
import type { Sentence } from '../../contract/result.ts'
import { shownCell } from '../../contract/words/cells.ts'
import { columnTitle } from '../../contract/words/columns.ts'
import type { Formats } from '../../contract/words/formats.ts'
import { sentencePieces } from '../../contract/words/sentence.ts'
import { changesWords as words } from '../words/comparison.ts'
import { languageLocale, say } from '../words/language.ts'
import { Button } from './button.tsx'
import { ChangesTable, differencesCsv, differencesText, TotalsTable } from './changes-table.tsx'
import { copyRefused, copyText } from './copy-button.tsx'
import { Fault, SelectField } from './form.tsx'
import { useFormats } from './formats.ts'
import { useToast } from './toasts.tsx'

export type FetchChanges = (order: ChangesOrder, options: { readonly signal?: AbortSignal }) => Promise<ResultChanges>

export interface ResultChangesProps {
  /** The first rows that differ, in the order of the results. */
  readonly initial: ResultChanges
  /** Names the two results that are compared. */
  readonly queryKey: readonly unknown[]
  readonly fetch: FetchChanges
  /** What a file with the differences is called, without its ending. */
  readonly fileName: string
}

/** What is different between two results: in one sentence, in total and row by row. */
export function ResultChangesView({ initial, ...rest }: ResultChangesProps) {
  const formats = useFormats()
  const { added, removed, changed, columns } = initial
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Said sentence={initial.summary} />
      <About changes={initial} formats={formats} />
      <TotalsTable changes={initial} />
      {columns.length > 0 && added + removed + changed > 0 && <Rows initial={initial} {...rest} />}
    </div>
  )
}

/** A sentence of the server, with its values in the person's formats. */
export function Said({ sentence }: { readonly sentence: Sentence }) {
  const formats = useFormats()
  return (
    <p lang="en" className="text-base break-words">
      {sentencePieces(sentence, formats).map(({ key, text, isValue }) =>
        isValue ? <bdi key={key}>{text}</bdi> : <span key={key}>{text}</span>,
      )}
    </p>
  )
}

const andList = new Intl.ListFormat(languageLocale)
const titles = (names: readonly string[]): string => andList.format(names.map((name) => columnTitle(name)))

/** How rows were compared, and what has to be known beside the figures. */
function About({ changes, formats }: { readonly changes: ResultChanges; readonly formats: Formats }) {
  const { pairing, key, period, columns } = changes
  if (columns.length === 0) return null
  // Periods that were compared by their place are told among the notes.
  const same = key.filter((name) => name !== period?.column)
  const how = {
    key: same.length === 0 ? null : say(words.byKey, { columns: titles(same) }),
    'whole-rows': words.byWholeRow,
    'only-row': words.byPosition,
  }[pairing]
  const notes = notesOf(changes, formats)
  return (
    <div className="flex flex-col gap-2 text-sm text-fg-2">
      {how !== null && <p>{how}</p>}
      {notes.length > 0 && (
        <ul className="flex flex-col gap-1">
          {notes.map((note) => (
            <li key={note} className="flex gap-2">
              <Info size={15} aria-hidden className="mt-0.5 shrink-0 text-info" />
              <span className="min-w-0 break-words">{note}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function notesOf(changes: ResultChanges, formats: Formats): readonly string[] {
  const { period, addedColumns, removedColumns, columns } = changes
  const cut = (['before', 'after'] as const).filter((side) => changes[side].hasMore)
  return [
    ...(period === null ? [] : [words[period.by][period.unit]]),
    ...cut.map((side) => say(words.cut[side], { rows: changes[side].rows })),
    ...columns.flatMap(({ name, nameBefore }) =>
      nameBefore === undefined ? [] : [say(words.renamed, { after: name, before: nameBefore })],
    ),
    ...(addedColumns.length === 0 ? [] : [say(words.newColumns, { columns: addedColumns.join(', ') })]),
    ...(removedColumns.length === 0 ? [] : [say(words.goneColumns, { columns: removedColumns.join(', ') })]),
    ...changes.notes.map((note) => sayNote(note, formats)),
  ]
}

function sayNote(note: ComparisonNote, formats: Formats): string {
  const { notes } = words
  switch (note.kind) {
    case 'other-unit':
      return say(notes.otherUnit, {
        column: columnTitle(note.column),
        before: note.before ?? notes.noUnit,
        after: note.after ?? notes.noUnit,
      })
    case 'other-type':
      return say(notes.otherType, { ...note, column: columnTitle(note.column) })
    case 'unfinished':
      return say(notes.unfinished[note.side], { value: shownCell(note.value, note.column, formats) })
    case 'limited':
      return notes.limited[note.side]
    case 'shortened':
      return notes.shortened[note.side]
    case 'no-totals':
      return notes.noTotals
  }
}

const rowsAtOnce = 200
/** The most that the server gives at once. */
const mostAtOnce = 5_000

/** The rows that differ, of a kind and in an order that are chosen, and the ways to take them along. */
function Rows({ initial, queryKey, fetch, fileName }: ResultChangesProps) {
  const [kind, setKind] = useState<RowChangeKind | null>(null)
  const [by, setBy] = useState('')
  const order = { ...(kind === null ? {} : { kind }), ...(by === '' ? {} : { by: Number(by) }) }
  const isInitial = kind === null && by === ''
  const list = useInfiniteQuery({
    queryKey: [...queryKey, 'rows', kind, by],
    queryFn: ({ pageParam, signal }) => fetch({ ...order, from: pageParam, count: rowsAtOnce }, { signal }),
    initialPageParam: 0,
    getNextPageParam: ({ from, rows, found }) => (from + rows.length < found ? from + rows.length : null),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    ...(isInitial ? { initialData: { pages: [initial], pageParams: [0] } } : {}),
  })
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <div className="flex min-w-0 flex-col gap-3" aria-busy={list.isFetching}>
      <Choices initial={initial} kind={kind} onKind={setKind} by={by} onBy={setBy} />
      <Fault error={list.error} />
      {rows.length > 0 && <ChangesTable columns={initial.columns} rows={rows} />}
      <More list={list} shown={rows.length} />
      <TakeAlong fetch={(from) => fetch({ ...order, from, count: mostAtOnce }, {})} fileName={fileName} />
    </div>
  )
}

interface MoreProps {
  readonly list: Pick<
    UseInfiniteQueryResult<InfiniteData<ResultChanges>>,
    'data' | 'isFetchingNextPage' | 'fetchNextPage'
  >
  readonly shown: number
}

function More({ list: { data, isFetchingNextPage, fetchNextPage }, shown }: MoreProps) {
  const all = data?.pages[0]?.found ?? 0
  if (shown >= all) return null
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm text-fg-2">
      {say(words.shown, { shown, all })}
      <Button size="sm" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {words.more}
      </Button>
    </div>
  )
}

interface ChoicesProps {
  readonly initial: ResultChanges
  readonly kind: RowChangeKind | null
  readonly onKind: (kind: RowChangeKind | null) => void
  readonly by: string
  readonly onBy: (by: string) => void
}

function Choices({ initial, kind, onKind, by, onBy }: ChoicesProps) {
  const measures = initial.columns.flatMap(({ name, role }, at) =>
    role === 'measure' ? [[String(at), say(words.bySize, { column: columnTitle(name) })] as const] : [],
  )
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <KindChoice initial={initial} kind={kind} onKind={onKind} />
      {measures.length > 0 && (
        <SelectField
          label={words.sort}
          isLabelShown={false}
          className="max-w-full"
          options={[['', words.asTheyCame], ...measures]}
          value={by}
          onChange={(event) => onBy(event.target.value)}
        />
      )}
      <p className="w-full text-sm text-fg-2">{say(words.same, { count: initial.same })}</p>
    </div>
  )
}

function KindChoice({ initial, kind, onKind }: Pick<ChoicesProps, 'initial' | 'kind' | 'onKind'>) {
  const counts = { all: initial.added + initial.removed + initial.changed, ...initial }
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">{words.show}</legend>
      {(['all', 'changed', 'added', 'removed'] as const).map((each) => (
        <Button
          key={each}
          size="sm"
          look={each === (kind ?? 'all') ? 'secondary' : 'quiet'}
          aria-pressed={each === (kind ?? 'all')}
          disabled={counts[each] === 0}
          onClick={() => onKind(each === 'all' ? null : each)}
        >
          {say(words.kindCount, { kind: words.kinds[each], count: counts[each] })}
        </Button>
      ))}
    </fieldset>
  )
}

interface TakeAlongProps extends Pick<ResultChangesProps, 'fileName'> {
  readonly fetch: (from: number) => Promise<ResultChanges>
}

/** All rows that differ as text for the clipboard or as a file, those that are not on the page included. */
function TakeAlong({ fetch, fileName }: TakeAlongProps) {
  const toast = useToast()
  const take = useMutation({
    mutationFn: async (way: 'copy' | 'file') => {
      const first = await fetch(0)
      const rows = [...first.rows]
      while (rows.length < first.found) {
        const next = await fetch(rows.length)
        if (next.rows.length === 0) break
        rows.push(...next.rows)
      }
      const all = { columns: first.columns, rows }
      if (way === 'file') saveText(`${fileName}.csv`, differencesCsv(all))
      else toast({ text: (await copyText(differencesText(all))) ? words.copied : copyRefused })
    },
  })
  return (
    <div className="flex flex-wrap gap-2">
      <Button look="quiet" size="sm" disabled={take.isPending} onClick={() => take.mutate('copy')}>
        <Copy size={15} aria-hidden />
        {words.copy}
      </Button>
      <Button look="quiet" size="sm" disabled={take.isPending} onClick={() => take.mutate('file')}>
        <Download size={15} aria-hidden />
        {words.download}
      </Button>
      <Fault error={take.error} />
    </div>
  )
}

function saveText(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
