/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/interactive-supports-focus, jsx-a11y/no-noninteractive-element-to-interactive-role -- options of a select can hold no second line; the question box has the focus for them */
import { Columns3, Eye, Layers, Star, Table2 } from 'lucide-react'
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type Ref, type RefObject } from 'react'
import type { ApiClient } from '../../transport/api-client.ts'
import { lettersOf, type NamedItem } from '../../ui/name-search.ts'
import { useNames } from './use-names.ts'
import { say } from '../../words/language.ts'
import { mentionWords as words } from '../../words/mentions.ts'

/** Handles keys of the question box while the list is open; true where it has taken one. */
export interface MentionKeys {
  key(event: { readonly key: string }): boolean
}

export interface MentionListProps {
  readonly api: ApiClient
  readonly connection: string
  /** What is typed after the `@`. */
  readonly query: string
  readonly id: string
  /** The box it belongs to, above which it stands. */
  readonly anchor: RefObject<HTMLElement | null>
  readonly keys: Ref<MentionKeys>
  /** Takes a name; `goOn` where its columns are wanted next. */
  readonly onChoose: (item: NamedItem, goOn: boolean) => void
  /** Told which option is marked, by its id; null where there is none. */
  readonly onActive: (optionId: string | null) => void
}

/** The names that fit what is typed after `@`, in a list that is moved through from the question box. */
export function MentionList({ api, connection, query, id, anchor, keys, onChoose, onActive }: MentionListProps) {
  // A group is open for as long as nothing else is typed.
  const [opened, setOpened] = useState<{ readonly query: string; readonly item: NamedItem } | null>(null)
  const family = opened?.query === query ? opened.item : null
  const { items, state } = useNames(api, connection, query, family)
  const [marked, setMarked] = useState({ query, at: 0 })
  const at = marked.query === query ? Math.min(marked.at, Math.max(0, items.length - 1)) : 0
  const list = useRef<HTMLUListElement>(null)
  const panel = usePlace(anchor)
  const active = items[at]
  const activeId = active === undefined ? null : `${id}-${at}`
  useEffect(() => onActive(activeId), [onActive, activeId])
  const choose = (item: NamedItem, goOn: boolean): void => {
    if (item.kind !== 'family') return onChoose(item, goOn)
    setOpened({ query, item })
    setMarked({ query, at: 0 })
  }
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  useImperativeHandle(keys, () => ({
    key: ({ key }) => {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[key] ?? 0
      if (step !== 0 && items.length > 0) {
        const next = at + step
        const isPage = Math.abs(step) > 1
        const to = isPage ? Math.max(0, Math.min(items.length - 1, next)) : (next + items.length) % items.length
        setMarked({ query, at: to })
        return true
      }
      if (active === undefined) return false
      const isTable = active.kind === 'table' || active.kind === 'view'
      const goesOn = key === '.' && isTable && lettersOf(query).letters !== '' && !isWhole(active, query)
      if (key !== 'Enter' && key !== 'Tab' && !goesOn) return false
      choose(active, goesOn)
      return true
    },
  }))
  return (
    <div
      ref={panel}
      popover="manual"
      className="fixed inset-auto m-0 overflow-hidden rounded-xl border border-line-strong bg-surface p-0 text-fg shadow-float"
    >
      <ul
        ref={list}
        id={id}
        role="listbox"
        aria-label={words.label}
        // It scrolls, so that keys must reach it; Tab in the box takes a name and never leads here.
        tabIndex={0}
        // A press anywhere in the list leaves the focus in the box.
        onMouseDown={(event) => event.preventDefault()}
        className="max-h-[min(16rem,40vh)] overflow-y-auto overscroll-contain p-1 empty:hidden"
      >
        {items.map((item, index) => (
          <Option
            key={`${item.kind} ${item.fullName}`}
            id={`${id}-${index}`}
            item={item}
            isActive={index === at}
            onChoose={() => choose(item, false)}
          />
        ))}
      </ul>
      <p className="border-t border-line px-3 py-1.5 text-xs text-fg-3 max-md:hidden first:border-t-0">
        {items.length > 0 ? words.hint : words[state]}
      </p>
      <output className={items.length > 0 ? 'sr-only' : 'block px-3 py-2 text-sm text-fg-2 md:sr-only'}>
        {items.length > 0 ? say(words.found, { count: items.length }) : words[state]}
      </output>
    </div>
  )
}

/** Shows the list over everything, above the frame of the question box, wherever that frame stands now. */
function usePlace(anchor: RefObject<HTMLElement | null>) {
  const panel = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const shown = panel.current
    shown?.showPopover()
    const place = (): void => {
      const frame = anchor.current?.closest('form')?.getBoundingClientRect()
      if (frame === undefined || shown === null) return
      shown.style.left = `${frame.left}px`
      shown.style.width = `${frame.width}px`
      shown.style.bottom = `${innerHeight - frame.top + 8}px`
    }
    place()
    const watch = new ResizeObserver(place)
    if (anchor.current !== null) watch.observe(anchor.current)
    addEventListener('resize', place)
    return () => {
      watch.disconnect()
      removeEventListener('resize', place)
    }
  }, [anchor])
  return panel
}

const isWhole = ({ name }: NamedItem, query: string): boolean => lettersOf(query).letters === name.toLowerCase()

const icons = { table: Table2, view: Eye, family: Layers, column: Columns3, favorite: Star } as const

interface OptionProps {
  readonly id: string
  readonly item: NamedItem
  readonly isActive: boolean
  readonly onChoose: () => void
}

/** The question box keeps the focus: keys move through the list from there. */
function Option({ id, item, isActive, onChoose }: OptionProps) {
  const Icon = icons[item.kind]
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- its keys are pressed in the question box
    <li
      id={id}
      role="option"
      aria-selected={isActive}
      // A press must not take the focus from the box; the choice is made when it ends, so that a finger can scroll.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
      className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1 text-sm hover:bg-hover aria-selected:bg-active pointer-coarse:min-h-11"
    >
      <Icon size={15} aria-hidden className="shrink-0 text-fg-3" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium text-fg" dir="auto">
          {item.name}
          <span className="sr-only">, {words.kinds[item.kind]}</span>
        </span>
        {item.comment !== '' && <span className="block truncate text-xs text-fg-3">{item.comment}</span>}
      </span>
      <span className="max-w-2/5 shrink-0 truncate text-xs text-fg-3">{item.place}</span>
    </li>
  )
}
