import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { say } from '../words/language.ts'
import { uiWords } from '../words/ui.ts'
import { Button } from './button.tsx'

export interface CopyButtonProps {
  /** Made when pressed, because a table's text is long; what it rejects with is shown as a refusal. */
  readonly text: () => string | Promise<string>
  /** What is copied, for people who cannot see where the button stands. */
  readonly what: string
  readonly label?: string
  readonly disabled?: boolean
}

/** Copies a text and says so for a moment. */
export function CopyButton({ text, what, label = uiWords.copy.copy, disabled = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return undefined
    // A refusal is longer than one word, and nobody expects it.
    const timer = setTimeout(() => setOutcome(null), outcome === 'failed' ? 6_000 : 1_600)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = (): void => {
    Promise.resolve(text())
      .then(copyText)
      .then(
        (done) => setOutcome(done ? 'copied' : 'failed'),
        () => setOutcome('failed'),
      )
  }
  const words = outcome === 'copied' ? uiWords.copy.copied : outcome === 'failed' ? uiWords.copy.refused : label
  const Icon = outcome === 'copied' ? Check : Copy
  return (
    <Button
      look="quiet"
      size="sm"
      onClick={copy}
      disabled={disabled}
      aria-label={say(uiWords.copy.named, { action: words, what })}
    >
      <Icon size={15} aria-hidden className={outcome === 'copied' ? 'text-ok' : undefined} />
      {words}
    </Button>
  )
}

/** What is said where a copy was refused. */
export const copyRefused = uiWords.copy.refusedAbout

/**
 * Puts a text on the clipboard; false where the browser does not let this page. On an address without https there is no clipboard, so
 * the text is copied out of a field, as a person would.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Undefined without https, whatever its type says.
    const clipboard = navigator.clipboard as Clipboard | undefined
    if (clipboard === undefined) return copyFromField(text)
    await clipboard.writeText(text)
    return true
  } catch {
    return copyFromField(text)
  }
}

function copyFromField(text: string): boolean {
  const before = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'fixed top-0 left-0 size-px opacity-0'
  // In a modal dialog nothing outside of it can be selected.
  const place = before?.closest('dialog') ?? document.body
  place.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } finally {
    field.remove()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }
}
