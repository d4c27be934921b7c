import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from './button.tsx'

export interface CopyButtonProps {
  /** Made when pressed, because a table's text is long. */
  readonly text: () => string
  /** What is copied, for people who cannot see where the button stands. */
  readonly what: string
  readonly label?: string
  readonly disabled?: boolean
}

/** Copies a text and says so for a moment. */
export function CopyButton({ text, what, label = 'Copy', disabled = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return undefined
    const timer = setTimeout(() => setOutcome(null), 1_600)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = (): void => {
    void copyText(text()).then((done) => setOutcome(done ? 'copied' : 'failed'))
  }
  const words = outcome === 'copied' ? 'Copied' : outcome === 'failed' ? 'Copying is not allowed here' : label
  const Icon = outcome === 'copied' ? Check : Copy
  return (
    <Button look="quiet" size="sm" onClick={copy} disabled={disabled} aria-label={`${words} ${what}`}>
      <Icon size={15} aria-hidden className={outcome === 'copied' ? 'text-ok' : undefined} />
      {words}
    </Button>
  )
}

/** Puts a text on the clipboard; false where the browser does not let this page, as on an address without https. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
