import { Columns3, Maximize2, Minimize2, Search, X } from 'lucide-react'
import { useCallback, useEffect, useId, useRef, useState, type RefObject } from 'react'
import type { Column } from '../../../contract/result.ts'
import { useFormats } from '../../ui/formats.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import { gridWords as words } from '../../words/grid.ts'
import { say } from '../../words/language.ts'
import type { RowSource } from '../../rows/row-source.ts'
import { filterInWords } from './filter-words.ts'
import { showsAllRows, withoutFilter, withoutFilters, type ChangeView, type GridView } from './grid-view.ts'

const ColumnChooser = makeLazyPart(() => import('./column-panel.tsx').then((module) => module.ColumnChooser))

export interface GridToolbarProps {
  readonly source: RowSource
  readonly view: GridView
  readonly onView: ChangeView
  /** Rows in the view. */
  readonly count: number
  readonly isBusy: boolean
  readonly isFull: boolean
  readonly onFull: (isFull: boolean) => void
  readonly search: RefObject<HTMLInputElement | null>
}

/** What is done with the table as a whole: searching, choosing columns, the whole screen; and the filters that hold. */
export function GridToolbar({ source, view, onView, count, isBusy, isFull, onFull, search }: GridToolbarProps) {
  const [isChoosing, setChoosing] = useState(false)
  const onSearch = useCallback((text: string) => onView((now) => ({ ...now, search: text })), [onView])
  const chooser = useRef<HTMLButtonElement>(null)
  const hidden = view.hidden.length
  const columnsLabel = hidden === 0 ? words.columns : say(words.someHidden, { count: hidden })
  return (
    <>
      <fieldset
        aria-label={words.bar}
        className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-2 py-1.5 print:hidden"
      >
        <SearchBox value={view.search} onSearch={onSearch} box={search} />
        <FilteredCount {...{ source, view, count, isBusy }} />
        <span className="ml-auto flex">
          <Button ref={chooser} look="quiet" size="sm" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
            <Columns3 size={15} aria-hidden />
            <span className={hidden === 0 ? 'max-sm:sr-only' : undefined}>{columnsLabel}</span>
          </Button>
          <IconButton
            label={isFull ? words.leaveFullScreen : words.fullScreen}
            icon={isFull ? Minimize2 : Maximize2}
            onClick={() => onFull(!isFull)}
          />
        </span>
      </fieldset>
      <FilterChips columns={source.columns} {...{ view, onView }} />
      {isChoosing && (
        <ColumnChooser
          {...{ source, view, onView }}
          anchor={() => chooser.current}
          onClose={() => {
            setChoosing(false)
            chooser.current?.focus()
          }}
        />
      )}
    </>
  )
}

/** How many rows the search and the filters leave. */
function FilteredCount({
  source,
  view,
  count,
  isBusy,
}: Pick<GridToolbarProps, 'source' | 'view' | 'count' | 'isBusy'>) {
  const { locale } = useFormats()
  const [shown, amount] = [count.toLocaleString(locale), source.allRows.toLocaleString(locale)]
  return (
    <output className="tabular px-1 text-sm text-fg-2 max-sm:order-1 max-sm:basis-full">
      {!showsAllRows(view) && !isBusy && say(words.filtered, { count: source.allRows, shown, amount })}
    </output>
  )
}

/** How long a person has to pause before the rows are searched, in milliseconds. */
const pauseMs = 200

interface SearchBoxProps {
  readonly value: string
  /** Stays the same while nothing else is searched. */
  readonly onSearch: (text: string) => void
  readonly box: RefObject<HTMLInputElement | null>
}

function SearchBox({ value, onSearch, box }: SearchBoxProps) {
  const id = useId()
  const [text, setText] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    setText(value)
  }
  useEffect(() => {
    if (text === value) return undefined
    const timer = setTimeout(() => onSearch(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text, value, onSearch])
  return (
    <div className="relative min-w-40 flex-1 basis-40 sm:max-w-64">
      <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-fg-3" />
      <label htmlFor={id} className="sr-only">
        {words.search}
      </label>
      <input
        id={id}
        ref={box}
        type="text"
        enterKeyHint="search"
        maxLength={500}
        value={text}
        placeholder={words.search}
        dir="auto"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          // The key that clears the search must not reach the page, where it stops what runs.
          event.stopPropagation()
          event.preventDefault()
          setText('')
        }}
        className="h-8 w-full rounded-lg border border-line bg-input pr-8 pl-8 text-sm text-fg placeholder:text-fg-3 hover:border-line-strong pointer-coarse:h-10"
      />
      {text !== '' && (
        <IconButton
          label={words.clearSearch}
          icon={X}
          className="absolute inset-y-0 right-0 h-full"
          onClick={() => {
            setText('')
            box.current?.focus()
          }}
        />
      )}
    </div>
  )
}

export interface FilterChipsProps extends Pick<GridToolbarProps, 'view' | 'onView'> {
  readonly columns: readonly Column[]
  /** Whether the search is told too, where no field shows it. */
  readonly isSearchTold?: boolean
}

/** The filters that hold, each with its way out. */
export function FilterChips({ columns, view, onView, isSearchTold = false }: FilterChipsProps) {
  const formats = useFormats()
  const { filters, search } = view
  const isSearchShown = isSearchTold && search !== ''
  if (filters.length === 0 && !isSearchShown) return null
  return (
    <ul
      aria-label={words.filters}
      className="flex max-h-24 flex-wrap gap-1.5 overflow-y-auto border-b border-line px-2 py-1.5 print:hidden"
    >
      {isSearchShown && <Chip text={search} onRemove={() => onView((now) => ({ ...now, search: '' }))} />}
      {filters.map((filter) => (
        <Chip
          key={`${filter.column} ${filter.kind}`}
          text={filterInWords(filter, columns, formats)}
          onRemove={() => onView((now) => withoutFilter(now, filter))}
        />
      ))}
      {filters.length > 1 && (
        <li>
          <Button look="quiet" size="sm" onClick={() => onView(withoutFilters)}>
            {words.removeAll}
          </Button>
        </li>
      )}
    </ul>
  )
}

const Chip = ({ text, onRemove }: { readonly text: string; readonly onRemove: () => void }) => (
  <li className="flex min-h-7 max-w-full items-center rounded-lg border border-line bg-raised pl-2.5 text-sm">
    <bdi className="truncate" title={text}>
      {text}
    </bdi>
    <button
      type="button"
      aria-label={say(words.removeFilter, { filter: text })}
      onClick={onRemove}
      className="flex size-7 shrink-0 items-center justify-center rounded-lg text-fg-3 hover:bg-hover hover:text-fg pointer-coarse:size-9"
    >
      <X size={13} aria-hidden />
    </button>
  </li>
)
