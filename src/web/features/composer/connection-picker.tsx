/* oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/interactive-supports-focus -- options of a select can hold no second line; the list has the focus for them */
import { ChevronDown, TriangleAlert } from 'lucide-react'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { Link } from 'react-router'
import type { ConnectionSummary } from '../../../contract/api.ts'
import { ConnectionDot } from '../../ui/connection-dot.tsx'
import { connectionChoiceWords as words } from '../../words/composer.ts'
import { say } from '../../words/language.ts'

export interface ConnectionPickerProps {
  readonly connections: readonly ConnectionSummary[]
  /** Whether the list is known yet. */
  readonly isLoading: boolean
  /** The connection that questions go to; one that is not in the list is named as not available. */
  readonly chosen: string
  readonly onChoose: (ref: string) => void
}

/** Which source a question goes to, where the question is typed: what it reaches and what is wrong with it, with the others one press away. */
export function ConnectionPicker({ connections, isLoading, chosen, onChoose }: ConnectionPickerProps) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(chosen)
  const connection = connections.find(({ ref }) => ref === chosen)
  const isUnsafe = connection !== undefined && connection.warning !== null
  const close = (): void => {
    list.current?.hidePopover()
    button.current?.focus()
  }
  const choose = (ref: string): void => {
    onChoose(ref)
    close()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = connections.findIndex(({ ref }) => ref === active)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: connections.length - 1 }[event.key]
    // Escape closes the list; on the page it would stop what runs.
    if (event.key === 'Escape') event.stopPropagation()
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose(active)
    }
    if (next === undefined) return
    event.preventDefault()
    setActive(connections[Math.max(0, Math.min(connections.length - 1, next))]?.ref ?? active)
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-haspopup="listbox"
        aria-label={say(isUnsafe ? words.unsafeButton : words.button, { name: nameOf(connection, chosen, isLoading) })}
        title={connection === undefined ? undefined : placeIn(connection)}
        className="flex min-h-8 max-w-56 min-w-0 items-center gap-1.5 rounded-md px-1.5 text-xs text-fg-2 hover:bg-hover hover:text-fg pointer-coarse:min-h-10"
      >
        {connection !== undefined && <ConnectionDot connection={connection} />}
        {isUnsafe && <TriangleAlert size={14} aria-hidden className="shrink-0 text-warn" />}
        <span className="truncate">{connection?.label ?? nameOf(undefined, chosen, isLoading)}</span>
        <ChevronDown size={14} aria-hidden className="shrink-0" />
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        onBeforeToggle={({ newState }) => {
          if (newState === 'open') setActive(chosen)
        }}
        onToggle={({ newState }) => {
          if (newState !== 'open' || button.current === null || list.current === null) return
          const { left, top } = button.current.getBoundingClientRect()
          const { style } = list.current
          style.left = `${Math.max(8, Math.min(left, innerWidth - list.current.offsetWidth - 8))}px`
          style.bottom = `${innerHeight - top + 6}px`
        }}
        className="fixed inset-auto m-0 max-h-[60vh] w-88 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-xl border border-line-strong bg-surface p-1.5 text-fg shadow-float"
      >
        <div
          ref={takeFocus}
          role="listbox"
          aria-label={words.list}
          tabIndex={-1}
          aria-activedescendant={`${id}-${active}`}
          onKeyDown={onKeyDown}
          className="outline-none"
        >
          {connections.map((each) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the list listens to keys
            <div
              key={each.ref}
              id={`${id}-${each.ref}`}
              role="option"
              aria-selected={each.ref === chosen}
              data-active={each.ref === active || undefined}
              onClick={() => choose(each.ref)}
              onPointerMove={() => setActive(each.ref)}
              className="flex cursor-pointer flex-col rounded-lg px-3 py-2 text-sm aria-selected:font-medium data-active:bg-active"
            >
              <span className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate">{each.label}</span>
                {each.ref === chosen && <span className="text-xs font-normal text-fg-2">{words.inUse}</span>}
              </span>
              <span className="text-xs font-normal break-words text-fg-2">{aboutOf(each)}</span>
              <span className="text-xs font-normal text-fg-2">
                <ConnectionDot connection={each} withWords />
              </span>
              {each.warning !== null && (
                <span className="flex gap-1.5 pt-1 text-xs font-normal text-warn">
                  <TriangleAlert size={14} aria-hidden className="shrink-0" />
                  <span lang="en">{each.warning}</span>
                </span>
              )}
            </div>
          ))}
        </div>
        <Link
          to="/settings/connections"
          className="mt-1 flex min-h-9 items-center rounded-lg border-t border-line px-3 text-sm text-accent-text hover:bg-hover"
        >
          {words.manage}
        </Link>
      </div>
    </>
  )
}

/** The browser focuses it while it opens the list, so that the next key is the list's; after `toggle` that key would be lost. */
const takeFocus = (element: HTMLElement | null): void => element?.setAttribute('autofocus', '')

const placeIn = ({ label, engine }: ConnectionSummary): string => `${label} · ${engine}`

/** What stands for a connection, one that is not in the list included. */
function nameOf(connection: ConnectionSummary | undefined, chosen: string, isLoading: boolean): string {
  if (connection !== undefined) return placeIn(connection)
  if (isLoading) return words.loading
  if (chosen.startsWith('folder:')) return chosen
  return say(words.notAvailable, { name: chosen.startsWith('shared:') ? words.shared : chosen })
}

function aboutOf({ engine, shared }: ConnectionSummary): string {
  if (shared === undefined) return engine
  const { by: person, role } = shared
  return role === null ? say(words.sharedBy, { engine, person }) : say(words.sharedByAs, { engine, person, role })
}
