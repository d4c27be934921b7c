import { useId, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Fault } from './form.tsx'
import { useModal } from './modal.tsx'
import { uiWords } from '../words/ui.ts'

export interface ConfirmDialogProps {
  readonly title: string
  /** What follows from it. */
  readonly children: ReactNode
  /** What the button that does it says. */
  readonly verb: string
  readonly isPending: boolean
  readonly error: unknown
  readonly onConfirm: () => void
  /** Closed without doing it; the focus is back where it was. */
  readonly onClose: () => void
}

/** Asks before something that cannot be undone. Shown for as long as it is drawn. */
export function ConfirmDialog({ title, children, verb, isPending, error, onConfirm, onClose }: ConfirmDialogProps) {
  const dialog = useModal()
  const id = useId()
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={({ currentTarget: { open, isConnected } }) => isConnected && !open && onClose()}
      className="m-auto w-[calc(100%-2rem)] max-w-108 rounded-2xl border border-line-strong bg-surface p-5 text-fg backdrop:bg-app/80"
    >
      <div className="flex flex-col gap-3">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        <div className="text-sm text-fg-2">{children}</div>
        <Fault error={error} />
        <div className="mt-1 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{uiWords.cancel}</Button>
          <Button look="danger" disabled={isPending} onClick={onConfirm}>
            {verb}
          </Button>
        </div>
      </div>
    </dialog>
  )
}
