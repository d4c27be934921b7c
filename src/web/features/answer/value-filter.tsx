import { useId, useState } from 'react'
import type { Cell, Column } from '../../../contract/result.ts'
import type { ColumnSummary } from '../../../contract/result-view.ts'
import { exactCell, shownCell } from '../../../contract/words/cells.ts'
import { TextField } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { columnWords as words } from '../../words/grid.ts'
import { languageLocale, say } from '../../words/language.ts'
import { filterOf, useSummary, type ColumnPartProps, type FilterOf } from './column-parts.tsx'
import { withFilter, withoutFilter } from './grid-view.ts'

const listedValues = 200
/** A filter holds at most so many values, each of at most so many characters. */
const [mostChosen, longestValue, shownLetters] = [1_000, 10_000, 200]

/** The values of the column with how often they occur, to keep or to leave out. */
export function ValueFilter(props: ColumnPartProps) {
  const { view, position } = props
  const [search, setSearch] = useState('')
  const now = filterOf(props, 'values')
  // What other filters leave: this one's own values would all be there or all be gone.
  const others = now === undefined ? view : withoutFilter(view, now)
  const { summary, problem } = useSummary(props, { view: others, position, search, valueCount: listedValues })
  const hasMore = summary !== null && search === '' && summary.distinct > summary.values.length
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={words.values}
        placeholder={words.searchValues}
        dir="auto"
        maxLength={500}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      {problem !== null && <p className="text-bad">{problem.message}</p>}
      {summary !== null && <ValueList {...props} now={now} summary={summary} isSearched={search !== ''} />}
      {hasMore && (
        <p className="text-xs text-fg-3">
          {say(words.mostFrequent, {
            count: summary.values.length,
            amount: summary.distinct.toLocaleString(languageLocale),
          })}
        </p>
      )}
    </div>
  )
}

interface ValueListProps extends ColumnPartProps {
  readonly now: FilterOf<'values'> | undefined
  readonly summary: ColumnSummary
  readonly isSearched: boolean
}

function ValueList({ now, summary, isSearched, column, position, onView }: ValueListProps) {
  const [isExcluded, setExcluded] = useState(now?.isExcluded ?? false)
  const chosen = new Set(now?.values)
  const set = (values: readonly (string | null)[], isOut: boolean): void => {
    const kept = { kind: 'values' as const, column: position, values: values.slice(0, mostChosen), isExcluded: isOut }
    if (values.length > 0) onView((before) => withFilter(before, kept))
    else if (now !== undefined) onView((before) => withoutFilter(before, now))
  }
  const listed = listedOf(summary, isSearched)
  const most = Math.max(1, ...listed.map(({ count }) => count))
  const choose = (isOut: boolean): void => {
    setExcluded(isOut)
    set([...chosen], isOut)
  }
  if (listed.length === 0) return <p className="text-fg-3">{words.noValues}</p>
  return (
    <>
      <ul aria-label={words.values} className="flex max-h-56 flex-col overflow-y-auto">
        {listed.map(({ value, count }) => (
          <ValueRow
            key={value === null ? 'NULL' : `"${String(value)}`}
            {...{ value, count, most, column, chosen }}
            onChoose={(values) => set(values, isExcluded)}
          />
        ))}
      </ul>
      <KeepOrLeave isExcluded={isExcluded} onChange={choose} />
    </>
  )
}

/** The values of a summary, NULL last. */
function listedOf({ values, nulls }: ColumnSummary, isSearched: boolean): ColumnSummary['values'] {
  const given = values.filter(({ value }) => value !== null)
  return nulls > 0 && !isSearched ? [...given, { value: null, count: nulls }] : given
}

interface ValueRowProps {
  readonly value: Cell
  readonly count: number
  /** How often the most frequent one occurs. */
  readonly most: number
  readonly column: Column
  readonly chosen: ReadonlySet<string | null>
  readonly onChoose: (chosen: readonly (string | null)[]) => void
}

function ValueRow({ value, count, most, column, chosen, onChoose }: ValueRowProps) {
  const formats = useFormats()
  const exact = exactCell(value, column)
  const others = [...chosen].filter((each) => each !== exact)
  const isTooLong = (exact?.length ?? 0) > longestValue
  const shown = shownCell(typeof value === 'string' ? value.slice(0, shownLetters) : value, column, formats)
  return (
    <li>
      <label
        title={isTooLong ? words.tooLong : shown}
        className="relative flex min-h-8 cursor-pointer items-center gap-2.5 rounded-md px-1.5 hover:bg-hover pointer-coarse:min-h-10"
      >
        <input
          type="checkbox"
          checked={chosen.has(exact)}
          disabled={isTooLong}
          onChange={({ target }) => onChoose(target.checked ? [...others, exact] : others)}
          className="size-4 shrink-0 accent-accent"
        />
        <span dir="auto" className={`min-w-0 flex-1 truncate ${value === null ? 'text-fg-3 italic' : ''}`}>
          {shown}
        </span>
        <span className="tabular shrink-0 text-fg-3">{count.toLocaleString(formats.locale)}</span>
        <ShareBar share={count / most} />
      </label>
    </li>
  )
}

const ShareBar = ({ share }: { readonly share: number }) => (
  <span
    aria-hidden
    className="absolute bottom-0.5 left-8 h-0.5 rounded-full bg-accent"
    style={{ width: `calc((100% - 2.5rem) * ${share})` }}
  />
)

function KeepOrLeave({
  isExcluded,
  onChange,
}: {
  readonly isExcluded: boolean
  readonly onChange: (isOut: boolean) => void
}) {
  const name = useId()
  return (
    <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
      <legend className="sr-only">{words.values}</legend>
      {[false, true].map((isOut) => (
        <label key={String(isOut)} className="flex min-h-7 cursor-pointer items-center gap-2 pointer-coarse:min-h-10">
          <input
            type="radio"
            name={name}
            checked={isExcluded === isOut}
            onChange={() => onChange(isOut)}
            className="size-4 accent-accent"
          />
          {isOut ? words.leaveOut : words.keepOnly}
        </label>
      ))}
    </fieldset>
  )
}
