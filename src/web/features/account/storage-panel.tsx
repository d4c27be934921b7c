import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { Link } from 'react-router'
import type { StorageUse } from '../../../contract/storage.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { Fault, FaultBox } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { accountWords } from '../../words/account.ts'
import { say } from '../../words/language.ts'

const words = accountWords.storage

/** What one's questions and answers take, and what is removed when, told before it is. */
export function StoragePanel({ api }: { readonly api: ApiClient }) {
  const queries = useQueryClient()
  const heading = useRef<HTMLHeadingElement>(null)
  const use = useQuery({ queryKey: ['storage'], queryFn: ({ signal }) => api.me.storage(undefined, { signal }) })
  const mark = useMutation({
    mutationFn: (change: { readonly conversationId: string; readonly isKept: boolean }) =>
      api.conversations.change(change),
    onSettled: () => queries.invalidateQueries({ queryKey: ['storage'] }),
    // The button moves to the other list, or goes.
    onSuccess: () => heading.current?.focus(),
  })
  const setKept = (isKept: boolean) => (conversationId: string) => mark.mutate({ conversationId, isKept })
  return (
    <Panel title={words.title} heading={heading}>
      {use.isPending && <ListSkeleton />}
      {use.data === undefined && use.error !== null && (
        <FaultBox problem={problemOf(use.error)} onAgain={() => void use.refetch()} />
      )}
      {use.data !== undefined && (
        <>
          <Amount use={use.data} />
          <Conversations
            label={words.leaving}
            list={use.data.leaving}
            verb={words.keep}
            isBusy={mark.isPending}
            onPress={setKept(true)}
          />
          <Conversations
            label={words.kept}
            list={use.data.kept}
            verb={words.doNotKeep}
            isBusy={mark.isPending}
            onPress={setKept(false)}
          />
        </>
      )}
      <Fault error={mark.error} />
    </Panel>
  )
}

/** From this part of the limit on the page warns. */
const nearlyFull = 0.8

function takenInWords({ bytes, favoriteBytes, limitBytes }: StorageUse, locale: string): string {
  const all = bytesInWords(bytes, locale)
  const favorites = bytesInWords(favoriteBytes, locale)
  if (limitBytes === null)
    return favoriteBytes > 0 ? say(words.takesWithFavorites, { all, favorites }) : say(words.takes, { all })
  const limit = bytesInWords(limitBytes, locale)
  return favoriteBytes > 0
    ? say(words.takesOfWithFavorites, { all, favorites, limit })
    : say(words.takesOf, { all, limit })
}

function Amount({ use }: { readonly use: StorageUse }) {
  const { locale } = useFormats()
  const { bytes, limitBytes, conversationDays } = use
  const isNearlyFull = limitBytes !== null && bytes > limitBytes * nearlyFull
  return (
    <div className="flex flex-col gap-2 text-sm text-fg-2">
      <p className="text-base text-fg">{takenInWords(use, locale)}</p>
      {limitBytes !== null && (
        <>
          <meter
            aria-label={words.space}
            className="h-2 w-full"
            min={0}
            max={limitBytes}
            high={limitBytes * nearlyFull}
            value={Math.min(bytes, limitBytes)}
          />
          <p className={isNearlyFull ? 'text-warn' : undefined}>{words.whenFull}</p>
        </>
      )}
      <p>{conversationDays === null ? words.staysForGood : say(words.staysFor, { count: conversationDays })}</p>
    </div>
  )
}

interface ConversationsProps {
  readonly label: string
  readonly list: StorageUse['kept']
  readonly verb: string
  readonly isBusy: boolean
  readonly onPress: (conversationId: string) => void
}

function Conversations({ label, list, verb, isBusy, onPress }: ConversationsProps) {
  const { exact } = useMoments()
  const { locale } = useFormats()
  if (list.length === 0) return null
  return (
    <div>
      <h3 className="text-sm font-medium">{label}</h3>
      <ul aria-label={label} className="flex flex-col divide-y divide-line">
        {list.map(({ id, title, bytes, leavesAt }) => (
          <li key={id} className="flex items-center gap-3 py-2">
            <div className="min-w-0 flex-1">
              <Link to={`/c/${id}`} className="text-sm font-medium break-words hover:underline">
                {title}
              </Link>
              <p className="text-xs text-fg-2">
                {leavesAt === null
                  ? bytesInWords(bytes, locale)
                  : say(words.leavesOn, { size: bytesInWords(bytes, locale), moment: exact(leavesAt) })}
              </p>
            </div>
            <Button
              size="sm"
              disabled={isBusy}
              aria-label={say(words.verbOne, { verb, title })}
              onClick={() => onPress(id)}
            >
              {verb}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
