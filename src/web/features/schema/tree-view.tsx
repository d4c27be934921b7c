import { useVirtualizer } from '@tanstack/react-virtual'
import {
  Box,
  ChevronRight,
  Columns3,
  Database,
  Eye,
  Folder,
  Info,
  KeyRound,
  Layers,
  Table2,
  type LucideIcon,
} from 'lucide-react'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import type { CatalogKind } from '../../../contract/catalog.ts'
import type { TreeNode, TreeRow } from './catalog-tree.ts'
import { say } from '../../words/language.ts'
import { schemaWords as words } from '../../words/schema.ts'

export interface TreeViewProps {
  readonly label: string
  readonly rows: readonly TreeRow[]
  /** What is searched for, which names show marked; the tree then is a list of hits, each with its place. */
  readonly marked?: string
  readonly onToggle: (id: string, isOpen: boolean) => void
  readonly onInsert: (node: TreeNode) => void
  readonly onDetails: (node: TreeNode) => void
  /** Called where the arrow up leaves the first row. */
  readonly onLeave?: () => void
}

const icons: Readonly<Record<CatalogKind, LucideIcon>> = {
  database: Database,
  schema: Folder,
  table: Table2,
  view: Eye,
  semantic_view: Box,
  family: Layers,
  column: Columns3,
}

const coarse = matchMedia('(pointer: coarse)')
/** What was typed so far counts as the beginning of a name for this long. */
const typeAheadMs = 1_000

/** A tree of any length: only what is in sight is drawn. One tab stop; the arrows, Home, End and letters move within. */
export function TreeView({ label, rows, marked = '', onToggle, onInsert, onDetails, onLeave }: TreeViewProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const base = useId()
  const [activeId, setActiveId] = useState<string | null>(null)
  const found = rows.findIndex(({ node }) => node.id === activeId)
  const active = found >= 0 ? found : 0
  const rowHeight = coarse.matches ? 44 : 30
  // oxlint-disable-next-line react/incompatible-library -- its results are read anew at every drawing, never remembered
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  // The row that the focus is on has to be in the document to be read out.
  useEffect(() => {
    if (found >= 0) virtual.scrollToIndex(found)
  }, [found, virtual])
  const goTo = (index: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (row !== undefined) setActiveId(row.node.id)
  }
  const startsWith = useTypeAhead()
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[active]
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowUp' && active === 0 && onLeave !== undefined) {
      event.preventDefault()
      return onLeave()
    }
    const isHandled = actOnKey(event, row, { rows, active, goTo, onToggle, onInsert, onDetails })
    if (!isHandled && event.key.length === 1 && event.key !== ' ') {
      const start = startsWith(event)
      const from = start.length === 1 ? active + 1 : active
      const order = [...rows.slice(from), ...rows.slice(0, from)]
      const next = order.find(({ node }) => node.name.toLowerCase().startsWith(start))
      if (next !== undefined) setActiveId(next.node.id)
    } else if (!isHandled) return
    event.preventDefault()
  }
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={rows.length === 0 ? undefined : `${base}-${active}`}
      onKeyDown={onKeyDown}
      className="group min-h-0 flex-1 overflow-y-auto px-2 outline-none"
    >
      <div role="presentation" style={{ blockSize: virtual.getTotalSize() }} className="relative">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            <Row
              // By place, so that a keystroke in the search changes rows instead of making them anew.
              key={index}
              id={`${base}-${index}`}
              row={row}
              marked={marked}
              isActive={index === active}
              style={{ blockSize: rowHeight, transform: `translateY(${start}px)` }}
              onPoint={() => setActiveId(row.node.id)}
              onToggle={() => onToggle(row.node.id, row.isOpen !== true)}
              onInsert={() => onInsert(row.node)}
              onDetails={() => onDetails(row.node)}
            />
          )
        })}
      </div>
    </div>
  )
}

/** Letters typed one after the other, as the beginning of a name. */
function useTypeAhead(): (event: KeyboardEvent) => string {
  const typed = useRef({ text: '', at: 0 })
  return ({ key, timeStamp }) => {
    const text = (timeStamp - typed.current.at < typeAheadMs ? typed.current.text : '') + key.toLowerCase()
    typed.current = { text, at: timeStamp }
    return text
  }
}

interface Moves extends Pick<TreeViewProps, 'rows' | 'onToggle' | 'onInsert' | 'onDetails'> {
  readonly active: number
  readonly goTo: (index: number) => void
}

/** Acts on a key as trees do; false for a key that means nothing here. */
function actOnKey(event: KeyboardEvent, { node, level, isOpen }: TreeRow, moves: Moves): boolean {
  const { rows, active, goTo, onToggle, onInsert, onDetails } = moves
  const parent = rows.slice(0, active).findLastIndex((row) => row.level < level)
  const steps = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 10, PageUp: active - 10 }
  const to = { ...steps, Home: 0, End: rows.length - 1 }[event.key]
  if (to !== undefined) {
    goTo(to)
    return true
  }
  switch (event.key) {
    case 'ArrowRight':
      if (isOpen === false) onToggle(node.id, true)
      else if (isOpen === true) goTo(active + 1)
      return true
    case 'ArrowLeft':
      if (isOpen === true) onToggle(node.id, false)
      else if (parent >= 0) goTo(parent)
      return true
    case ' ':
      if (isOpen !== null) onToggle(node.id, !isOpen)
      return true
    case 'Enter':
      if (event.shiftKey && hasDetails(node)) onDetails(node)
      else if (isInsertable(node)) onInsert(node)
      else onToggle(node.id, isOpen !== true)
      return true
    default:
      return false
  }
}

export const hasDetails = ({ kind }: TreeNode): boolean =>
  kind === 'table' || kind === 'view' || kind === 'semantic_view' || kind === 'family'
const isInsertable = ({ kind }: TreeNode): boolean => kind !== 'database' && kind !== 'schema' && kind !== 'family'

interface RowProps {
  readonly id: string
  readonly row: TreeRow
  readonly marked: string
  readonly isActive: boolean
  readonly style: { readonly blockSize: number; readonly transform: string }
  readonly onPoint: () => void
  readonly onToggle: () => void
  readonly onInsert: () => void
  readonly onDetails: () => void
}

function Row({ id, row, marked, isActive, style, onPoint, onToggle, onInsert, onDetails }: RowProps) {
  const { node, level, position, setSize, isOpen, wait } = row
  const Icon = node.key === 'primary' ? KeyRound : icons[node.kind]
  const place = marked === '' ? '' : node.place
  const about = [node.type, place, node.comment].filter((text) => text !== '').join(' · ')
  const shown = wait === null ? about : wait === 'loading' ? words.loading : words.failed
  const count = node.kind === 'family' || node.kind === 'schema' ? node.count.toLocaleString() : ''
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the tree has the focus and the keys
    <div
      id={id}
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={setSize}
      aria-expanded={isOpen ?? undefined}
      aria-selected={isActive}
      aria-label={`${[node.name, shown, count].filter((text) => text !== '').join(' ')}, ${words.kinds[node.kind]}`}
      title={about === '' ? node.name : `${node.name}: ${about}`}
      style={{ ...style, paddingInlineStart: (level - 1) * 14 }}
      onClick={() => {
        onPoint()
        if (isInsertable(node)) onInsert()
        else onToggle()
      }}
      className="absolute inset-x-0 top-0 flex cursor-default items-center gap-1 rounded-md pr-1 text-sm text-fg-2 hover:bg-hover hover:text-fg group-focus-visible:aria-selected:outline-2 group-focus-visible:aria-selected:-outline-offset-2 group-focus-visible:aria-selected:outline-focus"
    >
      <Opener
        name={node.name}
        isOpen={isOpen}
        onPress={() => {
          onPoint()
          onToggle()
        }}
      />
      <Icon size={14} aria-hidden className="shrink-0 text-fg-3" />
      <span className="min-w-0 shrink-0 truncate max-w-full">
        <Marked text={node.name} query={marked} />
      </span>{' '}
      <span className="min-w-0 flex-1 truncate text-xs text-fg-3">{shown}</span>{' '}
      {/* The blanks keep the words of a row apart for those who hear or speak them. */}
      {count !== '' && <span className="text-xs text-fg-3 tabular-nums">{count}</span>}
      {hasDetails(node) && (
        <RowButton label={say(words.details, { name: node.name })} Icon={Info} className="" onPress={onDetails} />
      )}
    </div>
  )
}

interface OpenerProps {
  readonly name: string
  /** Null for a row that has nothing below it. */
  readonly isOpen: boolean | null
  readonly onPress: () => void
}

function Opener({ name, isOpen, onPress }: OpenerProps) {
  if (isOpen === null) return <span className="w-6 shrink-0" />
  return (
    <RowButton
      label={say(isOpen ? words.close : words.open, { name })}
      Icon={ChevronRight}
      className={isOpen ? 'rotate-90' : ''}
      onPress={onPress}
    />
  )
}

interface RowButtonProps {
  readonly label: string
  readonly Icon: LucideIcon
  readonly className: string
  readonly onPress: () => void
}

/** A button for the pointer; the keys of the tree do the same. */
const RowButton = ({ label, Icon, className, onPress }: RowButtonProps) => (
  <button
    type="button"
    tabIndex={-1}
    aria-label={label}
    title={label}
    onClick={(event) => {
      event.stopPropagation()
      onPress()
    }}
    className="flex h-full w-6 shrink-0 items-center justify-center rounded-sm text-fg-3 hover:text-fg pointer-coarse:w-10"
  >
    <Icon size={14} aria-hidden className={className} />
  </button>
)

/** A name with what was typed in it marked. */
function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const typed = query
    .trim()
    .toLowerCase()
    .split(/[\s._]+/)
    .find((word) => word !== '' && text.toLowerCase().includes(word))
  if (typed === undefined) return text
  const at = text.toLowerCase().indexOf(typed)
  return (
    <>
      {text.slice(0, at)}
      <mark className="bg-mark text-fg">{text.slice(at, at + typed.length)}</mark>
      {text.slice(at + typed.length)}
    </>
  )
}
