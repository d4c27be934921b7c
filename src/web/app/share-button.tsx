import { Share2 } from 'lucide-react'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { ShareDialog } from '../features/share/share-dialog.tsx'
import { Button } from '../ui/button.tsx'
import { sharingWords } from '../words/sharing.ts'
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
  const { hash } = useLocation()
  const navigate = useNavigate()
  // The list of conversations leads here to share one.
  const isAsked = turnId === null && hash === '#share'
  const words = turnId === null ? sharingWords.button.conversation : sharingWords.button.answer
  const close = (): void => {
    setOpen(false)
    if (isAsked) void navigate({ hash: '' }, { replace: true })
  }
  return (
    <>
      <Button look="quiet" size="sm" title={words} aria-label={words} onClick={() => setOpen(true)}>
        <Share2 size={15} aria-hidden />
        {turnId === null && <span className="max-sm:hidden">{sharingWords.button.short}</span>}
      </Button>
      {(isOpen || isAsked) && <ShareDialog api={api} conversationId={conversationId} turnId={turnId} onClose={close} />}
    </>
  )
}
