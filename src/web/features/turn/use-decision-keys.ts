import { useEffect, useRef } from 'react'

export interface DecisionKeys {
  readonly active: boolean
  readonly editing: boolean
  readonly run: () => void
  readonly propose: () => void
  readonly leaveEditor: () => void
}

/** Ctrl or Cmd with Enter decides, wherever the focus is; Esc leaves the editor. */
export function useDecisionKeys(keys: DecisionKeys): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { active, editing, run, propose, leaveEditor } = latest.current
      if (!active || event.isComposing) return
      const decides = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
      const leaves = editing && event.key === 'Escape' && !event.defaultPrevented
      if (!decides && !leaves) return
      event.preventDefault()
      event.stopPropagation()
      if (leaves) leaveEditor()
      else if (editing) propose()
      else run()
    }
    // In the capture phase, so that neither the editor nor the question box takes the keys first.
    document.addEventListener('keydown', onKeyDown, { capture: true })
    return () => document.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [])
}
