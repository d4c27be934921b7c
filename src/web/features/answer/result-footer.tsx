import { Database, Ellipsis, RefreshCw, Rows3, Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import { durationInWords } from '../../../contract/words/amounts.ts'
import { languageOf } from '../../transport/channel.ts'
import type { ResultView } from '../../turns/turn-view.ts'
import { ActionMenu } from '../../ui/action-menu.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { useFormats } from '../../ui/formats.ts'
import { answerWords as words } from '../../words/answer.ts'
import { gridWords } from '../../words/grid.ts'
import { say } from '../../words/language.ts'
import { copiedText, mostCopiedCells, type CopyNeeds } from './grid-copy.ts'
import { rangeOf, type GridRange, type GridSelection } from './grid-keys.ts'
import type { AnswerRows, ResultSteps } from './use-answer-rows.ts'
import type { TableActions } from './use-table.ts'

export interface ResultFooterProps {
  readonly result: ResultView
  /** Left out where the rows are only told of. */
  readonly answerRows?: AnswerRows | undefined
  readonly steps: ResultSteps
  /** True when the rows were put into another order here. */
  readonly isSorted?: boolean
  /** True where sums stand below the rows. */
  readonly hasTotals?: boolean
  readonly children?: ReactNode
}

/** How many rows there are and how long they took; loud, and with the ways on, where there are more than are shown. */
export function ResultFooter(props: ResultFooterProps) {
  const { result, answerRows, steps, isSorted = false, hasTotals = false, children } = props
  const { end } = result
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-1 pr-1.5 pl-4 text-sm">
      <RowCount {...{ result, answerRows, isSorted, hasTotals }} />
      {end?.note && (
        <p lang="en" className="text-warn">
          {end.note}
        </p>
      )}
      {end?.truncated === true && <NextSteps answerRows={answerRows} steps={steps} />}
      <div className="ml-auto flex flex-wrap items-center">{children}</div>
    </div>
  )
}

function RowCount({
  result: { end, loadedRows },
  answerRows,
  isSorted,
  hasTotals,
}: Pick<ResultFooterProps, 'result' | 'answerRows'> & { readonly isSorted: boolean; readonly hasTotals: boolean }) {
  const { locale } = useFormats()
  const whole = answerRows?.whole === 'whole' ? (answerRows.source?.allRows ?? 0) : null
  const count = whole ?? end?.rowCount ?? loadedRows
  const rows = { count, amount: count.toLocaleString(locale) }
  if (end === null) return <p className="text-fg-3">{say(words.rowsSoFar, rows)}</p>
  if (whole !== null) return <p className="tabular text-fg-3">{say(words.wholeRows, rows)}</p>
  if (end.truncated)
    return (
      <p className="text-warn">
        {say(words.firstRows, rows)}
        {isSorted && ` ${words.sortedOnlyThese}`}
        {hasTotals && ` ${words.addedOnlyThese}`}
      </p>
    )
  return (
    <p className="tabular text-fg-3">
      {say(words.rows, rows)} · {durationInWords(end.elapsedMs, locale)}
    </p>
  )
}

/** The ways to the rows that the page does not have. */
function NextSteps({ answerRows, steps }: Pick<ResultFooterProps, 'answerRows' | 'steps'>) {
  const whole = answerRows?.whole ?? 'received'
  const { locale } = useFormats()
  const { raise } = steps
  if (whole === 'whole')
    return (
      <Button look="quiet" size="sm" onClick={answerRows?.backToReceived}>
        <Undo2 size={15} aria-hidden />
        {words.backToFirst}
      </Button>
    )
  return (
    <div className="flex flex-wrap items-center gap-1.5 print:hidden">
      {typeof whole !== 'string' && <NotReadable problem={whole} again={steps.again} />}
      {answerRows?.canReadAll === true && <WorkWithAll answerRows={answerRows} />}
      {raise !== null && (
        <Button look="quiet" size="sm" onClick={raise.act}>
          <Rows3 size={15} aria-hidden />
          {say(words.raiseLimit, { limit: raise.limit.toLocaleString(locale) })}
        </Button>
      )}
    </div>
  )
}

/** Why the whole result cannot be read, with the way to have it anew. */
const NotReadable = ({ problem, again }: { readonly problem: Problem } & Pick<ResultSteps, 'again'>) => (
  <>
    <p role="alert" lang={languageOf(problem)} className="text-bad">
      {problem.message} {problem.action}
    </p>
    {again !== null && (
      <Button size="sm" onClick={again}>
        <RefreshCw size={15} aria-hidden />
        {words.runAgain}
      </Button>
    )}
  </>
)

/** Not offered for rows that are kept nowhere any more. */
function WorkWithAll({ answerRows: { whole, workWithAll } }: { readonly answerRows: AnswerRows }) {
  const isLoading = whole === 'loading'
  if (typeof whole !== 'string' && whole.code === 'result_expired') return null
  return (
    <Button size="sm" aria-disabled={isLoading} onClick={() => !isLoading && workWithAll()}>
      <Database size={15} aria-hidden />
      {isLoading ? words.readingAll : words.workWithAll}
    </Button>
  )
}

/** What the menu of the copies offers. */
function copyChoices(
  { copy, copyNeeds, command }: TableActions,
  selection: GridSelection | null,
  whole: CopyNeeds,
): readonly (readonly [name: string, act: () => void])[] {
  const texts = gridWords.selection
  const choice = (name: string, form: 'heads' | 'markdown', needs: CopyNeeds) =>
    [name, (): void => void copy(needs, form)] as const
  const ofMarked =
    selection === null
      ? []
      : [
          [gridWords.details, () => command({ kind: 'open', place: selection.active })] as const,
          choice(texts.withHeads, 'heads', copyNeeds()),
          choice(texts.markdown, 'markdown', copyNeeds()),
        ]
  return [...ofMarked, choice(texts.table, 'heads', whole), choice(texts.tableMarkdown, 'markdown', whole)]
}

export interface CopyActionsProps {
  readonly selection: GridSelection | null
  readonly actions: TableActions
  /** All rows of the view in all columns that are shown. */
  readonly wholeRange: GridRange
}

const cellsOf = ({ top, bottom, left, right }: GridRange): number => (bottom - top + 1) * (right - left + 1)

/** Copies what is marked or the whole table, in one form or another, and opens the marked row. */
export function CopyActions({ selection, actions, wholeRange }: CopyActionsProps) {
  const { locale } = useFormats()
  const range = selection === null || selection.active.row < 0 ? null : rangeOf(selection)
  const marked = range === null ? 0 : cellsOf(range)
  const told = { count: marked, amount: marked.toLocaleString(locale) }
  const whole = actions.copyNeeds(wholeRange)
  const texts = gridWords.selection
  return (
    <>
      <output className="tabular px-1 text-fg-3">{marked > 1 && say(texts.cells, told)}</output>
      <CopyButton
        what={range === null ? '' : marked === 1 ? words.markedCell : texts.ofCells}
        label={marked > 1 ? texts.copy : words.copyCell}
        disabled={range === null || marked > mostCopiedCells}
        text={() => copiedText(actions.copyNeeds(), 'cells')}
      />
      <CopyButton
        what={words.shownRows}
        label={words.copyTable}
        disabled={cellsOf(wholeRange) > mostCopiedCells}
        text={() => copiedText(whole, 'heads')}
      />
      <ActionMenu label={texts.more} actions={copyChoices(actions, range === null ? null : selection, whole)}>
        <Ellipsis size={15} aria-hidden />
      </ActionMenu>
    </>
  )
}
