import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
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

/** What one's questions and answers take, and what is removed when, told before it is. */
export function StoragePanel({ api }: { readonly api: ApiClient }) {
  const queries = useQueryClient()
  const use = useQuery({ queryKey: ['storage'], queryFn: ({ signal }) => api.me.storage(undefined, { signal }) })
  const mark = useMutation({
    mutationFn: (change: { readonly conversationId: string; readonly isKept: boolean }) =>
      api.conversations.mark(change),
    onSettled: () => queries.invalidateQueries({ queryKey: ['storage'] }),
  })
  const setKept = (isKept: boolean) => (conversationId: string) => mark.mutate({ conversationId, isKept })
  return (
    <Panel title="What is stored">
      {use.isPending && <ListSkeleton />}
      {use.data === undefined && use.error !== null && (
        <FaultBox problem={problemOf(use.error)} onAgain={() => void use.refetch()} />
      )}
      {use.data !== undefined && (
        <>
          <Amount use={use.data} />
          <Conversations
            label="Removed soon"
            list={use.data.leaving}
            verb="Keep"
            isBusy={mark.isPending}
            onPress={setKept(true)}
          />
          <Conversations
            label="Kept by you"
            list={use.data.kept}
            verb="Do not keep"
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

function Amount({ use: { bytes, limitBytes, conversationDays } }: { readonly use: StorageUse }) {
  const { locale } = useFormats()
  const inWords = (count: number): string => bytesInWords(count, locale)
  const isNearlyFull = limitBytes !== null && bytes > limitBytes * nearlyFull
  return (
    <div className="flex flex-col gap-2 text-sm text-fg-2">
      <p className="text-base text-fg">
        Your questions and answers take {inWords(bytes)}
        {limitBytes !== null && ` of ${inWords(limitBytes)}`}.
      </p>
      {limitBytes !== null && (
        <>
          <meter
            aria-label="Space taken"
            className="h-2 w-full"
            min={0}
            max={limitBytes}
            high={limitBytes * nearlyFull}
            value={Math.min(bytes, limitBytes)}
          />
          <p className={isNearlyFull ? 'text-warn' : undefined}>
            When it is full, the rows of your oldest answers are removed. Questions, queries and sentences stay, and
            what you keep stays whole.
          </p>
        </>
      )}
      <p>
        {conversationDays === null
          ? 'Conversations stay until you delete your account.'
          : `Conversations are removed ${conversationDays} ${conversationDays === 1 ? 'day' : 'days'} after their last question, unless you keep them.`}
      </p>
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
                {bytesInWords(bytes, locale)}
                {leavesAt !== null && ` · removed on ${exact(leavesAt)}`}
              </p>
            </div>
            <Button size="sm" disabled={isBusy} aria-label={`${verb}: ${title}`} onClick={() => onPress(id)}>
              {verb}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
