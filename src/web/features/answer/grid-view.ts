import * as z from 'zod/mini'
import type { ShownTable } from '../../../contract/result-export.ts'
import { RowsView, type ResultFilter, type SortKey } from '../../../contract/result-view.ts'
import { keep, recall, type BrowserStorage } from '../../turns/browser-storage.ts'

const position = z.int().check(z.nonnegative())

/** How a person looks at the table of one answer: which rows in which order, and which columns where. Columns are named by position. */
export const GridView = z.extend(RowsView, {
  /** Columns that were moved, all of them in the order they are shown; empty for the order of the result. */
  order: z.array(position),
  hidden: z.array(position),
  /** Columns that stay in sight on the left. */
  pinned: z.array(position),
  /** Widths that the person gave, in px. */
  widths: z.array(z.tuple([position, z.int().check(z.gte(1), z.lte(10_000))])),
})
export type GridView = z.infer<typeof GridView>

/** Changes the view of a table. */
export type ChangeView = (change: (view: GridView) => GridView) => void

/** The table as the query gave it. */
export const plainView: GridView = { sort: [], filters: [], search: '', order: [], hidden: [], pinned: [], widths: [] }

/** Whether every row is looked at. */
export const showsAllRows = ({ filters, search }: RowsView): boolean => filters.length === 0 && search === ''

/** The columns that are shown, in their order: pinned ones first. */
export function shownColumns({ order, hidden, pinned }: GridView, count: number): readonly number[] {
  const away = new Set(hidden)
  const first = pinned.filter((column) => column < count && !away.has(column))
  for (const column of first) away.add(column)
  const placed = new Set(order)
  const all = Array.from({ length: count }, (_, column) => column)
  const ordered = order.length === 0 ? all : [...order, ...all.filter((column) => !placed.has(column))]
  return [...first, ...ordered.filter((column) => column < count && !away.has(column))]
}

/** What is exported of a table as it is shown. */
export function shownTable(view: GridView, count: number): ShownTable {
  const { sort, filters, search, order, hidden, pinned } = view
  const isPlain = order.length === 0 && hidden.length === 0 && pinned.length === 0
  return { sort, filters, search, ...(isPlain ? {} : { columns: [...shownColumns(view, count)] }) }
}

const mostKeys = 8

/** Sorts by a column, alone or after those that are sorted by; null takes the column out of the order. */
export function sortBy(
  view: GridView,
  column: number,
  direction: SortKey['direction'] | null,
  isAdded: boolean,
): GridView {
  const before = isAdded ? view.sort : []
  const key = direction === null ? [] : [{ column, direction }]
  const at = before.findIndex((each) => each.column === column)
  const sort = at < 0 ? [...before, ...key] : [...before.slice(0, at), ...key, ...before.slice(at + 1)]
  return { ...view, sort: sort.slice(-mostKeys) }
}

/** Sorts by a column whose head was pressed: ascending, descending, and no longer. */
export function pressHead(view: GridView, column: number, isAdded: boolean): GridView {
  const now = view.sort.find((key) => key.column === column)
  // Of several columns the pressed one becomes the only one before its direction turns.
  const isOnly = now !== undefined && view.sort.length === 1
  const next =
    now === undefined || (!isAdded && !isOnly) ? 'ascending' : now.direction === 'ascending' ? 'descending' : null
  return sortBy(view, column, next, isAdded)
}

/** Puts a filter into the place of the one of its kind on its column. */
export function withFilter(view: GridView, filter: ResultFilter): GridView {
  const isSame = (other: ResultFilter): boolean => other.column === filter.column && other.kind === filter.kind
  const at = view.filters.findIndex(isSame)
  const rest = view.filters.filter((other) => !isSame(other))
  return { ...view, filters: rest.toSpliced(at < 0 ? rest.length : at, 0, filter) }
}

/** Takes a filter away. */
export const withoutFilter = (view: GridView, filter: ResultFilter): GridView => ({
  ...view,
  filters: view.filters.filter((other) => other !== filter),
})

/** Takes all filters away. */
export const withoutFilters = (view: GridView): GridView => ({ ...view, filters: [] })

/** Moves a column by so many places among those that are shown. A pinned one stays among the pinned. */
export function moveColumn(view: GridView, count: number, column: number, by: number): GridView {
  const shown = shownColumns(view, count)
  const isPinned = view.pinned.includes(column)
  const group = shown.filter((each) => view.pinned.includes(each) === isPinned)
  const neighbour = group[Math.max(0, Math.min(group.length - 1, group.indexOf(column) + by))]
  if (neighbour === undefined || neighbour === column) return view
  const all = isPinned ? view.pinned : shownColumns({ ...view, hidden: [], pinned: [] }, count)
  const others = all.filter((each) => each !== column)
  const moved = others.toSpliced(others.indexOf(neighbour) + (by > 0 ? 1 : 0), 0, column)
  return isPinned ? { ...view, pinned: moved } : { ...view, order: moved }
}

/** Keeps a column in sight on the left, or lets it go. */
export const pinColumn = (view: GridView, column: number): GridView => ({
  ...view,
  pinned: view.pinned.includes(column) ? view.pinned.filter((each) => each !== column) : [...view.pinned, column],
})

/** Hides columns, or shows them again. */
export function hideColumns(view: GridView, columns: readonly number[], isHidden: boolean): GridView {
  const changed = new Set(columns)
  const others = view.hidden.filter((each) => !changed.has(each))
  return { ...view, hidden: isHidden ? [...others, ...columns] : others }
}

/** Gives a column a width in px; null gives it the one of its values. */
export function resizeColumn(view: GridView, column: number, widthPx: number | null): GridView {
  const others = view.widths.filter(([each]) => each !== column)
  return { ...view, widths: widthPx === null ? others : [...others, [column, Math.max(1, Math.round(widthPx))]] }
}

const keyOf = (turnId: string): string => `floe.table.${turnId}`

/** The view that an answer was left with in this tab. */
export const recallView = (storage: BrowserStorage, turnId: string): GridView =>
  z.catch(GridView, plainView).parse(recall(storage, keyOf(turnId)))

/** Keeps the view of an answer for as long as the tab is open. */
export function keepView(storage: BrowserStorage & Pick<Storage, 'removeItem'>, turnId: string, view: GridView): void {
  if (view === plainView) storage.removeItem(keyOf(turnId))
  else keep(storage, keyOf(turnId), view)
}
