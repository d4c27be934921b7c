import { LRUCache } from 'lru-cache'
import TinyQueue from 'tinyqueue'
import type { KnownJoin } from '../ports/interpreter.ts'
import type { CatalogTable } from './catalog.ts'
import { findJoinEdges } from './infer-keys.ts'
import type { JoinEdge } from './infer-keys.ts'
import type { NamedCatalog, NamedTable } from './named-catalog.ts'

/** One step of a join path: `up` along a many-to-one key, otherwise down to the many side. */
export interface JoinStep {
  readonly edge: JoinEdge
  readonly up: boolean
}

/** The joins between the tables of a catalog. */
export interface JoinGraph {
  /** All steps from a table, up and down. */
  stepsFrom(table: NamedTable): readonly JoinStep[]
  /** The cheapest path within four steps, or null. */
  path(from: NamedTable, to: NamedTable, options?: PathOptions): JoinPath | null
  /** The cost of the cheapest path from a table to every table within four steps. */
  costsFrom(from: NamedTable): ReadonlyMap<NamedTable, number>
}

export interface PathOptions {
  /** Lowers the cost of an edge that the question mentions. */
  readonly boost?: (edge: JoinEdge) => number
  /** Only many-to-one steps, which do not multiply rows. */
  readonly onlyUp?: boolean
}

export interface JoinPath {
  readonly steps: readonly JoinStep[]
  readonly cost: number
}

/** Extra cost of a step down, because it multiplies rows. */
const downwardCost = 0.1
const longestPath = 4

export const tableAfter = (step: JoinStep): NamedTable => (step.up ? step.edge.to : step.edge.from)
export const tableBefore = (step: JoinStep): NamedTable => (step.up ? step.edge.from : step.edge.to)

/** Infers the joins of a catalog and makes its graph. */
export function makeJoinGraph(named: NamedCatalog): JoinGraph {
  const steps = new Map<NamedTable, JoinStep[]>()
  const add = (table: NamedTable, step: JoinStep): void => {
    const known = steps.get(table)
    if (known === undefined) steps.set(table, [step])
    else known.push(step)
  }
  for (const edge of findJoinEdges(named)) {
    add(edge.from, { edge, up: true })
    add(edge.to, { edge, up: false })
  }
  const stepsFrom = (table: NamedTable): readonly JoinStep[] => steps.get(table) ?? []
  const toAny = makeHopCounter(stepsFrom, false)
  const toUp = makeHopCounter(stepsFrom, true)
  const path: JoinGraph['path'] = (from, to, options = {}) => {
    const hops = options.onlyUp === true ? toUp(to) : toAny(to)
    const leadsOn = (table: NamedTable, count: number): boolean =>
      count + (hops.get(table) ?? Number.POSITIVE_INFINITY) <= longestPath
    const reached = reach({ stepsFrom, from, to, leadsOn, ...options }).get(to)
    return reached === undefined ? null : { steps: stepsTo(reached), cost: reached.cost }
  }
  const costsFrom: JoinGraph['costsFrom'] = (from) => {
    const reached = reach({ stepsFrom, from, leadsOn: (_, count) => count <= longestPath })
    return new Map([...reached].map(([table, { cost }]) => [table, cost]))
  }
  return { stepsFrom, path, costsFrom }
}

type Hops = ReadonlyMap<NamedTable, number>

/** Counts the steps to a table. Caches the latest tables, because one question asks for the same few again and again. */
function makeHopCounter(stepsFrom: JoinGraph['stepsFrom'], onlyUp: boolean): (table: NamedTable) => Hops {
  const cache = new LRUCache<NamedTable, Hops>({ max: 32, memoMethod: (to) => hopsTo(to, stepsFrom, onlyUp) })
  return (table) => cache.memo(table)
}

/** The least number of steps from each table to one table, for tables at most `longestPath` steps away. */
function hopsTo(to: NamedTable, stepsFrom: JoinGraph['stepsFrom'], onlyUp: boolean): Hops {
  const hops = new Map([[to, 0]])
  let last = [to]
  for (let count = 1; count <= longestPath; count += 1) {
    const next: NamedTable[] = []
    for (const table of last) {
      for (const step of stepsFrom(table)) {
        const before = tableAfter(step)
        // The search runs backwards, so a step down here is a step up on the path.
        if ((onlyUp && step.up) || hops.has(before)) continue
        hops.set(before, count)
        next.push(before)
      }
    }
    last = next
  }
  return hops
}

/** A table reached by the search, with its path. */
interface Reached {
  readonly last: { readonly step: JoinStep; readonly before: Reached } | null
  readonly steps: number
  readonly cost: number
  readonly order: number
}

interface Search extends PathOptions {
  readonly stepsFrom: JoinGraph['stepsFrom']
  readonly from: NamedTable
  /** The table to stop at; left out to reach all. */
  readonly to?: NamedTable
  /** Whether a table reached in this many steps can still be part of a result. */
  readonly leadsOn: (table: NamedTable, steps: number) => boolean
}

interface QueueEntry {
  readonly table: NamedTable
  readonly cost: number
  /** The position in which the table was first reached; breaks ties, so that equal paths are found in a fixed order. */
  readonly order: number
}

/** Dijkstra's algorithm with a limit on steps. Returns the tables reached; `to`, if reached, is the last one. */
function reach({ stepsFrom, from, to, leadsOn, boost = () => 0, onlyUp = false }: Search): Map<NamedTable, Reached> {
  const open = new Map<NamedTable, Reached>([[from, { last: null, steps: 0, cost: 0, order: 0 }]])
  const queue = new TinyQueue<QueueEntry>(
    [{ table: from, cost: 0, order: 0 }],
    (a, b) => a.cost - b.cost || a.order - b.order,
  )
  const done = new Map<NamedTable, Reached>()
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { table } = next
    const reached = open.get(table)
    if (reached === undefined || done.has(table)) continue
    done.set(table, reached)
    if (table === to) break
    for (const step of stepsFrom(table)) {
      const target = tableAfter(step)
      const steps = reached.steps + 1
      if ((onlyUp && !step.up) || done.has(target) || !leadsOn(target, steps)) continue
      const cost = reached.cost + step.edge.cost + (step.up ? 0 : downwardCost) - boost(step.edge)
      const known = open.get(target)
      if (known !== undefined && known.cost <= cost) continue
      const order = known?.order ?? open.size
      open.set(target, { last: { step, before: reached }, steps, cost, order })
      queue.push({ table: target, cost, order })
    }
  }
  return done
}

function stepsTo(reached: Reached): readonly JoinStep[] {
  const steps: JoinStep[] = []
  for (let at = reached; at.last !== null; at = at.last.before) steps.push(at.last.step)
  return steps.reverse()
}

/** More joins than these are not told: a table that everything refers to has as many as there are tables. */
const mostJoins = 500

/** How a table joins others: the surest joins first, to one row before to many. */
export function joinsOf(named: NamedCatalog, graph: JoinGraph, table: CatalogTable): readonly KnownJoin[] {
  const own = named.tables.find((one) => one.table === table)
  const steps = own === undefined ? [] : graph.stepsFrom(own)
  return steps
    .toSorted((a, b) => a.edge.cost - b.edge.cost || Number(b.up) - Number(a.up))
    .slice(0, mostJoins)
    .map((step) => {
      const { edge, up } = step
      return {
        table: tableAfter(step).table,
        columns: up ? edge.columns : edge.targetColumns,
        otherColumns: up ? edge.targetColumns : edge.columns,
        isToOne: up,
        isDeclared: edge.declared,
      }
    })
}
