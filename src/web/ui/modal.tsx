import { useId, useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react'

export interface ModalProps {
  /** What it is called when it is read out. */
  readonly label: string
  /** Where it stands and how large it is. */
  readonly className: string
  /** Asked for by Escape or by a press beside it; the focus then goes back to where it was. */
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog that is open for as long as it is drawn and keeps the focus; closing gives it back. */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  return dialog
}

/** Something over the page that keeps the focus until it is closed. Shown for as long as it is drawn. */
export function Modal({ label, className, onClose, children }: ModalProps) {
  const dialog = useModal()
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events -- Escape is the key for it
    <dialog
      ref={dialog}
      aria-label={label}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onClose={({ currentTarget: { open, isConnected } }) => isConnected && !open && onClose()}
      className={`text-fg backdrop:bg-app/70 ${className}`}
    >
      {children}
    </dialog>
  )
}

export interface TitledDialogProps extends Pick<ModalProps, 'onClose' | 'children'> {
  readonly title: string
  /** One sentence below the title. */
  readonly about?: string
}

/** A dialog in the middle of the page, with its title on top. */
export function TitledDialog({ title, about, onClose, children }: TitledDialogProps) {
  const dialog = useModal()
  const id = useId()
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keeps a key from the page below
    <dialog
      ref={dialog}
      aria-labelledby={id}
      // The key must not reach the page below, where it stops what runs.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onClose={({ currentTarget: { open, isConnected } }) => isConnected && !open && onClose()}
      className="m-auto max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] max-w-128 overflow-y-auto rounded-2xl border border-line-strong bg-surface p-5 text-fg backdrop:bg-app/80"
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          {about !== undefined && <p className="text-sm text-fg-2">{about}</p>}
        </div>
        {children}
      </div>
    </dialog>
  )
}
