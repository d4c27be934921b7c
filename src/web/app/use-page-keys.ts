import { useEffect, useRef, type RefObject } from 'react'

/** Keys that work anywhere: `/` goes to the question box, Esc stops what runs. */
export function usePageKeys(box: RefObject<HTMLTextAreaElement | null>, onStop: (() => void) | null): void {
  const stop = useRef(onStop)
  useEffect(() => {
    stop.current = onStop
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      if (event.key === 'Escape' && stop.current !== null) {
        event.preventDefault()
        stop.current()
      }
      if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event)) {
        event.preventDefault()
        box.current?.focus()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [box])
}

/** Whether a key belongs to a text that is being written, the editor's in its shadow root included. */
const isTyping = (event: KeyboardEvent): boolean => {
  const target = event.composedPath()[0]
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
