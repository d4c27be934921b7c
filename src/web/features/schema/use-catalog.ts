import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useDeferredValue, useMemo, useRef, useState, type RefObject } from 'react'
import type { CatalogAge, CatalogChildren, CatalogHit, CatalogSearch } from '../../../contract/catalog.ts'
import type { Problem } from '../../../contract/problem.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { makeTableSearch, makeTree, nodeOf, type CatalogTree, type Fetched, type TreeNode } from './catalog-tree.ts'

const staleMs = 5 * 60_000
/** A list that is still being read is asked for again after this long. */
const partialMs = 4_000
const pageSize = 500
/** More columns than these are not shown in the tree. */
const mostPages = 10

export interface NamedTables {
  readonly age: CatalogAge
  readonly count: number
  readonly tree: CatalogTree
  readonly find: (query: string) => readonly TreeNode[]
}

/** All names of a connection's catalog, made into a tree once for each version. */
export function useNamedTables(api: ApiClient, connection: string) {
  const client = useQueryClient()
  const queryKey = useMemo(() => ['catalog', connection, 'names'], [connection])
  return useQuery<NamedTables>({
    queryKey,
    staleTime: staleMs,
    refetchInterval: ({ state }) => (state.data?.age.state === 'partial' ? partialMs : false),
    queryFn: async ({ signal }) => {
      const known = client.getQueryData<NamedTables>(queryKey)
      const version = known?.age.version
      const input = { connection, ...(version === undefined ? {} : { version }) }
      const { age, schemas, tables } = await api.catalog.names(input, { signal })
      if (schemas === null && known !== undefined) return { ...known, age }
      const tree = makeTree(schemas ?? [])
      return { age, count: tables, tree, find: makeTableSearch(tree) }
    },
  })
}

/** What lies below nodes: columns of tables and members of families. */
export function useChildren(
  api: ApiClient,
  connection: string,
  version: string,
  ids: readonly string[],
): ReadonlyMap<string, Fetched> {
  const results = useQueries({
    queries: ids.map((parent) => ({
      queryKey: ['catalog', connection, 'children', version, parent],
      staleTime: staleMs,
      queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<readonly TreeNode[]> => {
        const nodes: TreeNode[] = []
        let cursor: string | null = null
        for (let page = 0; page === 0 || (cursor !== null && page < mostPages); page += 1) {
          const asked: { readonly cursor?: string } = cursor === null ? {} : { cursor }
          const answer: CatalogChildren = await api.catalog.children(
            { connection, parent, limit: pageSize, ...asked },
            { signal },
          )
          for (const node of answer.nodes) nodes.push(nodeOf(node))
          cursor = answer.nextCursor
        }
        return nodes
      },
    })),
  })
  return new Map(
    ids.map((id, at) => {
      const result = results[at]
      return [id, result?.data ?? (result?.isError ? 'failed' : 'loading')]
    }),
  )
}

/** Columns that are called or described so, from the server; what was found before stays until the next is there. */
export function useColumnHits(api: ApiClient, connection: string, typed: string): readonly CatalogHit[] {
  const query = useDeferredValue(typed.trim())
  const { data } = useQuery<CatalogSearch>({
    queryKey: ['catalog', connection, 'columns', query],
    enabled: query.length >= 2,
    staleTime: staleMs,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      // A question a keystroke would be more than the server needs to hear.
      await new Promise((resolve) => setTimeout(resolve, typingMs))
      signal.throwIfAborted()
      return await api.catalog.search({ connection, q: query, kinds: 'column', limit: 50 }, { signal })
    },
  })
  return query.length >= 2 ? (data?.hits ?? none) : none
}
const typingMs = 150
const none: readonly CatalogHit[] = []

export interface CatalogRefresh {
  /** How far it is; null while none goes on. */
  readonly fact: string | null
  readonly problem: Problem | null
  readonly start: () => Promise<void>
  /** Aborting it stops the refresh. */
  readonly running: RefObject<AbortController | null>
}

/** Compares a connection's list with its source, on request. */
export function useRefresh(api: ApiClient, connection: string, first: string): CatalogRefresh {
  const client = useQueryClient()
  const [fact, setFact] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const running = useRef<AbortController | null>(null)
  const run = useCallback(async (): Promise<void> => {
    const own = new AbortController()
    running.current?.abort()
    running.current = own
    setFact(first)
    setProblem(null)
    try {
      const events = await api.catalog.refresh({ connection }, { signal: own.signal })
      for await (const event of events) {
        if (event.kind === 'progress') setFact(event.fact)
        if (event.kind === 'failed') setProblem(event.problem)
      }
    } catch (error) {
      if (!own.signal.aborted) setProblem(problemOf(error))
    }
    if (running.current !== own) return
    running.current = null
    setFact(null)
    await client.invalidateQueries({ queryKey: ['catalog', connection] })
  }, [api, client, connection, first])
  return { fact, problem, running, start: run }
}
