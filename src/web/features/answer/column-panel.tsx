import { X } from 'lucide-react'
import { useLayoutEffect, useState, type ReactNode } from 'react'
import { columnTitle } from '../../../contract/words/columns.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { useModal } from '../../ui/modal.tsx'
import { columnWords as words } from '../../words/grid.ts'
import { languageLocale, say } from '../../words/language.ts'
import { ColumnFilters } from './column-filters.tsx'
import { PanelPart, type ColumnSource } from './column-parts.tsx'
import { ColumnFigures } from './column-figures.tsx'
import { kindIcons } from './grid-parts.tsx'
import { hideColumns, moveColumn, pinColumn, resizeColumn, sortBy } from './grid-view.ts'

interface FloatProps {
  readonly label: string
  /** What it stands beside. */
  readonly anchor: () => Element | null
  readonly onClose: () => void
  readonly children: ReactNode
}

const [gapPx, widthPx] = [8, 340]

/** A dialog beside what it is about; on phones it stands at the bottom. A press beside it closes it. */
function Float({ label, anchor, onClose, children }: FloatProps) {
  const dialog = useModal()
  useLayoutEffect(() => {
    const [shown, beside] = [dialog.current, anchor()?.getBoundingClientRect()]
    if (shown === null || beside === undefined || innerWidth < 640) return
    const left = Math.max(gapPx, Math.min(beside.left, innerWidth - widthPx - gapPx))
    const room = innerHeight - beside.bottom - 2 * gapPx
    const top = room >= 420 ? beside.bottom + 4 : Math.max(gapPx, innerHeight - 640)
    Object.assign(shown.style, { left: `${left}px`, top: `${top}px`, maxHeight: `${innerHeight - top - gapPx}px` })
    // oxlint-disable-next-line react/exhaustive-deps -- stays where it was opened
  }, [])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape is the key for it
    <dialog
      ref={dialog}
      aria-label={label}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onClose={({ currentTarget: { open, isConnected } }) => isConnected && !open && onClose()}
      className="fixed m-0 w-[340px] max-w-none overflow-hidden rounded-xl border border-line-strong bg-surface text-sm text-fg shadow-float backdrop:bg-transparent max-sm:inset-x-0 max-sm:top-auto max-sm:bottom-0 max-sm:max-h-[85dvh] max-sm:w-full max-sm:rounded-b-none"
    >
      <div className="flex max-h-[inherit] flex-col">{children}</div>
    </dialog>
  )
}

const FloatHead = ({ children, onClose }: { readonly children: ReactNode; readonly onClose: () => void }) => (
  <header className="flex shrink-0 items-start gap-2 border-b border-line py-2 pr-1.5 pl-4">
    <div className="min-w-0 flex-1 py-1">{children}</div>
    <IconButton label={words.close} icon={X} onClick={onClose} />
  </header>
)

export interface ColumnPanelProps extends ColumnSource {
  /** Positions of the columns that are shown, in their order. */
  readonly shown: readonly number[]
  readonly widthPx: number
  readonly anchor: () => Element | null
  readonly onSelect: () => void
  readonly onCopy: () => void
  readonly onClose: () => void
}

/** What can be done with one column, and what it holds. */
export function ColumnPanel(props: ColumnPanelProps) {
  const { source, position, onClose } = props
  const column = source.columns[position]
  if (column === undefined) return null
  const Kind = kindIcons[column.kind]
  return (
    <Float label={columnTitle(column.name).slice(0, 200)} anchor={props.anchor} onClose={onClose}>
      <FloatHead onClose={onClose}>
        <h2 dir="auto" className="line-clamp-3 font-semibold break-words">
          {columnTitle(column.name).slice(0, 300)}
        </h2>
        <p className="flex items-center gap-1.5 text-xs break-all text-fg-3">
          <Kind size={13} aria-hidden className="shrink-0" />
          <bdi>{`${column.name.slice(0, 300)} · ${column.type}`}</bdi>
        </p>
      </FloatHead>
      <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-4 py-3">
        <SortActions {...props} />
        <ColumnFilters key={`filters ${position}`} {...props} column={column} />
        <ColumnFigures {...props} column={column} />
        <PlaceActions {...props} />
      </div>
    </Float>
  )
}

const directions = ['ascending', 'descending'] as const
const sortWords = { ascending: words.ascending, descending: words.descending }
const thenWords = { ascending: words.thenAscending, descending: words.thenDescending }

function SortActions({ view, onView, position }: ColumnPanelProps) {
  const now = view.sort.find(({ column }) => column === position)?.direction ?? null
  const isAlone = view.sort.every(({ column }) => column === position)
  return (
    <PanelPart title={words.sort}>
      <div className="flex flex-wrap gap-1.5">
        {(isAlone ? [false] : [false, true]).map((isAdded) =>
          directions.map((direction) => (
            <Button
              key={`${direction} ${isAdded}`}
              size="sm"
              aria-pressed={now === direction && isAdded === view.sort.length > 1}
              className="aria-pressed:border-focus aria-pressed:bg-active"
              onClick={() => onView((before) => sortBy(before, position, direction, isAdded))}
            >
              {(isAdded ? thenWords : sortWords)[direction]}
            </Button>
          )),
        )}
        {now !== null && (
          <Button look="quiet" size="sm" onClick={() => onView((before) => sortBy(before, position, null, true))}>
            {words.unsorted}
          </Button>
        )}
      </div>
    </PanelPart>
  )
}

/** How far a press moves the edge of a column. */
const stepPx = 40

/** Where a column stands, how wide it is, and what else is done with it as a whole. */
function placeActions(
  props: ColumnPanelProps,
): readonly (readonly [name: string, act: () => void, isPossible: boolean])[] {
  const { source, view, onView, shown, position, widthPx: ownPx, onSelect, onCopy, onClose } = props
  const count = source.columns.length
  const isPinned = view.pinned.includes(position)
  const group = shown.filter((each) => view.pinned.includes(each) === isPinned)
  const leave = (act: () => void) => (): void => {
    act()
    onClose()
  }
  return [
    [isPinned ? words.unpin : words.pin, () => onView((now) => pinColumn(now, position)), true],
    [words.moveLeft, () => onView((now) => moveColumn(now, count, position, -1)), group[0] !== position],
    [words.moveRight, () => onView((now) => moveColumn(now, count, position, 1)), group.at(-1) !== position],
    [words.wider, () => onView((now) => resizeColumn(now, position, ownPx + stepPx)), true],
    [words.narrower, () => onView((now) => resizeColumn(now, position, ownPx - stepPx)), true],
    [words.fit, () => onView((now) => resizeColumn(now, position, null)), true],
    [words.select, leave(onSelect), true],
    [words.copy, leave(onCopy), true],
    [words.hide, leave(() => onView((now) => hideColumns(now, [position], true))), shown.length > 1],
  ]
}

const PlaceActions = (props: ColumnPanelProps) => (
  <PanelPart title={words.place}>
    <div className="flex flex-wrap gap-1.5">
      {placeActions(props).map(([name, act, isPossible]) => (
        <Button
          key={name}
          size="sm"
          aria-disabled={!isPossible}
          onClick={() => isPossible && act()}
          className="aria-disabled:text-fg-off"
        >
          {name}
        </Button>
      ))}
    </div>
  </PanelPart>
)

export interface ColumnChooserProps extends Pick<
  ColumnPanelProps,
  'source' | 'view' | 'onView' | 'anchor' | 'onClose'
> {}

/** Columns that are listed at once; others are found by their name. */
const mostListed = 200

interface ChooserRowProps {
  readonly title: string
  readonly isShown: boolean
  /** True for the last one: a table without columns shows nothing. */
  readonly isFixed: boolean
  readonly onShow: (isShown: boolean) => void
}

const ChooserRow = ({ title, isShown, isFixed, onShow }: ChooserRowProps) => (
  <li>
    <label className="flex min-h-8 cursor-pointer items-center gap-2.5 rounded-lg px-2 hover:bg-hover pointer-coarse:min-h-10">
      <input
        type="checkbox"
        checked={isShown}
        disabled={isFixed}
        onChange={({ target }) => onShow(target.checked)}
        className="size-4 shrink-0 accent-accent"
      />
      <span dir="auto" className="truncate">
        {title}
      </span>
    </label>
  </li>
)

/** The columns of the result, each to be shown or hidden. */
export function ColumnChooser({ source: { columns }, view, onView, anchor, onClose }: ColumnChooserProps) {
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const hidden = new Set(view.hidden)
  const found = columns.flatMap(({ name }, at) =>
    wanted === '' || name.toLowerCase().includes(wanted) || columnTitle(name).toLowerCase().includes(wanted)
      ? [at]
      : [],
  )
  const set = (positions: readonly number[], isHidden: boolean): void =>
    onView((now) => hideColumns(now, positions, isHidden))
  const left = found.length - mostListed
  const isLastShown = columns.length - hidden.size === 1
  return (
    <Float label={words.chooser} anchor={anchor} onClose={onClose}>
      <FloatHead onClose={onClose}>
        <h2 className="font-semibold">{words.chooser}</h2>
      </FloatHead>
      <div className="flex shrink-0 flex-wrap items-center gap-1.5 px-4 py-2.5">
        <input
          type="text"
          aria-label={words.searchColumns}
          placeholder={words.searchColumns}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-lg border border-line-strong bg-input px-2.5 placeholder:text-fg-3 pointer-coarse:h-10"
        />
        <Button size="sm" onClick={() => set(found, false)}>
          {words.showAll}
        </Button>
      </div>
      <ul className="flex min-h-0 flex-col overflow-y-auto px-2 pb-2">
        {found.slice(0, mostListed).map((at) => (
          <ChooserRow
            key={at}
            title={columnTitle(columns[at]?.name ?? '').slice(0, 200)}
            isShown={!hidden.has(at)}
            isFixed={isLastShown && !hidden.has(at)}
            onShow={(isShown) => set([at], !isShown)}
          />
        ))}
      </ul>
      {found.length === 0 && <p className="px-4 pb-4 text-fg-3">{words.noColumns}</p>}
      {left > 0 && (
        <p className="shrink-0 border-t border-line px-4 py-2 text-fg-3">
          {say(words.moreColumns, { count: left, amount: left.toLocaleString(languageLocale) })}
        </p>
      )}
    </Float>
  )
}
