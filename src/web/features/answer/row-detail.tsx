import { clsx } from 'clsx'
import { ChevronLeft, ChevronRight, X } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Cell, Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import { exactCell, shownCell } from '../../../contract/words/cells.ts'
import { columnTitle } from '../../../contract/words/columns.ts'
import { problemOf } from '../../transport/channel.ts'
import { mostWholeColumns, type RowSource } from '../../rows/row-source.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { useFormats } from '../../ui/formats.ts'
import { Modal } from '../../ui/modal.tsx'
import { detailWords as words } from '../../words/grid.ts'
import { say } from '../../words/language.ts'
import { kindIcons } from './grid-parts.tsx'
import { LongText, readJson, sliceLength, TreeEntries, type JsonNode } from './json-tree.tsx'

export interface RowDetailProps {
  readonly source: RowSource
  readonly view: RowsView
  readonly opened: { readonly row: number; readonly position: number }
  /** Positions of the columns that are shown, in their order. */
  readonly shown: readonly number[]
  /** Rows in the view. */
  readonly rows: number
  readonly onRow: (row: number) => void
  readonly onClose: () => void
}

/** Columns that are listed at once, and of thousands those before the one that the row was opened at. */
const [listedColumns, columnsBefore] = [100, 10]

/** Which of the shown columns are listed, by their places. */
interface Listed {
  readonly from: number
  readonly end: number
}

/** The columns that are listed first: from the first one on, or of too many to list from near the one that the row was opened at. */
function firstListed(shown: readonly number[], position: number): Listed {
  const at = Math.max(0, shown.indexOf(position))
  if (shown.length <= mostWholeColumns) return { from: 0, end: Math.max(listedColumns, at + columnsBefore) }
  const from = Math.max(0, at - columnsBefore)
  return { from, end: from + listedColumns }
}

/** One row in full: every column with its whole value, JSON as a tree, and the rows before and after it. */
export function RowDetail(props: RowDetailProps) {
  const { source, view, opened, shown, rows, onClose } = props
  const { locale } = useFormats()
  const [listed, setListed] = useState(() => firstListed(shown, opened.position))
  const positions = useMemo(() => shown.slice(listed.from, listed.end), [shown, listed])
  const { fields, fault } = useRow({ source, view, row: opened.row, positions })
  const title = say(words.title, { row: (opened.row + 1).toLocaleString(locale), rows: rows.toLocaleString(locale) })
  return (
    <Modal
      label={title}
      onClose={onClose}
      className="fixed inset-y-0 right-0 left-auto m-0 h-dvh max-h-none w-[min(34rem,100vw)] max-w-none border-l border-line-strong bg-surface text-sm"
    >
      <div className="flex h-full flex-col">
        <DetailHead {...props} title={title} />
        {fault !== null && (
          <p role="alert" className="px-4 py-3 text-bad">
            {fault}
          </p>
        )}
        {fields !== null && <Fields {...props} {...{ title, fields, listed }} onListed={setListed} />}
      </div>
    </Modal>
  )
}

function DetailHead({ title, opened: { row }, rows, onRow, onClose }: RowDetailProps & { readonly title: string }) {
  const turn = (by: -1 | 1): void => {
    if (row + by >= 0 && row + by < rows) onRow(row + by)
  }
  return (
    <header className="flex shrink-0 items-center gap-1 border-b border-line py-2 pr-2 pl-4">
      <h2 className="tabular min-w-0 flex-1 font-semibold">{title}</h2>
      <IconButton label={words.previous} icon={ChevronLeft} aria-disabled={row === 0} onClick={() => turn(-1)} />
      <IconButton label={words.next} icon={ChevronRight} aria-disabled={row + 1 >= rows} onClick={() => turn(1)} />
      <IconButton label={words.close} icon={X} onClick={onClose} />
    </header>
  )
}

interface FieldsProps extends RowDetailProps {
  readonly title: string
  readonly fields: readonly RowField[]
  readonly listed: Listed
  readonly onListed: (listed: Listed) => void
}

/** The columns of the row. */
function Fields({ source, opened: { position }, shown, title, fields, listed: { from, end }, onListed }: FieldsProps) {
  const before = Math.min(listedColumns, from)
  const behind = Math.min(listedColumns, shown.length - end)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys scroll it, whatever stands in it
    <ol tabIndex={0} aria-label={title} className="flex min-h-0 flex-1 flex-col overflow-y-auto -outline-offset-2">
      {before > 0 && (
        <MoreFields
          label={say(words.columnsBefore, { count: before })}
          onPress={() => onListed({ from: from - before, end })}
        />
      )}
      {fields.map((field) => (
        <Field
          key={field.position}
          column={source.columns[field.position]}
          cell={field.cell}
          isWanted={field.position === position}
        />
      ))}
      {behind > 0 && (
        <MoreFields
          label={say(words.moreColumns, { count: behind })}
          onPress={() => onListed({ from, end: end + behind })}
        />
      )}
    </ol>
  )
}

const MoreFields = ({ label, onPress }: { readonly label: string; readonly onPress: () => void }) => (
  <li className="p-3">
    <Button size="sm" onClick={onPress}>
      {label}
    </Button>
  </li>
)

/** A cell of the row, with the position of its column. */
interface RowField {
  readonly position: number
  readonly cell: Cell
}

interface RowNeeds extends Pick<RowDetailProps, 'source' | 'view'> {
  readonly row: number
  readonly positions: readonly number[]
}

/** Cells of a row of the view; those before stay until they are there. */
function useRow({ source, view, row, positions }: RowNeeds): {
  readonly fields: readonly RowField[] | null
  readonly fault: string | null
} {
  const [state, setState] = useState<ReturnType<typeof useRow>>({ fields: null, fault: null })
  useEffect(() => {
    const control = new AbortController()
    source.rows(view, { from: row, count: 1, columns: positions }, control.signal).then(
      ([cells]) =>
        setState({
          fields: cells === undefined ? null : positions.map((position, at) => ({ position, cell: cells[at] ?? null })),
          fault: null,
        }),
      (error: unknown) => !control.signal.aborted && setState({ fields: null, fault: problemOf(error).message }),
    )
    return () => control.abort()
  }, [source, view, row, positions])
  return state
}

interface FieldProps {
  readonly column: Column | undefined
  readonly cell: Cell
  /** Whether the row was opened at this column. */
  readonly isWanted: boolean
}

/** One column of the row. */
function Field({ column, cell, isWanted }: FieldProps) {
  const place = useRef<HTMLLIElement>(null)
  const [isText, setText] = useState(false)
  useEffect(() => {
    if (isWanted) place.current?.scrollIntoView({ block: 'nearest' })
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the row is opened
  }, [])
  const exact = exactCell(cell, column)
  const isTree = column?.kind === 'nested' || column?.kind === 'text'
  const tree = useMemo(() => (isTree ? readJson(exact ?? '') : null), [isTree, exact])
  if (column === undefined) return null
  const title = columnTitle(column.name).slice(0, 300)
  const Kind = kindIcons[column.kind]
  return (
    <li
      ref={place}
      className={clsx('flex flex-col gap-1 border-b border-line px-4 py-2.5', isWanted && 'bg-accent-bg')}
    >
      <div className="flex items-center gap-1.5 text-fg-3">
        <Kind size={13} aria-hidden className="shrink-0" />
        <h3 dir="auto" title={`${column.name.slice(0, 300)} · ${column.type}`} className="min-w-0 flex-1 truncate">
          {title}
        </h3>
        {tree !== null && <TreeSwitch isText={isText} onSwitch={() => setText(!isText)} />}
        <CopyButton what={say(words.value, { column: title })} text={() => exact ?? ''} />
      </div>
      <Value title={title} exact={exact} cell={cell} column={column} tree={isText ? null : tree} />
    </li>
  )
}

const TreeSwitch = ({ isText, onSwitch }: { readonly isText: boolean; readonly onSwitch: () => void }) => (
  <Button look="quiet" size="sm" className="h-7" onClick={onSwitch}>
    {isText ? words.asTree : words.asText}
  </Button>
)

interface ValueProps extends Pick<FieldProps, 'cell'> {
  readonly column: Column
  readonly title: string
  readonly exact: string | null
  readonly tree: JsonNode | null
}

/** A value with every digit and letter, and as the person reads it where that differs. */
function Value({ title, exact, cell, column, tree }: ValueProps) {
  const formats = useFormats()
  if (exact === null || exact === '')
    return <p className="text-fg-3 italic">{exact === null ? 'NULL' : words.emptyText}</p>
  if (tree !== null && 'entries' in tree)
    return (
      <ul aria-label={title} className="sql-text">
        <TreeEntries entries={tree.entries} isList={tree.kind === 'list'} />
      </ul>
    )
  const shown = exact.length > sliceLength ? exact : shownCell(cell, column, formats)
  return (
    <>
      <LongText key={exact} text={exact} />
      {shown !== exact && <p className="tabular text-fg-3">{shown}</p>}
    </>
  )
}
