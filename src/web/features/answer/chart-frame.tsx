import { clsx } from 'clsx'
import {
  ChartArea,
  ChartBar,
  ChartColumn,
  ChartColumnBig,
  ChartColumnStacked,
  ChartLine,
  ChartPie,
  ChartScatter,
  Download,
  Hash,
  RotateCcw,
  Settings2,
  Table2,
} from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ChartSettings, DrawnKind } from '../../../contract/chart-settings.ts'
import type { ChartChoice, Column } from '../../../contract/result.ts'
import type { ResultFilter } from '../../../contract/result-view.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle, unitOf } from '../../../contract/words/columns.ts'
import type { Row } from '../../turns/turn-view.ts'
import { useFormats } from '../../ui/formats.ts'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import { chartWords } from '../../words/answer.ts'
import { chartToolWords as words } from '../../words/charts.ts'
import { say } from '../../words/language.ts'
import { drawnText } from './chart-labels.ts'
import type { Mark, PickedMark } from './chart-marks.ts'
import {
  applySettings,
  chosenSettings,
  drawableKinds,
  isSameChart,
  withKind,
  type ChartRequest,
} from './chart-request.ts'

const ResultChart = makeLazyPart(
  () => import('./result-chart.tsx').then((module) => module.ResultChart),
  <div className="h-72" />,
)
const ChartEditor = makeLazyPart(() => import('./chart-editor.tsx').then((module) => module.ChartEditor))
const ChartTable = makeLazyPart(() => import('./chart-tools.tsx').then((module) => module.ChartTable))
const SaveButtons = makeLazyPart(() => import('./chart-tools.tsx').then((module) => module.SaveButtons))
const MarkMenu = makeLazyPart(() => import('./chart-tools.tsx').then((module) => module.MarkMenu))

const icons: Readonly<Record<DrawnKind, typeof Hash>> = {
  kpi: Hash,
  line: ChartLine,
  area: ChartArea,
  bar: ChartColumn,
  'horizontal-bar': ChartBar,
  'stacked-bar': ChartColumnStacked,
  'grouped-bar': ChartColumnBig,
  donut: ChartPie,
  scatter: ChartScatter,
}

export interface ChartFrameProps {
  readonly chart: ChartChoice
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** How a person wants it drawn; null for the chart that was chosen by rule. */
  readonly settings: ChartSettings | null
  readonly onSettings: (settings: ChartSettings | null) => void
  /** Given where the rows of the answer can be filtered. */
  readonly onFilter?: ((filters: readonly ResultFilter[]) => void) | undefined
  /** Given where questions can be asked: puts one into the box. */
  readonly onAskAbout?: ((question: string) => void) | undefined
}

/** A chart with its title, the reason for its kind, other kinds one press away, and what can be done with it. */
export function ChartFrame({ chart, columns, rows, settings, onSettings, onFilter, onAskAbout }: ChartFrameProps) {
  const [open, setOpen] = useState<OpenPart | null>(null)
  const [isTable, setTable] = useState(false)
  const [picked, setPicked] = useState<PickedMark | null>(null)
  const formats = useFormats()
  const request = useMemo<ChartRequest>(
    () => ({ ...applySettings(chart, settings, columns.length), columns, rows, formats }),
    [chart, settings, columns, rows, formats],
  )
  const { kind } = request
  const now = settings ?? chosenSettings(chart)
  const change = (next: ChartSettings): void => onSettings(isSameChart(next, chosenSettings(chart)) ? null : next)
  const canPick = onFilter !== undefined || onAskAbout !== undefined
  const isDrawn = kind !== 'kpi' && rows.length > 0
  return (
    <figure className="flex flex-col gap-3 px-4 pt-3 pb-4">
      <figcaption className="flex flex-wrap items-start gap-x-3 gap-y-2 text-sm">
        <p className="min-w-0 flex-1 basis-60 py-1 break-words text-fg-3">
          <bdi lang="en" className="text-fg-2">
            {drawnText(chart.title)}
          </bdi>
          {settings === null
            ? ` · ${say(chartWords.chosenBecause, { reason: drawnText(chart.reason) })}`
            : ` · ${words.yours}`}
        </p>
        <Kinds kinds={drawableKinds(chart)} chosen={now.kind} onChoose={(each) => change(withKind(now, each))} />
        <Tools
          isDrawn={isDrawn}
          isTable={isTable}
          open={open}
          onTable={() => setTable(!isTable)}
          onOpen={(part) => setOpen(open === part ? null : part)}
          onReset={settings === null ? null : () => onSettings(null)}
        />
      </figcaption>
      {open === 'save' && isDrawn && <SaveButtons request={request} />}
      {open === 'edit' && isDrawn && (
        <ChartEditor chart={chart} columns={columns} request={request} settings={now} onSettings={change} />
      )}
      <div className="relative flex flex-col gap-3">
        {isDrawn ? (
          <ResultChart
            request={request}
            {...(canPick ? { onPick: (mark: Mark, place) => setPicked({ mark, ...place }) } : {})}
            {...(onFilter === undefined ? {} : { onFilter })}
          />
        ) : (
          <KeyFigure {...request} />
        )}
        {isTable && isDrawn && <ChartTable request={request} onPick={canPick ? setPicked : null} />}
        {picked !== null && (
          <MarkMenu
            key={`${picked.mark.at} ${picked.mark.series}`}
            request={request}
            picked={picked}
            onFilter={onFilter}
            onAskAbout={onAskAbout}
            onClose={() => setPicked(null)}
          />
        )}
      </div>
    </figure>
  )
}

type OpenPart = 'edit' | 'save'

interface ToolsProps {
  readonly isDrawn: boolean
  readonly isTable: boolean
  readonly open: OpenPart | null
  readonly onTable: () => void
  readonly onOpen: (part: OpenPart) => void
  readonly onReset: (() => void) | null
}

/** What can be done with a chart as a whole. */
function Tools({ isDrawn, isTable, open, onTable, onOpen, onReset }: ToolsProps) {
  if (!isDrawn && onReset === null) return null
  return (
    <div className="flex rounded-lg border border-line p-0.5 print:hidden">
      {isDrawn && (
        <>
          <IconButton icon={Table2} label={words.asTable} pressed={isTable} onPress={onTable} />
          <IconButton icon={Settings2} label={words.edit} pressed={open === 'edit'} onPress={() => onOpen('edit')} />
          <IconButton icon={Download} label={words.save} pressed={open === 'save'} onPress={() => onOpen('save')} />
        </>
      )}
      {onReset !== null && <IconButton icon={RotateCcw} label={words.reset} onPress={onReset} />}
    </div>
  )
}

interface KindsProps {
  readonly kinds: readonly DrawnKind[]
  readonly chosen: DrawnKind
  readonly onChoose: (kind: DrawnKind) => void
}

function Kinds({ kinds, chosen, onChoose }: KindsProps) {
  const all = kinds.includes(chosen) ? kinds : [...kinds, chosen]
  if (all.length < 2) return null
  return (
    <fieldset className="flex rounded-lg border border-line p-0.5 print:hidden">
      <legend className="sr-only">{chartWords.kind}</legend>
      {all.map((each) => (
        <IconButton
          key={each}
          icon={icons[each]}
          label={chartWords.buttons[each]}
          pressed={each === chosen}
          onPress={() => onChoose(each)}
        />
      ))}
    </fieldset>
  )
}

interface IconButtonProps {
  readonly icon: typeof Hash
  readonly label: string
  readonly pressed?: boolean
  readonly onPress: () => void
}

function IconButton({ icon: Icon, label, pressed, onPress }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={label}
      title={label}
      onClick={onPress}
      className={clsx(
        'flex size-7 items-center justify-center rounded-md pointer-coarse:size-9',
        pressed === true ? 'bg-active text-fg' : 'text-fg-3 hover:bg-hover hover:text-fg',
      )}
    >
      <Icon size={15} aria-hidden />
    </button>
  )
}

/** One number, large, with what it is; where no row is left, that there is nothing to draw. */
function KeyFigure({ choice, columns, rows, formats }: ChartRequest) {
  const position = choice.y[0] ?? columns.findIndex((column) => column.kind === 'number')
  const column = columns[position]
  const row = rows[0]
  if (row === undefined) return <p className="py-8 text-center text-fg-3">{words.noRows}</p>
  if (column === undefined) return null
  const labelColumn = choice.x === null ? undefined : columns[choice.x]
  const named = labelColumn === undefined ? '' : ` · ${shownCell(row[choice.x ?? 0] ?? null, labelColumn, formats)}`
  const cell = row[position] ?? null
  const exact = shownCell(cell, column, formats, unitOf(column, [cell]))
  return (
    <p className="flex flex-col gap-1 py-3">
      <span className="tabular text-2xl font-semibold break-all" title={exact}>
        {exact}
      </span>
      <span className="text-sm text-fg-3">
        {columnTitle(column.name)}
        {named}
      </span>
    </p>
  )
}
