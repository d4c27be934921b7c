import { ChevronDown, Columns2, Copy, Printer } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { Link } from 'react-router'
import { harmlessCell, markdownTable, tableText } from '../../../contract/words/spreadsheet.ts'
import { sentenceText } from '../../../contract/words/sentence.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle, unitOf } from '../../../contract/words/columns.ts'
import type { ChartSettings } from '../../../contract/chart-settings.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import type { ResultView, TurnView } from '../../turns/turn-view.ts'
import { Button } from '../../ui/button.tsx'
import { copyRefused, copyText } from '../../ui/copy-button.tsx'
import { useFormats } from '../../ui/formats.ts'
import { useToast } from '../../ui/toasts.tsx'
import { AnswerFeedback } from './answer-feedback.tsx'
import { chartData } from './chart-data.ts'
import { applySettings, drawableKinds, type ChartRequest } from './chart-request.ts'
import { answerWords as words } from '../../words/answer.ts'
import { say } from '../../words/language.ts'

export interface AnswerActionsProps {
  readonly api: ApiClient
  readonly view: TurnView
  readonly result: ResultView
  /** How its chart is drawn; null as it was chosen by rule. */
  readonly settings: ChartSettings | null
  /** The way to the result as a file; left out where there is none. */
  readonly exports?: ReactNode
}

/** What can be done with an answer: say what one thinks of it, copy any part of it, print it. */
export function AnswerActions({ api, view, result, settings, exports }: AnswerActionsProps) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-1 gap-y-2 print:hidden">
        {view.conversationId !== null && (
          <AnswerFeedback api={api} turnId={view.turnId} conversationId={view.conversationId} />
        )}
        <CopyMenu view={view} result={result} settings={settings} />
        {exports}
        {view.conversationId !== null && view.status === 'done' && !result.isTrimmed && (
          <Link
            to={`/compare?after=${view.turnId}`}
            className="inline-flex h-8 items-center gap-1.5 rounded-lg px-2.5 text-sm font-medium text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:min-h-10"
          >
            <Columns2 size={15} aria-hidden />
            {words.compare}
          </Link>
        )}
        <Button look="quiet" size="sm" onClick={(event) => printAlone(event.currentTarget)}>
          <Printer size={15} aria-hidden />
          {words.print}
        </Button>
      </div>
      <PrintedTable result={result} />
    </>
  )
}

/** What of an answer can be copied, each as text that is made when it is asked for. */
function copiesOf(
  { question, answer, proposal, chart }: TurnView,
  { columns, batches, isTrimmed }: ResultView,
  { formats, settings }: Pick<ChartRequest, 'formats'> & Pick<AnswerActionsProps, 'settings'>,
): readonly (readonly [what: string, text: () => string])[] {
  const rows = () => batches.flat()
  const hasRows = !isTrimmed && columns.length > 0
  return [
    ...(answer.length === 0 ? [] : [[words.copies.answer, () => sentenceText(answer, formats)] as const]),
    ...(hasRows ? [[words.copies.table, () => tableText(columns, rows())] as const] : []),
    ...(hasRows ? [[words.copies.markdown, () => markdownTable(columns, rows())] as const] : []),
    ...(hasRows && chart !== null && drawableKinds(chart).some((kind) => kind !== 'kpi')
      ? [
          [
            words.copies.chart,
            () => chartText({ ...applySettings(chart, settings, columns.length), ...result(), formats }),
          ] as const,
        ]
      : []),
    ...(proposal === null ? [] : [[words.copies.sql, () => proposal.sql] as const]),
    ...(question === null ? [] : [[words.copies.question, () => question] as const]),
  ]
  function result() {
    return { columns, rows: rows() }
  }
}

/** What the chart shows, a line for each of its groups, as tab-separated text. */
function chartText(request: ChartRequest): string {
  const { columns, choice } = request
  const { categories, series } = chartData(request)
  const along = choice.x === null ? undefined : columns[choice.x]
  const head = [along === undefined ? '' : columnTitle(along.name), ...series.map(({ name }) => name)]
  const lines = categories.map(({ label }, at) => [
    label,
    ...series.map(({ points }) => points.find((point) => point.at === at)?.text ?? ''),
  ])
  return [head, ...lines]
    .map((line) => line.map((text) => harmlessCell(text.replaceAll(/\s+/g, ' '))).join('\t'))
    .join('\n')
}

/** Copies a part of the answer, and says that it did or why not. */
function CopyMenu({ view, result, settings }: Omit<AnswerActionsProps, 'api' | 'exports'>) {
  const menu = useRef<HTMLDetailsElement>(null)
  const formats = useFormats()
  const toast = useToast()
  const close = (): void => {
    const { current } = menu
    if (current?.open !== true) return
    current.open = false
    current.querySelector('summary')?.focus()
  }
  const copy = async (what: string, text: () => string): Promise<void> => {
    close()
    const isCopied = await copyText(text())
    toast({ text: isCopied ? say(words.copied, { what }) : copyRefused })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || menu.current?.open !== true) return
    // The key that closes the menu must not reach the page, where it stops what runs.
    event.stopPropagation()
    close()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- listens to keys of what stands inside
    <details
      ref={menu}
      className="relative"
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (menu.current !== null && !menu.current.contains(event.relatedTarget)) menu.current.open = false
      }}
    >
      <summary className="inline-flex h-8 cursor-pointer list-none items-center gap-1.5 rounded-lg px-2.5 text-sm font-medium text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:min-h-10">
        <Copy size={15} aria-hidden />
        {words.copy}
        <ChevronDown size={14} aria-hidden />
      </summary>
      <ul className="absolute bottom-full left-0 z-3 mb-1 flex w-60 flex-col rounded-xl border border-line-strong bg-surface p-1.5 shadow-[0_8px_24px_#00000066]">
        {copiesOf(view, result, { formats, settings }).map(([what, text]) => (
          <li key={what}>
            <button
              type="button"
              className="flex min-h-9 w-full items-center rounded-lg px-3 text-left text-sm text-fg hover:bg-hover"
              onClick={() => void copy(what, text)}
            >
              {what}
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Prints the answer that holds an element, and nothing else of the page. */
function printAlone(inside: Element): void {
  const article = inside.closest('article')
  const root = document.documentElement
  article?.setAttribute('data-printed', '')
  root.setAttribute('data-prints-one', '')
  const end = (): void => {
    article?.removeAttribute('data-printed')
    root.removeAttribute('data-prints-one')
  }
  addEventListener('afterprint', end, { once: true })
  print()
}

/** The whole table, on paper: the one on the screen holds only the rows in sight. It is drawn for as long as printing takes. */
function PrintedTable({ result: { columns, batches, isTrimmed } }: Pick<AnswerActionsProps, 'result'>) {
  const place = useRef<HTMLDivElement>(null)
  const [isPrinting, setPrinting] = useState(false)
  const formats = useFormats()
  useEffect(() => {
    const begin = (): void => {
      const isOther =
        document.documentElement.hasAttribute('data-prints-one') && place.current?.closest('[data-printed]') === null
      // The browser takes the page as it is when the listeners have returned.
      if (!isOther) flushSync(() => setPrinting(true))
    }
    const end = (): void => setPrinting(false)
    addEventListener('beforeprint', begin)
    addEventListener('afterprint', end)
    return () => {
      removeEventListener('beforeprint', begin)
      removeEventListener('afterprint', end)
    }
  }, [])
  const rows = isPrinting && !isTrimmed ? batches.flat() : []
  const units = isPrinting
    ? columns.map((column, at) =>
        unitOf(
          column,
          rows.map((row) => row[at]),
        ),
      )
    : []
  return (
    <div ref={place} className="hidden print:block">
      {rows.length > 0 && (
        <table className="w-full border-collapse text-xs">
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th
                  // oxlint-disable-next-line react/no-array-index-key -- position is a column's identity
                  key={at}
                  className={`border-b border-line px-2 py-1 font-semibold ${column.kind === 'number' ? 'text-right' : 'text-left'}`}
                >
                  {columnTitle(column.name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- rows have no other identity
              <tr key={index}>
                {columns.map((column, at) => (
                  // oxlint-disable-next-line react/no-array-index-key -- position is a column's identity
                  <td key={at} className={column.kind === 'number' ? 'px-2 py-0.5 text-right tabular' : 'px-2 py-0.5'}>
                    {shownCell(row[at] ?? null, column, formats, units[at] === '%' ? '%' : null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}
