import { findJoinEdges } from './infer-keys.ts'
import type { JoinEdge } from './infer-keys.ts'
import type { NamedCatalog, NamedTable } from './named-catalog.ts'

/** One table further along a path: `up` from many rows to the one they name, or down from one to the many that name it. */
export interface JoinStep {
  readonly edge: JoinEdge
  readonly up: boolean
}

/** How the tables of a catalog hang together. */
export interface JoinGraph {
  /** Steps that leave a table, both ways. */
  stepsFrom(table: NamedTable): readonly JoinStep[]
  /** The cheapest path within four steps, or null. */
  path(from: NamedTable, to: NamedTable, options?: PathOptions): JoinPath | null
}

export interface PathOptions {
  /** Lowers the price of an edge that the question speaks of. */
  readonly discount?: (edge: JoinEdge) => number
  /** Only steps that keep the number of rows. */
  readonly onlyUp?: boolean
}

export interface JoinPath {
  readonly steps: readonly JoinStep[]
  readonly price: number
}

/** A step down multiplies rows and costs a little more than a step up. */
const downSurcharge = 0.1
const longestPath = 4

export const tableAfter = (step: JoinStep): NamedTable => (step.up ? step.edge.to : step.edge.from)
export const tableBefore = (step: JoinStep): NamedTable => (step.up ? step.edge.from : step.edge.to)

/** Finds the joins of a catalog once. */
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
  return { stepsFrom, path: (from, to, options) => cheapestPath(stepsFrom, from, to, options ?? {}) }
}

/** Dijkstra's algorithm over a graph that is small around any table. */
function cheapestPath(
  stepsFrom: (table: NamedTable) => readonly JoinStep[],
  from: NamedTable,
  to: NamedTable,
  { discount = () => 0, onlyUp = false }: PathOptions,
): JoinPath | null {
  const best = new Map<NamedTable, JoinPath>([[from, { steps: [], price: 0 }]])
  const done = new Set<NamedTable>()
  for (;;) {
    const next = cheapestOpen(best, done)
    if (next === null) return null
    const [table, path] = next
    if (table === to) return path
    done.add(table)
    if (path.steps.length >= longestPath) continue
    for (const step of stepsFrom(table)) {
      if (onlyUp && !step.up) continue
      const target = tableAfter(step)
      const price = path.price + step.edge.price + (step.up ? 0 : downSurcharge) - discount(step.edge)
      if (!done.has(target) && price < (best.get(target)?.price ?? Number.POSITIVE_INFINITY)) {
        best.set(target, { steps: [...path.steps, step], price })
      }
    }
  }
}

function cheapestOpen(
  best: ReadonlyMap<NamedTable, JoinPath>,
  done: ReadonlySet<NamedTable>,
): readonly [NamedTable, JoinPath] | null {
  let found: readonly [NamedTable, JoinPath] | null = null
  for (const entry of best) {
    if (!done.has(entry[0]) && (found === null || entry[1].price < found[1].price)) found = entry
  }
  return found
}
