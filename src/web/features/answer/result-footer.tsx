import type { ReactNode } from 'react'
import { countInWords, durationInWords } from '../../../contract/words/amounts.ts'
import { useFormats } from '../../ui/formats.ts'
import type { ResultView } from '../../turns/turn-view.ts'

export interface ResultFooterProps {
  readonly result: ResultView
  /** True when the rows were put into another order here, which covers only what is here. */
  readonly sorted?: boolean
  readonly children?: ReactNode
}

/** How many rows there are and how long they took; loud where there are more than are shown. */
export function ResultFooter({ result, sorted = false, children }: ResultFooterProps) {
  const { end, loadedRows } = result
  const { locale } = useFormats()
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 border-t border-line py-1 pr-1.5 pl-4 text-sm">
      {end === null ? (
        <p className="text-fg-3">{countInWords(loadedRows, 'row', 'rows', locale)} so far</p>
      ) : end.truncated ? (
        <p className="text-warn">
          Showing the first {countInWords(end.rowCount, 'row', 'rows', locale)}; there are more.
          {sorted && ' Sorted are only these.'}
        </p>
      ) : (
        <p className="tabular text-fg-3">
          {countInWords(end.rowCount, 'row', 'rows', locale)} · {durationInWords(end.elapsedMs, locale)}
        </p>
      )}
      {end?.note && <p className="text-warn">{end.note}</p>}
      <div className="ml-auto flex">{children}</div>
    </div>
  )
}
