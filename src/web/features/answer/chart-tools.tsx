import { X } from 'lucide-react'
import { useEffect, useMemo, useRef, type RefObject } from 'react'
import type { ResultFilter } from '../../../contract/result-view.ts'
import { Button } from '../../ui/button.tsx'
import { useTheme } from '../../ui/theme.ts'
import { useToast } from '../../ui/toasts.tsx'
import { chartToolWords as words, markWords } from '../../words/charts.ts'
import { say } from '../../words/language.ts'
import { chartData, type ChartData } from './chart-data.ts'
import { chartCsv, copyPicture, drawingOf, fileName, giveFile, pictureOf } from './chart-files.ts'
import { drawnTitle } from './chart-labels.ts'
import { filtersOf, markName, questionAbout, type Mark, type PickedMark } from './chart-marks.ts'
import type { ChartRequest } from './chart-request.ts'

/** The chart as files, and as a picture on the clipboard. */
export function SaveButtons({ request }: { readonly request: ChartRequest }) {
  const theme = useTheme()
  const toast = useToast()
  const savePicture = (): void => {
    pictureOf(request, theme).then(
      (picture) => giveFile(picture, fileName(request, 'png')),
      () => toast({ text: words.pictureFailed }),
    )
  }
  const copy = async (): Promise<void> =>
    toast({ text: (await copyPicture(pictureOf(request, theme))) ? words.pictureCopied : words.pictureRefused })
  return (
    <fieldset className="flex flex-wrap gap-2 print:hidden">
      <legend className="sr-only">{words.save}</legend>
      <Button size="sm" onClick={savePicture}>
        {words.png}
      </Button>
      <Button size="sm" onClick={() => giveFile(drawingOf(request, theme), fileName(request, 'svg'))}>
        {words.svg}
      </Button>
      <Button size="sm" onClick={() => giveFile(chartCsv(request), fileName(request, 'csv'))}>
        {words.csv}
      </Button>
      <Button size="sm" onClick={() => void copy()}>
        {words.copyPicture}
      </Button>
    </fieldset>
  )
}

interface ChartTableProps {
  readonly request: ChartRequest
  /** Null where nothing can be done with a mark. */
  readonly onPick: ((picked: PickedMark) => void) | null
}

/** What the chart shows, as a table with exact values; each value is a way to what can be done with its mark. */
export function ChartTable({ request, onPick }: ChartTableProps) {
  const data = useMemo(() => chartData(request), [request])
  const along = request.columns[request.choice.x ?? -1]
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
    <section className="max-h-80 overflow-auto rounded-lg border border-line" tabIndex={0} aria-label={words.asTable}>
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr className="sticky top-0 bg-raised">
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              <bdi>{along === undefined ? words.group : drawnTitle(along)}</bdi>
            </th>
            {data.series.map(({ name }) => (
              <th key={name} scope="col" className="px-3 py-1.5 text-right font-medium">
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.categories.map(({ label }, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- labels may repeat, places do not
            <tr key={at} className="border-t border-line">
              <th scope="row" className="px-3 py-1 text-left font-normal break-words">
                <bdi>{label}</bdi>
              </th>
              {data.series.map(({ name }, series) => (
                <Values key={name} data={data} mark={{ at, series }} onPick={onPick} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The values of one mark: one, or several of a scatter that stand at one place. */
function Values({
  data,
  mark,
  onPick,
}: Pick<ChartTableProps, 'onPick'> & { readonly data: ChartData; readonly mark: Mark }) {
  const texts = (data.series[mark.series]?.points ?? []).filter(({ at }) => at === mark.at).map(({ text }) => text)
  const all = texts.join(', ')
  return (
    <td className="tabular px-3 py-1 text-right whitespace-nowrap">
      {onPick === null || all === '' ? (
        all
      ) : (
        <button
          type="button"
          className="min-h-6 min-w-6 rounded-sm px-1 text-right hover:bg-hover pointer-coarse:min-h-9 pointer-coarse:min-w-9"
          aria-label={say(words.markAbout, { mark: `${markName(data, mark)}: ${all}` })}
          onClick={({ currentTarget }) => onPick({ mark, ...placeOf(currentTarget) })}
        >
          {all}
        </button>
      )}
    </td>
  )
}

/** Where an element stands in the frame that holds the menu. */
function placeOf(element: HTMLElement): { readonly x: number; readonly y: number } {
  const frame = element.closest('figure > div')?.getBoundingClientRect()
  const own = element.getBoundingClientRect()
  return { x: own.left - (frame?.left ?? 0), y: own.bottom - (frame?.top ?? 0) }
}

interface MarkMenuProps {
  readonly request: ChartRequest
  readonly picked: PickedMark
  readonly onFilter: ((filters: readonly ResultFilter[]) => void) | undefined
  readonly onAskAbout: ((question: string) => void) | undefined
  readonly onClose: () => void
}

const menuWidthPx = 240

/** What can be done with one mark: keep its rows alone, or ask more about them. */
export function MarkMenu({ request, picked: { mark, x, y }, onFilter, onAskAbout, onClose }: MarkMenuProps) {
  const data = useMemo(() => chartData(request), [request])
  const menu = useRef<HTMLElement>(null)
  useFocusInside(menu, onClose)
  const name = markName(data, mark)
  const text = data.series[mark.series]?.points.find(({ at }) => at === mark.at)?.text ?? ''
  const filters = onFilter === undefined ? null : filtersOf(request, data, mark)
  const question = onAskAbout === undefined ? null : questionAbout(request, data, mark)
  const actions = [
    ...(filters === null ? [] : [[markWords.onlyRows, () => onFilter?.(filters)] as const]),
    ...(question === null ? [] : [[markWords.ask, () => onAskAbout?.(question)] as const]),
  ]
  return (
    <section
      ref={menu}
      aria-label={say(words.markAbout, { mark: name })}
      className="absolute z-3 flex w-60 max-w-full flex-col gap-1 rounded-xl border border-line-strong bg-surface p-2 shadow-float print:hidden"
      style={{ left: `max(0px, min(${x}px, calc(100% - ${menuWidthPx}px)))`, top: y + 8 }}
    >
      <div className="flex items-start gap-2 px-1">
        <p className="min-w-0 flex-1 text-sm break-words">
          <bdi className="text-fg-2">{name}</bdi>
          <br />
          <span className="tabular font-medium break-all">{text}</span>
        </p>
        <Button look="quiet" size="sm" aria-label={markWords.close} title={markWords.close} onClick={onClose}>
          <X size={14} aria-hidden />
        </Button>
      </div>
      {actions.map(([label, run]) => (
        <Button
          key={label}
          size="sm"
          onClick={() => {
            onClose()
            run()
          }}
        >
          {label}
        </Button>
      ))}
    </section>
  )
}

/** The keyboard is in the menu while it is open, and goes back to where it was; a press outside closes it. */
function useFocusInside(menu: RefObject<HTMLElement | null>, onClose: () => void): void {
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    const before = document.activeElement
    menu.current?.querySelectorAll('button').item(1).focus()
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      // The key that closes the menu must not reach the page, where it stops what runs.
      event.stopPropagation()
      close.current()
    }
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target) === false) close.current()
    }
    const { current } = menu
    current?.addEventListener('keydown', onKey)
    document.addEventListener('pointerdown', onPress)
    return () => {
      current?.removeEventListener('keydown', onKey)
      document.removeEventListener('pointerdown', onPress)
      // What was chosen may have moved the keyboard on, such as to the question box.
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [menu])
}
