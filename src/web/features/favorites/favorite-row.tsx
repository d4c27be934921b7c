import { clsx } from 'clsx'
import { BadgeCheck, ChevronDown, ChevronRight, Folder, Star, Users } from 'lucide-react'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { favoritesWords } from '../../words/favorites.ts'
import type { DropPart, Place, TreeRow } from './favorites-data.ts'

export const nameOf = (row: TreeRow): string => (row.kind === 'folder' ? row.folder.name : row.favorite.title)

export interface RowProps {
  readonly row: TreeRow
  readonly isMarked: boolean
  readonly isCurrent: boolean
  readonly isRenamed: boolean
  readonly onOpen: () => void
  readonly onFocus: () => void
  /** Called when dragging this row begins, and with null when it ends. */
  readonly onDragged: (row: TreeRow | null) => void
  /** Where the row that is being dragged goes when it is dropped on a part of this one; null where it cannot. */
  readonly placeFor: (part: DropPart) => Place | null
  readonly onDrop: (place: Place) => void
  /** Null leaves the name as it is. */
  readonly onName: (name: string | null) => void
}

const dropLooks = {
  before: 'shadow-[inset_0_2px_0_var(--color-accent)]',
  into: 'bg-accent-bg',
  after: 'shadow-[inset_0_-2px_0_var(--color-accent)]',
} as const satisfies Record<DropPart, string>

/** A row of the tree, which can be dragged, and on which others are dropped. */
export function Row(props: RowProps) {
  const { row, isMarked, isCurrent, isRenamed, onOpen, onFocus, onName } = props
  const { over, ...drag } = useRowDrag(props)
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree listens to the keys of its rows
    <div
      id={`favorite-row-${row.id}`}
      role="treeitem"
      aria-level={row.level}
      aria-selected={isCurrent}
      aria-expanded={row.kind === 'folder' ? row.isOpen : undefined}
      tabIndex={isMarked ? 0 : -1}
      onClick={onOpen}
      onFocus={onFocus}
      style={{ paddingInlineStart: `${(row.level - 1) * 16 + 6}px` }}
      className={clsx(
        'flex min-h-9 cursor-pointer items-center gap-1.5 rounded-lg pr-2 text-sm text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:min-h-11',
        isCurrent && 'bg-active text-fg',
        over !== null && dropLooks[over],
      )}
      {...drag}
    >
      <KindIcon row={row} />
      {isRenamed && <NameField name={nameOf(row)} onDone={onName} />}
      {!isRenamed && <span className="min-w-0 flex-1 truncate">{nameOf(row)}</span>}
      {row.kind === 'favorite' && <Marks favorite={row.favorite} />}
    </div>
  )
}

/** What makes a row one that can be dragged and dropped on, and the part of it that something is over. */
function useRowDrag({ row, isRenamed, onDragged, placeFor, onDrop }: RowProps) {
  const [over, setOver] = useState<DropPart | null>(null)
  return {
    over,
    draggable: !isRenamed,
    onDragStart: ({ dataTransfer }: DragEvent) => {
      dataTransfer.setData('text/plain', nameOf(row))
      onDragged(row)
    },
    onDragEnd: () => onDragged(null),
    onDragOver: (event: DragEvent) => {
      const part = partAt(event, row)
      const place = placeFor(part)
      // A favorite on any part of a folder goes into it.
      setOver(place === null ? null : place.parentId === row.id ? 'into' : part)
      if (place !== null) event.preventDefault()
    },
    onDragLeave: () => setOver(null),
    onDrop: (event: DragEvent) => {
      const place = placeFor(partAt(event, row))
      event.preventDefault()
      setOver(null)
      if (place !== null) onDrop(place)
    },
  }
}

/** The part of a row that the pointer is over. */
function partAt({ currentTarget, clientY }: DragEvent, { kind }: TreeRow): DropPart {
  const { top, height } = currentTarget.getBoundingClientRect()
  const share = (clientY - top) / height
  const edge = kind === 'folder' ? 0.25 : 0.5
  return share < edge ? 'before' : share >= 1 - edge ? 'after' : 'into'
}

function KindIcon({ row }: { readonly row: TreeRow }) {
  if (row.kind === 'favorite') return <Star size={14} aria-hidden className="ml-1 shrink-0 text-fg-3" />
  return (
    <>
      {row.isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
      <Folder size={15} aria-hidden className="shrink-0" />
    </>
  )
}

const Marks = ({ favorite }: Pick<Extract<TreeRow, { readonly kind: 'favorite' }>, 'favorite'>) => (
  <>
    {favorite.isVerified && (
      <BadgeCheck size={14} aria-label={favoritesWords.isVerified} className="shrink-0 text-ok" />
    )}
    {favorite.isShared && <Users size={14} aria-label={favoritesWords.isShared} className="shrink-0" />}
  </>
)

function NameField({ name, onDone }: { readonly name: string; readonly onDone: (name: string | null) => void }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  const finish = (): void => {
    const text = field.current?.value.trim() ?? ''
    onDone(text === '' || text === name ? null : text)
  }
  return (
    <input
      ref={field}
      aria-label={favoritesWords.newName}
      defaultValue={name}
      maxLength={100}
      onClick={(event) => event.stopPropagation()}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish()
        if (event.key === 'Escape') onDone(null)
        event.stopPropagation()
      }}
      className="min-w-0 flex-1 rounded-md border border-line-strong bg-input px-1.5 py-0.5 text-fg"
    />
  )
}
