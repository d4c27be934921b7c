import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { Button } from './button.tsx'

export interface ActionMenuProps {
  /** What the button is called when it is read out. */
  readonly label: string
  /** What the button shows. */
  readonly children: ReactNode
  /** What can be done, each with its name. */
  readonly actions: readonly (readonly [name: string, act: () => void])[]
}

const gapPx = 6

/** A button with a list of actions over the page, which nothing around it cuts off. */
export function ActionMenu({ label, children, actions }: ActionMenuProps) {
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const place = (): void => {
    const [list, opener] = [menu.current, button.current?.getBoundingClientRect()]
    if (list === null || opener === undefined || !list.matches(':popover-open')) return
    const { width, height } = list.getBoundingClientRect()
    const above = opener.top - height - gapPx
    list.style.top = `${above >= gapPx ? above : Math.min(opener.bottom + gapPx, innerHeight - height - gapPx)}px`
    list.style.left = `${Math.max(gapPx, Math.min(opener.left, innerWidth - width - gapPx))}px`
    list.querySelector('button')?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const isOpen = menu.current?.matches(':popover-open') === true
    // The key that closes the list must not reach the page, where it stops what runs.
    if (event.key === 'Escape' && isOpen) event.stopPropagation()
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0 || !isOpen || menu.current === null) return
    event.preventDefault()
    const buttons = [...menu.current.querySelectorAll('button')]
    const at = buttons.findIndex((each) => each === document.activeElement)
    buttons[(at + by + buttons.length) % buttons.length]?.focus()
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- listens to keys of the button and the list inside
    <div className="contents" onKeyDown={onKeyDown}>
      <Button
        ref={button}
        look="quiet"
        size="sm"
        aria-label={label}
        title={label}
        popoverTarget={id}
        className="px-1.5"
      >
        {children}
      </Button>
      <div
        ref={menu}
        id={id}
        popover="auto"
        onToggle={place}
        className="fixed inset-auto m-0 w-max max-w-[calc(100vw-0.75rem)] rounded-xl border border-line-strong bg-surface p-1.5 text-fg shadow-float"
      >
        <ul>
          {actions.map(([name, act]) => (
            <li key={name}>
              <button
                type="button"
                className="flex min-h-9 w-full items-center rounded-lg px-3 text-left text-sm hover:bg-hover pointer-coarse:min-h-10"
                onClick={() => {
                  menu.current?.hidePopover()
                  act()
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
