import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Share, ShareAudience } from '../../contract/shares.ts'
import type { ApiClient } from '../transport/api-client.ts'
import { problemOf } from '../transport/channel.ts'
import { Button } from './button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { CopyButton } from './copy-button.tsx'
import { FaultBox } from './form.tsx'
import { useMoments } from './moments.ts'
import { ListSkeleton } from './panel.tsx'
import { say } from '../words/language.ts'
import { sharingWords } from '../words/sharing.ts'

const words = sharingWords.list

export const sharesKey = ['shares'] as const

/** What the person shares, newest first. */
export function useShares(api: ApiClient) {
  return useQuery({ queryKey: sharesKey, queryFn: ({ signal }) => api.shares.list(undefined, { signal }) })
}

/** Where others read what is shared. */
export const linkOf = ({ id }: Pick<Share, 'id'>): string => `${location.origin}/shared/${id}`

export const audienceInWords = (audience: ShareAudience): string =>
  audience.kind === 'everyone' ? sharingWords.everyone : say(sharingWords.group, { name: audience.name })

export interface ShareListProps {
  readonly api: ApiClient
  readonly shares: ReturnType<typeof useShares>
  /** Which of them are listed. */
  readonly isListed: (share: Share) => boolean
  /** Said where there are none. */
  readonly none: string
  /** Whether each is named by its question: not where all are of the same. */
  readonly isNamed: boolean
}

/** Links that lead to something of the person, each with the way to end it. */
export function ShareList({ api, shares, isListed, none, isNamed }: ShareListProps) {
  if (shares.isPending) return <ListSkeleton />
  if (shares.data === undefined)
    return <FaultBox problem={problemOf(shares.error)} onAgain={() => void shares.refetch()} />
  const listed = shares.data.filter(isListed)
  if (listed.length === 0) return <p className="text-sm text-fg-2">{none}</p>
  return (
    <ul aria-label={words.title} className="flex flex-col divide-y divide-line">
      {listed.map((share) => (
        <ShareRow key={share.id} api={api} share={share} isNamed={isNamed} />
      ))}
    </ul>
  )
}

function ShareRow({ api, share, isNamed }: Pick<ShareListProps, 'api' | 'isNamed'> & { readonly share: Share }) {
  const queries = useQueryClient()
  const { ago, exact } = useMoments()
  const [asks, setAsks] = useState(false)
  const end = useMutation({
    mutationFn: () => api.shares.end({ shareId: share.id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: sharesKey }),
  })
  const ofIt = share.turnId === null ? words.ofConversation : words.ofAnswer
  const { title } = share
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
      <div className="min-w-48 flex-1">
        {isNamed && (
          <p className="text-sm font-medium break-words">
            <a href={linkOf(share)} className="rounded-sm underline-offset-2 hover:underline">
              {title}
            </a>
          </p>
        )}
        <p className="text-xs text-fg-2">
          {share.turnId === null ? words.conversation : words.answer} · {audienceInWords(share.audience)} ·{' '}
          {share.withRows ? words.withRows : words.withoutRows}
        </p>
        <p className="text-xs text-fg-2" title={exact(share.createdAt)}>
          {say(words.sharedWhen, { ago: ago(share.createdAt) })}
        </p>
      </div>
      <CopyButton text={() => linkOf(share)} label={words.copyLink} what={say(ofIt.link, { title })} />
      <Button size="sm" aria-label={say(ofIt.stop, { title })} onClick={() => setAsks(true)}>
        {words.stop}
      </Button>
      {asks && (
        <ConfirmDialog
          title={say(ofIt.asks, { title })}
          verb={words.stop}
          isPending={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setAsks(false)}
        >
          {words.stopAbout}
        </ConfirmDialog>
      )}
    </li>
  )
}
