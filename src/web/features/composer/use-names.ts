import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { CatalogHit } from '../../../contract/catalog.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import {
  columnItems,
  lettersOf,
  makeNameSearch,
  memberItems,
  ownerOf,
  sqlName,
  type NamedItem,
  type NameSearch,
} from '../../ui/name-search.ts'
import { mentionWords } from '../../words/mentions.ts'

const mostShown = 50
const mostMembers = 200
const mostFoundColumns = 12
const mostFavorites = 5
const pauseMs = 120
const oneMinute = 60_000
const fiveMinutes = 5 * oneMinute

/** Why a list is empty. */
type ListState = 'loading' | 'failed' | 'none'

/** Tables by their names, which the page has all of, and the columns of the table before a dot. */
export function useNames(api: ApiClient, connection: string, query: string, family: NamedItem | null) {
  const names = useQuery({
    queryKey: ['catalog-names', connection],
    queryFn: ({ signal }) => api.catalog.names({ connection }, { signal }),
    staleTime: fiveMinutes,
  })
  const search = useMemo(() => makeNameSearch(names.data?.schemas ?? []), [names.data])
  const owner = useMemo(() => ownerIn(search, query), [search, query])
  const details = useQuery({
    queryKey: ['catalog-table', connection, owner?.fullName ?? ''],
    queryFn: ({ signal }) => api.catalog.table({ connection, name: sqlName(owner?.path ?? []) }, { signal }),
    enabled: owner !== null,
    staleTime: fiveMinutes,
  })
  const members = useQuery({
    queryKey: ['catalog-members', connection, family?.fullName ?? ''],
    queryFn: ({ signal }) =>
      api.catalog.children(
        { connection, parent: `family:${sqlName(family?.path ?? [])}`, limit: mostMembers },
        { signal },
      ),
    enabled: family !== null,
    staleTime: fiveMinutes,
  })
  const hits = useFoundColumns(api, connection, owner === null && family === null ? query : '')
  const favorites = useFavorites(api, owner === null && family === null ? query : '')
  const items = useMemo(() => {
    const { letters } = lettersOf(query)
    if (family !== null) return memberItems(family, members.data?.nodes.map(({ name }) => name) ?? [])
    const tables = search.find(query, mostShown)
    const columns =
      owner === null
        ? hits.flatMap((hit) => search.columnOf(hit) ?? [])
        : columnItems(owner, details.data?.columns ?? [], letters)
    // The very name comes first; favorites stand before tables that only hold the letters somewhere.
    const [first] = tables
    const isNamed = first !== undefined && first.name.toLowerCase().startsWith(letters)
    const found = isNamed ? [...tables, ...favorites] : [...favorites, ...tables]
    return (owner === null ? [...found, ...columns] : [...columns, ...tables]).slice(0, mostShown)
  }, [search, owner, details.data, family, members.data, hits, favorites, query])
  const isWaiting = names.isPending || details.isLoading || members.isLoading
  const state: ListState = isWaiting ? 'loading' : names.isError ? 'failed' : 'none'
  return { items, state }
}

/** The person's favorites whose title or question holds what is typed; those without a question cannot be asked in words. */
function useFavorites(api: ApiClient, query: string): readonly NamedItem[] {
  const { letters } = lettersOf(query)
  const isWanted = letters.length > 1
  const { data } = useQuery({
    queryKey: ['favorites-to-name'],
    queryFn: ({ signal }) => api.favorites.list({}, { signal }),
    enabled: isWanted,
    staleTime: oneMinute,
  })
  return useMemo(
    () =>
      (isWanted ? (data?.favorites ?? []) : [])
        .filter(({ title, question }) => question !== null && `${title} ${question}`.toLowerCase().includes(letters))
        .slice(0, mostFavorites)
        .map(({ id, title, question }): NamedItem => ({
          kind: 'favorite',
          name: title,
          path: [id],
          place: mentionWords.favorite,
          fullName: id,
          text: question ?? '',
          comment: question === title ? '' : (question ?? ''),
        })),
    [isWanted, data, letters],
  )
}

/** The one table before the last dot of what is typed; null where there is none, or several. */
function ownerIn(search: NameSearch, query: string): NamedItem | null {
  const parts = ownerOf(query)
  const [only, ...more] = parts === null ? [] : search.tablesCalled(parts)
  return only === undefined || more.length > 0 ? null : only
}

/** Columns of all tables, which only the server knows: asked for once nothing was typed for a moment. */
function useFoundColumns(api: ApiClient, connection: string, query: string): readonly CatalogHit[] {
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(query), pauseMs)
    return () => clearTimeout(timer)
  }, [query])
  const { letters } = lettersOf(settled)
  const { data } = useQuery({
    queryKey: ['catalog-columns', connection, letters],
    queryFn: ({ signal }) =>
      api.catalog.search({ connection, q: letters, kinds: 'column', limit: mostFoundColumns }, { signal }),
    enabled: letters.length > 1 && settled === query,
    staleTime: fiveMinutes,
    placeholderData: keepPreviousData,
  })
  return useMemo(() => (letters.length > 1 ? (data?.hits ?? []) : []), [data, letters])
}
