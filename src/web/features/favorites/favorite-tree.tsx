import { clsx } from 'clsx'
import { ChevronDown, ChevronUp, Pencil, Trash2 } from 'lucide-react'
import { useState, type DragEvent, type KeyboardEvent } from 'react'
import { useNavigate, useParams } from 'react-router'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/form.tsx'
import { favoritesWords } from '../../words/favorites.ts'
import { say } from '../../words/language.ts'
import { nameOf, Row } from './favorite-row.tsx'
import {
  dropPlace,
  moveRow,
  parentOf,
  placeOf,
  stepOf,
  useChange,
  type KeptThings,
  type Place,
  type TreeRow,
} from './favorites-data.ts'

export interface FavoriteTreeProps {
  readonly api: ApiClient
  readonly things: KeptThings
  readonly rows: readonly TreeRow[]
  readonly onToggle: (folderId: string, isOpen: boolean) => void
  readonly onOpened: () => void
}

/**
 * Folders and favorites as one tree, which is one stop of the Tab key: arrows move, Enter opens, F2 renames, Delete removes, Alt with an arrow
 * changes the order. What is marked can be changed with buttons below as well, and moved with the pointer.
 */
export function FavoriteTree(props: FavoriteTreeProps) {
  const { api, things, rows } = props
  const [renamed, setRenamed] = useState<string | null>(null)
  const [dragged, setDragged] = useState<TreeRow | null>(null)
  const actions = useRowActions(api, things)
  const drop = (place: Place): void => {
    if (dragged !== null) actions.move(dragged, place)
    setDragged(null)
  }
  const { marked, favoriteId, onOpen, onMark, onKeyDown } = useMarkedRow({ ...props, actions, onRename: setRenamed })
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its rows take the focus */}
      <div role="tree" aria-label={favoritesWords.tree} onKeyDown={onKeyDown} className="flex flex-col">
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            isMarked={row.id === marked?.id}
            isCurrent={row.id === favoriteId}
            isRenamed={row.id === renamed}
            onOpen={() => onOpen(row)}
            onFocus={() => onMark(row.id)}
            onDragged={setDragged}
            placeFor={(part) => (dragged === null ? null : dropPlace(things, dragged, row, part))}
            onDrop={drop}
            onName={(name) => {
              setRenamed(null)
              if (name !== null) actions.rename(row, name)
            }}
          />
        ))}
      </div>
      {dragged !== null && parentOf(dragged) !== null && (
        <OutOfFolders onDrop={() => drop({ parentId: null, before: null })} />
      )}
      {marked !== undefined && (
        <RowTools row={marked} things={things} actions={actions} onRename={() => setRenamed(marked.id)} />
      )}
    </>
  )
}

const arrowKeys: ReadonlySet<string> = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'])

type MarkedRowNeeds = FavoriteTreeProps & { readonly actions: RowActions; readonly onRename: (id: string) => void }

/** Which row the keys are for, and what they do. */
function useMarkedRow({ rows, onToggle, onOpened, actions, onRename }: MarkedRowNeeds) {
  const navigate = useNavigate()
  const { favoriteId } = useParams()
  const [activeId, setActive] = useState<string | null>(null)
  const marked = rows.find(({ id }) => id === activeId) ?? rows.find(({ id }) => id === favoriteId) ?? rows[0]
  const onOpen = (row: TreeRow): void => {
    setActive(row.id)
    if (row.kind === 'folder') onToggle(row.id, !row.isOpen)
    else {
      void navigate(`/favorites/${row.id}`)
      onOpened()
    }
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (marked === undefined || event.target instanceof HTMLInputElement) return
    const { key, altKey } = event
    const to = rowToFocus(event, rows, marked)
    if (to !== undefined) document.getElementById(`favorite-row-${to.id}`)?.focus()
    else if (altKey && (key === 'ArrowUp' || key === 'ArrowDown')) actions.step(marked, key === 'ArrowUp' ? -1 : 1)
    else if (key === 'ArrowRight' && marked.kind === 'folder') onToggle(marked.id, true)
    else if (key === 'ArrowLeft' && marked.kind === 'folder') onToggle(marked.id, false)
    else if (key === 'Enter' || key === ' ') onOpen(marked)
    else if (key === 'F2') onRename(marked.id)
    else if (key === 'Delete') actions.remove(marked)
    else if (!arrowKeys.has(key)) return
    event.preventDefault()
  }
  return { marked, favoriteId, onOpen, onMark: setActive, onKeyDown }
}

/** The row that a key leads to from the marked one. */
function rowToFocus({ key, altKey }: KeyboardEvent, rows: readonly TreeRow[], marked: TreeRow): TreeRow | undefined {
  const at = rows.findIndex(({ id }) => id === marked.id)
  if (altKey) return undefined
  if (key === 'ArrowUp') return rows[at - 1]
  if (key === 'ArrowDown') return rows[at + 1]
  if (key === 'Home') return rows[0]
  if (key === 'End') return rows.at(-1)
  if (key !== 'ArrowLeft' || (marked.kind === 'folder' && marked.isOpen)) return undefined
  return rows.find(({ id }) => id === parentOf(marked))
}

type RowActions = ReturnType<typeof useRowActions>

/** What can be done with a row of the tree. */
function useRowActions(api: ApiClient, things: KeptThings) {
  const { mutate } = useChange()
  return {
    step: (row: TreeRow, by: -1 | 1): void => {
      const place = stepOf(things, row, by)
      if (place !== null) mutate({ work: () => moveRow(api, row, place) })
    },
    move: (row: TreeRow, place: Place): void => {
      const before = placeOf(things, row)
      mutate({
        work: () => moveRow(api, row, place),
        said: say(favoritesWords.moved, { name: nameOf(row) }),
        undo: () => moveRow(api, row, before),
      })
    },
    rename: (row: TreeRow, name: string): void =>
      mutate({
        work: () =>
          row.kind === 'folder'
            ? api.folders.change({ folderId: row.id, name })
            : api.favorites.change({ favoriteId: row.id, title: name }),
      }),
    remove: (row: TreeRow): void => mutate(removalOf(api, row)),
  }
}

const removalOf = (api: ApiClient, row: TreeRow) =>
  row.kind === 'folder'
    ? {
        work: () => api.folders.remove({ folderId: row.id }),
        said: say(favoritesWords.folderRemoved, { name: nameOf(row) }),
        undo: () => api.folders.restore({ folderId: row.id }),
      }
    : {
        work: () => api.favorites.remove({ favoriteId: row.id }),
        said: say(favoritesWords.removed, { name: nameOf(row) }),
        undo: () => api.favorites.restore({ favoriteId: row.id }),
      }

/** Shown while something that lies in a folder is dragged: dropped here, it leaves its folders. */
function OutOfFolders({ onDrop }: { readonly onDrop: () => void }) {
  const [isOver, setOver] = useState(false)
  return (
    <div
      onDragOver={(event: DragEvent) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault()
        onDrop()
      }}
      className={clsx(
        'rounded-lg border border-dashed border-line-strong px-2 py-1.5 text-center text-sm text-fg-2',
        isOver && 'bg-accent-bg',
      )}
    >
      {favoritesWords.noFolder}
    </div>
  )
}

interface RowToolsProps {
  readonly row: TreeRow
  readonly things: KeptThings
  readonly actions: RowActions
  readonly onRename: () => void
}

/** The same for people who point or touch. */
function RowTools({ row, things, actions, onRename }: RowToolsProps) {
  const name = nameOf(row)
  const places = things.folders.filter(({ id }) => id !== row.id)
  return (
    <fieldset
      aria-label={say(favoritesWords.change, { name })}
      className="flex flex-wrap items-center gap-1 border-t border-line pt-1.5"
    >
      <Button
        look="quiet"
        size="sm"
        aria-label={say(favoritesWords.moveUp, { name })}
        disabled={stepOf(things, row, -1) === null}
        onClick={() => actions.step(row, -1)}
      >
        <ChevronUp size={15} aria-hidden />
      </Button>
      <Button
        look="quiet"
        size="sm"
        aria-label={say(favoritesWords.moveDown, { name })}
        disabled={stepOf(things, row, 1) === null}
        onClick={() => actions.step(row, 1)}
      >
        <ChevronDown size={15} aria-hidden />
      </Button>
      <Button look="quiet" size="sm" aria-label={say(favoritesWords.rename, { name })} onClick={onRename}>
        <Pencil size={15} aria-hidden />
      </Button>
      <Button
        look="quiet"
        size="sm"
        aria-label={say(favoritesWords.remove, { name })}
        onClick={() => actions.remove(row)}
      >
        <Trash2 size={15} aria-hidden />
      </Button>
      {places.length > 0 && (
        <SelectField
          label={say(favoritesWords.folderOf, { name })}
          isLabelShown={false}
          value={parentOf(row) ?? ''}
          options={[['', favoritesWords.noFolder], ...places.map((folder) => [folder.id, folder.name] as const)]}
          onChange={(event) =>
            actions.move(row, { parentId: event.target.value === '' ? null : event.target.value, before: null })
          }
          className="min-w-28 flex-1"
        />
      )}
    </fieldset>
  )
}
