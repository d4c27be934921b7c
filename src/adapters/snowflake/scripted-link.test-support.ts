import type { CatalogStore, StoredCatalog } from '../../core/ports/catalog-store.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { SmallResult, SnowflakeLink } from './snowflake-link.ts'

/** Rows under their column names, the way documentation prints them. */
export type Script = readonly (readonly [statement: RegExp, answer: SmallResult | Error])[]

export const rows = (columns: string, ...cells: readonly (readonly (string | null)[])[]): SmallResult => ({
  queryId: '01b2c3d4-0000-0000-0000-000000000000',
  columns: columns.split(' '),
  rows: cells,
})

export interface ScriptedLink extends SnowflakeLink {
  /** Every statement that was sent, in order. */
  readonly sent: string[]
  /** The answers from now on: the first that matches counts. */
  script: Script
  /** The most statements that were under way at once. */
  mostAtOnce(): number
}

/** Answers statements from a table. What the table lacks fails the test. */
export function makeScriptedLink(script: Script): ScriptedLink {
  let underWay = 0
  let most = 0
  const link: ScriptedLink = {
    sent: [],
    script,
    mostAtOnce: () => most,
    async query(statement, { signal }) {
      link.sent.push(statement)
      underWay += 1
      most = Math.max(most, underWay)
      await Promise.resolve()
      underWay -= 1
      signal.throwIfAborted()
      const answer = link.script.find(([pattern]) => pattern.test(statement))?.[1]
      if (answer === undefined) throw new Error(`No answer is scripted for ${statement}`)
      if (answer instanceof Error) throw answer
      return answer
    },
    close: () => Promise.resolve(),
  }
  return link
}

/** A catalog store in memory. */
export function makeCatalogShelf(): CatalogStore & { readonly shelf: Map<string, StoredCatalog> } {
  const shelf = new Map<string, StoredCatalog>()
  return {
    shelf,
    read: ({ source, view }) => Promise.resolve(shelf.get(`${source}/${view}`) ?? null),
    write({ source, view }, catalog, basedOn) {
      const there = shelf.get(`${source}/${view}`)?.version ?? null
      if (there !== basedOn) return Promise.resolve(there ?? 0)
      shelf.set(`${source}/${view}`, { ...catalog, version: (there ?? 0) + 1 })
      return Promise.resolve((there ?? 0) + 1)
    },
  }
}

/** A clock that stands still until it is set; what waits for it is woken then. */
export function makeHandClock(): Clock & { advance(ms: number): void } {
  let now = Date.parse('2026-11-22T12:00:00Z')
  const waiting = new Set<{ readonly at: number; readonly call: () => void }>()
  return {
    now: () => now,
    monotonicMs: () => now,
    after(ms, call) {
      const entry = { at: now + ms, call }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
    advance(ms) {
      now += ms
      for (const entry of waiting) {
        if (entry.at > now) continue
        waiting.delete(entry)
        entry.call()
      }
    },
  }
}
