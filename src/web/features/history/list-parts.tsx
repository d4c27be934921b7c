import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { ListSkeleton } from '../../ui/panel.tsx'
import { historyWords } from '../../words/history.ts'

/** A place in a panel for what is no list. */
export const Inset = ({ children }: { readonly children: ReactNode }) => (
  <div className="min-h-0 flex-1 px-4 py-2">{children}</div>
)

interface UnreadListProps {
  readonly list: { readonly error: Error | null; readonly refetch: () => unknown }
}

/** Stands in the place of a list that has not been read: why it could not be, or that it is under way. */
export const UnreadList = ({ list: { error, refetch } }: UnreadListProps) => (
  <Inset>
    {error === null ? <ListSkeleton /> : <FaultBox problem={problemOf(error)} onAgain={() => void refetch()} />}
  </Inset>
)

interface MoreProps {
  readonly list: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => unknown
  }
}

/** Fetches the next page once the end of the list comes into sight, or when it is pressed. */
export function More({ list: { hasNextPage, isFetchingNextPage, fetchNextPage } }: MoreProps) {
  const button = useRef<HTMLButtonElement>(null)
  const next = useRef(fetchNextPage)
  useEffect(() => {
    next.current = fetchNextPage
  })
  useEffect(() => {
    if (!hasNextPage || isFetchingNextPage || button.current === null) return undefined
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting ?? false) next.current()
    })
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [hasNextPage, isFetchingNextPage])
  if (!hasNextPage) return null
  return (
    <Button ref={button} look="quiet" size="sm" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
      {historyWords.more}
    </Button>
  )
}

/** The row of a list that something is in, by its `data-row`. */
export const rowOf = (target: EventTarget): string | undefined =>
  target instanceof Element ? target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined

/** Makes rows one stop of the Tab key, between which arrows move; `first` is the stop until one of them has had the focus. */
export function useOneList(ids: readonly string[], first: string | null) {
  const [focused, setFocused] = useState<string | null>(null)
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')]
    const at = rows.findIndex((row) => row.dataset['row'] === rowOf(event.target))
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: rows.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    rows[to]?.focus()
  }
  const onFocus = (event: { readonly target: EventTarget }): void => setFocused(rowOf(event.target) ?? focused)
  return { stop: focused !== null && ids.includes(focused) ? focused : (first ?? ids[0] ?? null), onKeyDown, onFocus }
}
