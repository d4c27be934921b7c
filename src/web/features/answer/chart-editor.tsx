import { Switch } from '@base-ui/react/switch'
import { useId, type ReactNode } from 'react'
import { paletteSize, type ChartSettings, type DrawnKind } from '../../../contract/chart-settings.ts'
import type { ChartChoice, Column } from '../../../contract/result.ts'
import { columnTitle } from '../../../contract/words/columns.ts'
import { SelectField } from '../../ui/form.tsx'
import { useTheme } from '../../ui/theme.ts'
import { chartWords } from '../../words/answer.ts'
import { chartEditorWords as words } from '../../words/charts.ts'
import { say } from '../../words/language.ts'
import { chartData } from './chart-data.ts'
import { paletteOf } from './chart-look.ts'
import { addsUp, mayDraw, paletteOrder, withKind, withStacking, type ChartRequest } from './chart-request.ts'

export interface ChartEditorProps {
  readonly chart: ChartChoice
  readonly columns: readonly Column[]
  readonly request: ChartRequest
  readonly settings: ChartSettings
  readonly onSettings: (settings: ChartSettings) => void
}

const kinds: readonly DrawnKind[] = ['line', 'area', 'bar', 'horizontal-bar', 'donut', 'scatter']
const counts = [3, 5, 10, 15, 20, 30, 50] as const
const digitCounts = [0, 1, 2, 3, 4] as const
const none = ''

/** Every choice about a chart. Each takes effect at once and is kept with the answer. */
export function ChartEditor(props: ChartEditorProps) {
  const { settings, onSettings } = props
  const set = (change: Partial<ChartSettings>): void => onSettings({ ...settings, ...change })
  return (
    <section
      aria-label={words.title}
      className="grid gap-x-4 gap-y-3 rounded-lg border border-line bg-raised p-3 sm:grid-cols-2 lg:grid-cols-3 print:hidden"
    >
      <ColumnFields {...props} set={set} />
      <OrderFields {...props} set={set} />
      <NumberFields {...props} set={set} />
      <div className="flex flex-col gap-2 sm:col-span-full">
        <Flag label={words.values} checked={settings.showsValues} onChange={(showsValues) => set({ showsValues })} />
        {settings.series !== null && (
          <Flag label={words.panels} checked={settings.panels} onChange={(panels) => set({ panels })} />
        )}
        {(props.chart.unfinished ?? []).length > 0 && (
          <Flag
            label={words.unfinished}
            checked={settings.marksUnfinished}
            onChange={(marksUnfinished) => set({ marksUnfinished })}
          />
        )}
      </div>
      <Colours {...props} set={set} />
    </section>
  )
}

interface PartProps extends ChartEditorProps {
  readonly set: (change: Partial<ChartSettings>) => void
}

/** Bars of one kind and another are one thing to choose here: how they stand upon each other is chosen beside it. */
const plainKind = (kind: DrawnKind): DrawnKind => (kind === 'stacked-bar' || kind === 'grouped-bar' ? 'bar' : kind)

/** What is drawn: the kind, what lies along the axis, the numbers, and what splits them. */
function ColumnFields({ chart, request, columns, settings, onSettings, set }: PartProps) {
  const offered = kinds.filter((kind) => kind === settings.kind || mayDraw(chart, request, kind))
  const named = columns.map(({ name }, at) => [String(at), columnTitle(name)] as const)
  const numbers = named.filter((_name, at) => columns[at]?.kind === 'number')
  const positionOf = (value: string): number | null => (value === none ? null : Number(value))
  return (
    <>
      <SelectField
        label={words.kind}
        options={offered.map((kind) => [kind, chartWords.kinds[kind]])}
        value={plainKind(settings.kind)}
        onChange={({ target }) => onSettings(withKind(settings, target.value as DrawnKind))}
      />
      <SelectField
        label={words.axis}
        options={named}
        value={settings.x ?? none}
        onChange={({ target }) => set({ x: positionOf(target.value) })}
      />
      <SelectField
        label={words.series}
        options={[[none, words.noColumn], ...named.filter(([at]) => Number(at) !== settings.x)]}
        value={settings.series ?? none}
        onChange={({ target }) => set({ series: positionOf(target.value), y: settings.y.slice(0, 1) })}
      />
      <fieldset className="flex min-w-0 flex-col gap-1.5 sm:col-span-full">
        <legend className="pb-1.5 text-sm font-medium">{words.measures}</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {numbers.map(([value, title]) => (
            <Measure key={value} position={Number(value)} title={title} settings={settings} set={set} />
          ))}
        </div>
      </fieldset>
    </>
  )
}

type MeasureProps = Pick<PartProps, 'settings' | 'set'> & { readonly position: number; readonly title: string }

/** One number to draw: the only one where something splits it, one of several else. */
function Measure({ position, title, settings: { y, series }, set }: MeasureProps) {
  const isChosen = y.includes(position)
  const choose = (): void => {
    if (series !== null) set({ y: [position] })
    else if (!isChosen) set({ y: [...y, position].slice(-8) })
    else if (y.length > 1) set({ y: y.filter((each) => each !== position) })
  }
  return (
    <label className="flex min-h-8 items-center gap-2 text-sm pointer-coarse:min-h-10">
      <input type={series === null ? 'checkbox' : 'radio'} checked={isChosen} onChange={choose} />
      {title}
    </label>
  )
}

/** In which order, how many, and how they stand beside or upon each other. */
function OrderFields({ chart, settings, set, onSettings }: PartProps) {
  const mayAdd = addsUp(chart, settings.y)
  return (
    <>
      <SelectField
        label={words.order}
        options={(['answer', 'value', 'label'] as const).map((order) => [order, words.orders[order]])}
        value={settings.order}
        onChange={({ target }) => set({ order: target.value as ChartSettings['order'] })}
      />
      <SelectField
        label={words.most}
        options={[
          [none, words.asFit],
          ...counts.map((count) => [String(count), say(words.mostOf, { count })] as const),
        ]}
        value={settings.most ?? none}
        onChange={({ target }) => set({ most: target.value === none ? null : Number(target.value) })}
      />
      {mayAdd ? (
        <>
          <SelectField
            label={words.stacking}
            options={(['none', 'stacked', 'share'] as const).map((way) => [way, words.stackings[way]])}
            value={settings.stacking}
            onChange={({ target }) => onSettings(withStacking(settings, target.value as ChartSettings['stacking']))}
          />
          <Flag label={words.others} checked={settings.joinsOthers} onChange={(joinsOthers) => set({ joinsOthers })} />
        </>
      ) : (
        <p className="self-end text-sm text-fg-2">{words.notAdded}</p>
      )}
    </>
  )
}

/** How numbers are written on the axis and beside marks. */
const NumberFields = ({ settings, set }: PartProps) => (
  <>
    <SelectField
      label={words.numbers}
      options={(['plain', 'compact', 'percent'] as const).map((form) => [form, words.forms[form]])}
      value={settings.numbers}
      onChange={({ target }) => set({ numbers: target.value as ChartSettings['numbers'] })}
    />
    <SelectField
      label={words.digits}
      options={[[none, words.digitsAuto], ...digitCounts.map((count) => [String(count), String(count)] as const)]}
      value={settings.digits ?? none}
      onChange={({ target }) => set({ digits: target.value === none ? null : Number(target.value) })}
    />
  </>
)

/** A colour of the palette for each series, or for the first slices. */
function Colours({ request, settings: { colours }, set }: PartProps) {
  const theme = useTheme()
  const { series, categories } = chartData(request)
  const names = (
    request.kind === 'donut' ? categories.map(({ label }) => label) : series.map(({ name }) => name)
  ).slice(0, paletteSize)
  const now = paletteOrder(colours)
  const swatches = paletteOf(
    theme,
    Array.from({ length: paletteSize }, (_none, at) => at),
  )
  const choose = (at: number, colour: number): void => {
    const next = names.map((_name, each) => now[each % now.length] ?? 0)
    next[at] = colour
    set({ colours: next })
  }
  return (
    <div className="flex flex-col gap-1.5 sm:col-span-full">
      {names.map((name, at) => (
        <fieldset key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <legend className="sr-only">{say(words.colour, { series: name })}</legend>
          <span className="w-40 truncate text-sm" aria-hidden>
            <bdi>{name}</bdi>
          </span>
          {swatches.map((colour, index) => (
            <button
              key={colour}
              type="button"
              aria-pressed={now[at % now.length] === index}
              aria-label={say(words.colourNumber, { count: index + 1 })}
              className="size-6 rounded-md border-2 border-transparent outline-offset-1 aria-pressed:border-fg pointer-coarse:size-8 forced-colors:forced-color-adjust-none forced-colors:aria-pressed:border-[CanvasText]"
              style={{ backgroundColor: colour }}
              onClick={() => choose(at, index)}
            />
          ))}
        </fieldset>
      ))}
    </div>
  )
}

interface FlagProps {
  readonly label: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function Flag({ label, checked, onChange }: FlagProps) {
  const id = useId()
  return (
    <div className="mt-auto flex min-h-9 items-center gap-2 text-sm">
      <Switch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        className="flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-input p-0.5 data-checked:bg-accent"
      >
        <Switch.Thumb className="size-3.5 rounded-full bg-fg-2 transition-transform data-checked:translate-x-4 data-checked:bg-white forced-colors:bg-[ButtonText]" />
      </Switch.Root>
      <label htmlFor={id}>{label}</label>
    </div>
  )
}
