import { useState, type FormEvent, type ReactNode } from 'react'
import type { Column } from '../../../contract/result.ts'
import type { ResultFilter } from '../../../contract/result-view.ts'
import type { Formats } from '../../../contract/words/formats.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { columnWords as words } from '../../words/grid.ts'
import { say } from '../../words/language.ts'
import { dayOf, dayRange, readNumber } from './filter-words.ts'
import { filterOf, PanelPart, type ColumnPartProps } from './column-parts.tsx'
import { ValueFilter } from './value-filter.tsx'
import { withFilter, withoutFilter } from './grid-view.ts'

/** Which rows stay, by this column: those with some values, or within a range. */
export function ColumnFilters(props: ColumnPartProps) {
  const { kind } = props.column
  const hasRange = kind === 'number' || kind === 'date' || kind === 'timestamp' || kind === 'time'
  return (
    <PanelPart title={words.filter}>
      {hasRange ? <RangeFilter {...props} /> : kind !== 'boolean' && <TextFilter {...props} />}
      <ValueFilter {...props} />
    </PanelPart>
  )
}

/** The range that two fields ask for, or the field whose text is none. */
function readRange(
  { column, position }: ColumnPartProps,
  texts: RangeTexts,
  formats: Formats,
): ResultFilter | keyof RangeTexts {
  const { from, to } = texts
  if (column.kind === 'date' || column.kind === 'timestamp') return dayRange(position, column.kind, from, to)
  const read = (text: string): string | null | undefined =>
    text.trim() === '' ? null : column.kind === 'time' ? text : (readNumber(text, formats) ?? undefined)
  const [first, last] = [read(from), read(to)]
  if (first === undefined) return 'from'
  return last === undefined ? 'to' : { kind: 'range', column: position, from: first, to: last }
}

interface RangeTexts {
  readonly from: string
  readonly to: string
}

const noTexts: RangeTexts = { from: '', to: '' }

/** A bound of a range as its field shows it. */
function boundText(bound: string | null, { kind }: Column, formats: Formats): string {
  if (bound === null || kind === 'time') return bound ?? ''
  return kind === 'number' ? formats.number(bound, { grouped: false }) : dayOf(bound)
}

/** From one value to another, both included. */
function RangeFilter(props: ColumnPartProps) {
  const { column, onView } = props
  const formats = useFormats()
  const now = filterOf(props, 'range')
  const shown = (bound: string | null | undefined): string => boundText(bound ?? null, column, formats)
  const [texts, setTexts] = useState<RangeTexts>(() => ({ from: shown(now?.from), to: shown(now?.to) }))
  const [fault, setFault] = useState<keyof RangeTexts | null>(null)
  const apply = (wanted: RangeTexts): void => {
    setTexts(wanted)
    const filter = readRange(props, wanted, formats)
    setFault(typeof filter === 'string' ? filter : null)
    if (typeof filter === 'string' || filter.kind !== 'range') return
    if (filter.from !== null || filter.to !== null) onView((before) => withFilter(before, filter))
    else if (now !== undefined) onView((before) => withoutFilter(before, now))
  }
  return (
    <FilterForm isSet={now !== undefined} onApply={() => apply(texts)} onClear={() => apply(noTexts)}>
      <RangeFields {...{ column, texts, fault }} onTexts={setTexts} />
    </FilterForm>
  )
}

interface RangeFieldsProps extends Pick<ColumnPartProps, 'column'> {
  readonly texts: RangeTexts
  readonly fault: keyof RangeTexts | null
  readonly onTexts: (texts: RangeTexts) => void
}

function RangeFields({ column, texts, fault, onTexts }: RangeFieldsProps) {
  const formats = useFormats()
  const example = say(words.notNumber, { example: formats.number('1234.5', { grouped: false }) })
  const field = column.kind === 'number' ? numberField : column.kind === 'time' ? timeField : dayField
  return (
    <div className="grid grid-cols-2 gap-2">
      {ends.map((end) => (
        <TextField
          key={end}
          label={words[end]}
          {...field}
          value={texts[end]}
          fault={fault === end ? example : null}
          onChange={(event) => onTexts({ ...texts, [end]: event.target.value })}
        />
      ))}
    </div>
  )
}

const ends = ['from', 'to'] as const
const numberField = { type: 'text', inputMode: 'decimal' } as const
const timeField = { type: 'time', step: 1 } as const
const dayField = { type: 'date' } as const

interface FilterFormProps {
  readonly isSet: boolean
  readonly onApply: () => void
  readonly onClear: () => void
  readonly children: ReactNode
}

/** Fields of a filter, with the buttons that put it on and take it off. */
function FilterForm({ isSet, onApply, onClear, children }: FilterFormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onApply()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2" noValidate>
      {children}
      <div className="flex gap-1.5">
        <Button type="submit" size="sm">
          {words.apply}
        </Button>
        {isSet && (
          <Button look="quiet" size="sm" onClick={onClear}>
            {words.remove}
          </Button>
        )}
      </div>
    </form>
  )
}

/** Cells that hold a text. */
function TextFilter(props: ColumnPartProps) {
  const { position, onView } = props
  const now = filterOf(props, 'contains')
  const [text, setText] = useState(now?.text ?? '')
  const apply = (wanted: string): void => {
    setText(wanted)
    if (wanted !== '') onView((before) => withFilter(before, { kind: 'contains', column: position, text: wanted }))
    else if (now !== undefined) onView((before) => withoutFilter(before, now))
  }
  return (
    <FilterForm isSet={now !== undefined} onApply={() => apply(text)} onClear={() => apply('')}>
      <TextField
        label={words.contains}
        dir="auto"
        maxLength={1_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </FilterForm>
  )
}
