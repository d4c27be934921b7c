import { makeLazyPart } from '../ui/lazy-part.tsx'
import { useMe } from './use-session.ts'

const ShareButton = makeLazyPart(() => import('./later-pages.ts').then((module) => module.ShareButton))

/**
 * The way to share a conversation or an answer, fetched with the first that is shown. Nothing where there is nobody to share with, or for
 * those who may not.
 */
export function Share({
  conversationId,
  turnId,
}: {
  readonly conversationId: string | null
  readonly turnId: string | null
}) {
  const { data: me } = useMe()
  if (conversationId === null || me === undefined || me.isLocal || me.role === 'viewer') return null
  return <ShareButton conversationId={conversationId} turnId={turnId} />
}
