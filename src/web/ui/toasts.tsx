import { X } from 'lucide-react'
import { createContext, useCallback, useContext, useEffect, useReducer, useRef, useState, type FocusEvent } from 'react'
import { createPortal } from 'react-dom'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { uiWords } from '../words/ui.ts'
import { Button } from './button.tsx'

const words = uiWords.toasts

export interface Toast {
  /** What was done, one short sentence. */
  readonly text: string
  /** Takes it back. What it throws or rejects with is said in the toast's place. */
  readonly undo?: () => void | Promise<unknown>
}

interface ShownToast extends Toast {
  readonly id: number
}

/** The toasts on the screen, oldest first. */
export type ToastStore = StoreApi<readonly ShownToast[]>

/** Rule 20 of the design: long enough to read it and to press Undo. */
const shownMs = 7_000
const shownAtOnce = 3

export const makeToastStore = (): ToastStore => createStore<readonly ShownToast[]>(() => [])

/** Given at the root. */
export const ToastContext = createContext<ToastStore | null>(null)

let count = 0

/** Says for a few seconds that something was done. */
export function useToast(): (toast: Toast) => void {
  const store = useToastStore()
  return useCallback(
    (toast) => {
      count += 1
      store.setState((shown) => [...shown, { ...toast, id: count }].slice(-shownAtOnce), true)
    },
    [store],
  )
}

function useToastStore(): ToastStore {
  const store = useContext(ToastContext)
  if (store === null) throw new Error('The page was drawn without a place for its toasts.')
  return store
}

/** The uppermost open dialog, outside of which nothing can be pressed; null where none is open. */
const topDialog = (): Element | null => [...document.querySelectorAll('dialog:modal')].at(-1) ?? null

/** Where toasts are shown and read out. The region is there before the first one, because readers tell only of what changes in it. */
export function Toasts() {
  const store = useToastStore()
  const toasts = useStore(store)
  const [, lookAgain] = useReducer((looks: number) => looks + 1, 0)
  const dialog = topDialog()
  useEffect(() => {
    dialog?.addEventListener('close', lookAgain)
    return () => dialog?.removeEventListener('close', lookAgain)
  }, [dialog])
  const close = (id: number): void => store.setState((shown) => shown.filter((toast) => toast.id !== id), true)
  const region = (
    <section
      aria-label={words.title}
      className="pointer-events-none fixed inset-x-3 bottom-3 z-30 flex flex-col items-center gap-2 print:hidden"
    >
      <output className="contents">
        {toasts.map((toast) => (
          <ToastBar key={toast.id} toast={toast} onClose={() => close(toast.id)} />
        ))}
      </output>
    </section>
  )
  return dialog === null ? region : createPortal(region, dialog)
}

function ToastBar({ toast: { text, undo }, onClose }: { readonly toast: ShownToast; readonly onClose: () => void }) {
  const [isHeld, setHeld] = useState(false)
  const [isUndoing, setUndoing] = useState(false)
  const { bar, onFocus, giveBack } = useBorrowedFocus()
  const toast = useToast()
  useEffect(() => {
    // Somebody who reads it or is about to press its button has all the time they need.
    if (isHeld) return undefined
    const timer = setTimeout(onClose, shownMs)
    return () => clearTimeout(timer)
  }, [isHeld, onClose])
  const leave = (): void => {
    giveBack()
    onClose()
  }
  const takeBack = async (): Promise<void> => {
    // A button that is disabled while it has the focus would lose it.
    if (isUndoing) return
    setUndoing(true)
    try {
      await undo?.()
    } catch {
      toast({ text: words.notUndone })
    }
    leave()
  }
  return (
    <div
      ref={bar}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={(event) => {
        setHeld(true)
        onFocus(event)
      }}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex max-w-full items-center gap-3 rounded-xl border border-line-strong bg-raised py-1.5 pr-1.5 pl-4 text-sm text-fg shadow-float"
    >
      <span className="min-w-0 break-words">{text}</span>
      {undo !== undefined && (
        <Button size="sm" aria-disabled={isUndoing} onClick={() => void takeBack()}>
          {words.undo}
        </Button>
      )}
      <Button look="quiet" size="sm" aria-label={words.close} onClick={leave} className="px-1.5">
        <X size={15} aria-hidden />
      </Button>
    </div>
  )
}

/** Something that takes the focus for a moment, and gives it back to where it was, or to the page where that is gone. */
function useBorrowedFocus() {
  const bar = useRef<HTMLDivElement>(null)
  const before = useRef<HTMLElement | null>(null)
  const onFocus = ({ relatedTarget, currentTarget }: FocusEvent): void => {
    if (relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget)) before.current = relatedTarget
  }
  const giveBack = (): void => {
    if (bar.current?.contains(document.activeElement) !== true) return
    const last = before.current?.isConnected === true ? before.current : document.getElementById('content')
    last?.focus()
  }
  return { bar, onFocus, giveBack }
}
