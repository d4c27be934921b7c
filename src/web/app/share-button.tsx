import { Share2 } from 'lucide-react'
import { useState } from 'react'
import { ShareDialog } from '../features/share/share-dialog.tsx'
import { Button } from '../ui/button.tsx'
import { useApi } from './page-context.ts'

export interface ShareButtonProps {
  readonly conversationId: string
  /** One turn; null for the conversation. */
  readonly turnId: string | null
}

/** The way to a link for others. */
export function ShareButton({ conversationId, turnId }: ShareButtonProps) {
  const api = useApi()
  const [isOpen, setOpen] = useState(false)
  const words = turnId === null ? 'Share conversation' : 'Share answer'
  return (
    <>
      <Button look="quiet" size="sm" title={words} aria-label={words} onClick={() => setOpen(true)}>
        <Share2 size={15} aria-hidden />
        {turnId === null && <span className="max-sm:hidden">Share</span>}
      </Button>
      {isOpen && (
        <ShareDialog api={api} conversationId={conversationId} turnId={turnId} onClose={() => setOpen(false)} />
      )}
    </>
  )
}
