import { useQuery } from '@tanstack/react-query'
import { FolderPlus, Star, Users } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { FaultBox, TextField } from '../../ui/form.tsx'
import { ListSkeleton } from '../../ui/panel.tsx'
import type { PanelProps } from '../../ui/panel-props.ts'
import { favoritesWords } from '../../words/favorites.ts'
import { say } from '../../words/language.ts'
import { FavoriteTree } from './favorite-tree.tsx'
import { favoritesKey, treeRows, useChange, useKeptThings, type KeptThings } from './favorites-data.ts'

const noFolders: ReadonlySet<string> = new Set()

/** What a person keeps: folders and favorites in their order, found by words and tags, and what others share. */
export function FavoritesPanel({ api, onClose }: PanelProps) {
  const kept = useKeptThings(api)
  const [words, setWords] = useState('')
  const [tag, setTag] = useState<string | null>(null)
  if (kept.data === undefined)
    return kept.error === null ? (
      <ListSkeleton />
    ) : (
      <FaultBox problem={problemOf(kept.error)} onAgain={() => void kept.refetch()} />
    )
  const isSearching = words.trim() !== '' || tag !== null
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto px-3 pb-3">
      <TextField
        label={favoritesWords.find}
        type="search"
        value={words}
        placeholder={favoritesWords.findIn}
        onChange={(event) => setWords(event.target.value)}
      />
      <TagChips things={kept.data} chosen={tag} onChoose={setTag} />
      {isSearching ? (
        <Found api={api} words={words.trim()} tag={tag} onClose={onClose} />
      ) : (
        <Everything api={api} things={kept.data} onClose={onClose} />
      )}
      <SharedWithMe api={api} onClose={onClose} />
    </div>
  )
}

function TagChips({
  things,
  chosen,
  onChoose,
}: {
  readonly things: KeptThings
  readonly chosen: string | null
  readonly onChoose: (tag: string | null) => void
}) {
  const tags = useMemo(
    () => [...new Set(things.favorites.flatMap((favorite) => favorite.tags))].toSorted((a, b) => a.localeCompare(b)),
    [things],
  )
  if (tags.length === 0) return null
  return (
    <fieldset aria-label={favoritesWords.onlyTag} className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          aria-pressed={tag === chosen}
          onClick={() => onChoose(tag === chosen ? null : tag)}
          className="min-h-7 max-w-full truncate rounded-full border border-line px-2.5 text-xs text-fg-2 hover:bg-hover aria-pressed:border-accent-text aria-pressed:bg-accent-bg aria-pressed:text-accent-text pointer-coarse:min-h-9"
        >
          {tag}
        </button>
      ))}
    </fieldset>
  )
}

function Everything({
  api,
  things,
  onClose,
}: {
  readonly api: ApiClient
  readonly things: KeptThings
  readonly onClose: () => void
}) {
  const [closed, setClosed] = useState(noFolders)
  const rows = useMemo(() => treeRows(things, closed), [things, closed])
  const change = useChange()
  const toggle = (id: string, isOpen: boolean): void =>
    setClosed((before) => new Set(isOpen ? [...before].filter((one) => one !== id) : [...before, id]))
  return (
    <section aria-label={favoritesWords.own} className="flex flex-col gap-1.5">
      <div className="flex items-center justify-between">
        <h2 className="text-xs font-medium text-fg-3">{favoritesWords.own}</h2>
        <Button
          look="quiet"
          size="sm"
          disabled={change.isPending}
          onClick={() =>
            change.mutate({
              work: () => api.folders.make({ name: favoritesWords.newFolder }),
              said: favoritesWords.folderMade,
            })
          }
        >
          <FolderPlus size={15} aria-hidden />
          {favoritesWords.newFolder}
        </Button>
      </div>
      {rows.length === 0 ? (
        <p className="text-sm text-fg-2">{favoritesWords.none}</p>
      ) : (
        <FavoriteTree api={api} things={things} rows={rows} onToggle={toggle} onOpened={onClose} />
      )}
    </section>
  )
}

interface FoundProps {
  readonly api: ApiClient
  readonly words: string
  readonly tag: string | null
  readonly onClose: () => void
}

function Found({ api, words, tag, onClose }: FoundProps) {
  const found = useQuery({
    queryKey: [...favoritesKey, 'found', words, tag],
    queryFn: ({ signal }) =>
      api.favorites.list(
        { limit: 100, ...(words === '' ? {} : { q: words }), ...(tag === null ? {} : { tag }) },
        { signal },
      ),
  })
  if (found.error !== null) return <FaultBox problem={problemOf(found.error)} onAgain={() => void found.refetch()} />
  if (found.data === undefined) return <ListSkeleton />
  return (
    <section aria-label={favoritesWords.foundPlace} className="flex flex-col gap-1">
      <output className="text-xs text-fg-3">
        {found.data.favorites.length === 0
          ? favoritesWords.nothingFound
          : say(found.data.next === null ? favoritesWords.found : favoritesWords.foundMore, {
              count: found.data.favorites.length,
            })}
      </output>
      <ul className="flex flex-col">
        {found.data.favorites.map(({ id, title, question }) => (
          <li key={id}>
            <FavoriteLink id={id} title={title} under={question} onOpened={onClose} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function SharedWithMe({ api, onClose }: { readonly api: ApiClient; readonly onClose: () => void }) {
  const shared = useQuery({
    queryKey: [...favoritesKey, 'shared'],
    queryFn: ({ signal }) => api.favorites.shared(undefined, { signal }),
  })
  if (shared.error !== null) return <FaultBox problem={problemOf(shared.error)} onAgain={() => void shared.refetch()} />
  if (shared.data === undefined || shared.data.length === 0) return null
  return (
    <section aria-label={favoritesWords.shared} className="flex flex-col gap-1 border-t border-line pt-2">
      <h2 className="flex items-center gap-1.5 text-xs font-medium text-fg-3">
        <Users size={14} aria-hidden />
        {favoritesWords.shared}
      </h2>
      <ul className="flex flex-col">
        {shared.data.map(({ id, title, owner, groups }) => (
          <li key={id}>
            <FavoriteLink id={id} title={title} under={`${owner} · ${groups.join(', ')}`} onOpened={onClose} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const FavoriteLink = ({
  id,
  title,
  under,
  onOpened,
}: {
  readonly id: string
  readonly title: string
  readonly under: string | null
  readonly onOpened: () => void
}) => (
  <Link
    to={`/favorites/${id}`}
    onClick={onOpened}
    className="flex min-h-9 flex-col justify-center rounded-lg px-2 py-1 text-sm hover:bg-hover"
  >
    <span className="truncate">{title}</span>
    {under !== null && under !== title && <span className="truncate text-xs text-fg-3">{under}</span>}
  </Link>
)

export interface StarButtonProps {
  readonly api: ApiClient
  readonly turnId: string
}

/** Keeps an answer as a favorite, or deletes the favorite that was made of it. */
export function StarButton({ api, turnId }: StarButtonProps) {
  const kept = useKeptThings(api)
  const change = useChange()
  const favorite = kept.data?.favorites.find((one) => one.turnId === turnId)
  const press = (): void => {
    if (favorite === undefined) change.mutate({ work: () => api.favorites.make({ turnId }), said: favoritesWords.kept })
    else
      change.mutate({
        work: () => api.favorites.remove({ favoriteId: favorite.id }),
        said: say(favoritesWords.unkept, { title: favorite.title }),
        undo: () => api.favorites.restore({ favoriteId: favorite.id }),
      })
  }
  const words = favorite === undefined ? favoritesWords.keep : favoritesWords.unkeep
  return (
    <Button
      look="quiet"
      size="sm"
      title={words}
      aria-label={words}
      aria-pressed={favorite !== undefined}
      disabled={change.isPending || kept.data === undefined}
      onClick={press}
    >
      <Star size={15} aria-hidden className={favorite === undefined ? undefined : 'fill-current text-warn'} />
    </Button>
  )
}
