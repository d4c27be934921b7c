import { useEffect, useMemo, useRef, useState } from 'react'
import type { Problem } from '../../../contract/problem.ts'
import type { Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import { problemOf } from '../../transport/channel.ts'
import type { ResultsClient } from '../../rows/server-rows.ts'
import type { ResultView, Row } from '../../turns/turn-view.ts'
import { fetchPart } from '../../ui/lazy-part.tsx'
import { keepView, recallView, showsAllRows, type ChangeView, type GridView } from './grid-view.ts'
import type { RowSource } from '../../rows/row-source.ts'
import { makeWorkerRows, type GrowingRows } from '../../rows/worker-rows.ts'

/** Where the table and the chart of an answer read its rows. */
export interface AnswerRows {
  readonly source: RowSource | null
  /** Changes when the source has more rows than before. */
  readonly revision: number
  /** The whole result on the server, where the page received only its first rows: not looked at, on its way, looked at, or why not. */
  readonly whole: 'received' | 'loading' | 'whole' | Problem
  /** Whether the whole result can be asked for. */
  readonly canReadAll: boolean
  readonly workWithAll: () => void
  readonly backToReceived: () => void
}

/** What a person can do about rows that the page does not have; null for what is not theirs to do. */
export interface ResultSteps {
  /** Asks again with a higher limit. */
  readonly raise: { readonly limit: number; readonly act: () => void } | null
  /** Runs the query once more. */
  readonly again: (() => void) | null
}

export const noSteps: ResultSteps = { raise: null, again: null }

interface AnswerRowsNeeds {
  /** Null where the whole result cannot be read. */
  readonly api: ResultsClient | null
  readonly turnId: string
  /** Whether the rows are looked at. */
  readonly isWanted: boolean
}

/** The rows of an answer: those that the page has received, or the whole result on the server once a person wants that. */
export function useAnswerRows(
  { columns, batches }: ResultView,
  { api, turnId, isWanted }: AnswerRowsNeeds,
): AnswerRows {
  const received = useReceivedRows({ columns, batches }, isWanted)
  const { server, ...whole } = useWholeResult(api, turnId, columns)
  return {
    source: server ?? received.source,
    revision: server === null ? received.revision : -1,
    canReadAll: api !== null,
    ...whole,
  }
}

/** The whole result on the server, opened when it is asked for. */
function useWholeResult(api: ResultsClient | null, turnId: string, columns: readonly Column[]) {
  const [server, setServer] = useState<RowSource | null>(null)
  const [whole, setWhole] = useState<AnswerRows['whole']>('received')
  useEffect(() => () => server?.dispose(), [server])
  const workWithAll = async (): Promise<void> => {
    if (api === null) return
    setWhole('loading')
    try {
      const { openServerRows } = await fetchPart(() => import('../../rows/server-rows.ts'))
      setServer(await openServerRows({ api, turnId, columns }))
      setWhole('whole')
    } catch (error) {
      setWhole(problemOf(error))
    }
  }
  const backToReceived = (): void => {
    setServer(null)
    setWhole('received')
  }
  return { server, whole, workWithAll: () => void workWithAll(), backToReceived }
}

/** The rows that the page has received, as a source that grows with them. It is made when it is wanted for the first time. */
function useReceivedRows({ columns, batches }: Pick<ResultView, 'columns' | 'batches'>, isWanted: boolean) {
  const [source, setSource] = useState<GrowingRows | null>(null)
  const [revision, setRevision] = useState(0)
  const given = useRef(0)
  useEffect(() => {
    if (!isWanted || source !== null) return
    given.current = 0
    // oxlint-disable-next-line react/set-state-in-effect -- has to be disposed of, so it cannot be made while drawing
    setSource(makeWorkerRows(columns))
  }, [isWanted, source, columns])
  useEffect(() => {
    if (source === null) return
    for (const batch of batches.slice(given.current)) source.append(batch)
    given.current = batches.length
    // oxlint-disable-next-line react/set-state-in-effect -- the source was told of the rows here
    setRevision(batches.length)
  }, [source, batches])
  useEffect(
    () => () => {
      if (source === null) return
      source.dispose()
      setSource(null)
    },
    [source],
  )
  return { source, revision }
}

/** How a person looks at the table of an answer, kept in the tab. */
export function useKeptView(turnId: string): readonly [GridView, ChangeView] {
  const [view, setView] = useState(() => recallView(sessionStorage, turnId))
  useEffect(() => keepView(sessionStorage, turnId, view), [turnId, view])
  return [view, setView]
}

/** The most rows that a chart is drawn of. */
const mostChartRows = 10_000

/** The rows that a view leaves, for a chart: those received where it leaves all. The ones before stay until the next are there. */
export function useViewRows(
  { source, revision, whole }: AnswerRows,
  received: readonly Row[],
  view: RowsView,
): readonly Row[] {
  const { filters, search } = view
  const [rows, setRows] = useState<readonly Row[] | null>(null)
  // The order of the table is none of the chart's.
  const chosen = useMemo((): RowsView => ({ sort: [], filters, search }), [filters, search])
  const isPlain = showsAllRows(chosen) && whole !== 'whole'
  useEffect(() => {
    if (isPlain || source === null) return undefined
    const control = new AbortController()
    source.rows(chosen, { from: 0, count: mostChartRows }, control.signal).then(setRows, () => {
      // The table says why its rows cannot be read; the chart stays with those received.
    })
    return () => control.abort()
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a source that has grown is asked again
  }, [source, revision, chosen, isPlain])
  return isPlain ? received : (rows ?? received)
}
