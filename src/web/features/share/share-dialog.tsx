import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useLayoutEffect, useRef, useState, type FormEvent } from 'react'
import type { Share } from '../../../contract/shares.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, SelectField } from '../../ui/form.tsx'
import { audienceInWords, linkOf, ShareList, sharesKey, useShares } from '../../ui/share-list.tsx'

export interface ShareDialogProps {
  readonly api: ApiClient
  readonly conversationId: string
  /** The one turn to share; null for the conversation. */
  readonly turnId: string | null
  readonly onClose: () => void
}

/** Makes a link to a conversation or an answer, and lists those that there are. Shown for as long as it is drawn. */
export function ShareDialog({ api, conversationId, turnId, onClose }: ShareDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const [made, setMade] = useState<Share | null>(null)
  const shares = useShares(api)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closing gives the focus back.
    return () => shown?.close()
  }, [])
  const isOfThis = (share: Share): boolean => share.conversationId === conversationId && share.turnId === turnId
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keeps a key from the page below
    <dialog
      ref={dialog}
      aria-labelledby={id}
      // The key must not reach the page below, where it stops what runs.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onClose={({ currentTarget: { open, isConnected } }) => isConnected && !open && onClose()}
      className="m-auto max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] max-w-128 overflow-y-auto rounded-2xl border border-line-strong bg-surface p-5 text-fg backdrop:bg-app/80"
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1">
          <h2 id={id} className="text-lg font-semibold">
            {turnId === null ? 'Share this conversation' : 'Share this answer'}
          </h2>
          <p className="text-sm text-fg-2">
            People of your organisation read it when they open the link and are signed in. It is shared as it is now:
            {turnId === null ? ' what you ask later is not.' : ' nothing else of the conversation is.'}
          </p>
        </div>
        {made === null ? (
          <ShareForm api={api} conversationId={conversationId} turnId={turnId} onMade={setMade} />
        ) : (
          <MadeLink share={made} onAnother={() => setMade(null)} />
        )}
        <section aria-label="Links to this" className="flex flex-col gap-1 border-t border-line pt-4">
          <ShareList
            api={api}
            shares={shares}
            isListed={isOfThis}
            none="There is no link to this yet."
            isNamed={false}
          />
        </section>
        <div className="flex justify-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </dialog>
  )
}

type ShareFormProps = Pick<ShareDialogProps, 'api' | 'conversationId' | 'turnId'> & {
  readonly onMade: (share: Share) => void
}

function ShareForm({ api, conversationId, turnId, onMade }: ShareFormProps) {
  const queries = useQueryClient()
  const [groupId, setGroupId] = useState('')
  const [withRows, setWithRows] = useState(false)
  const groups = useQuery({
    queryKey: ['me', 'groups'],
    queryFn: ({ signal }) => api.groups.mine(undefined, { signal }),
  })
  const make = useMutation({
    mutationFn: () =>
      api.shares.make({
        conversationId,
        ...(turnId === null ? {} : { turnId }),
        audience: groupId === '' ? { kind: 'everyone' } : { kind: 'group', groupId },
        withRows,
      }),
    onSuccess: async (share) => {
      onMade(share)
      await queries.invalidateQueries({ queryKey: sharesKey })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    make.mutate()
  }
  return (
    <form aria-label="New link" onSubmit={submit} className="flex flex-col gap-4">
      <SelectField
        label="Who may read it"
        value={groupId}
        options={[
          ['', audienceInWords({ kind: 'everyone' })],
          ...(groups.data ?? []).map(({ id, name }) => [id, `Your group ${name}`] as const),
        ]}
        onChange={(event) => setGroupId(event.target.value)}
      />
      <Fault error={groups.error} />
      <RowsChoice isOn={withRows} onChange={setWithRows} />
      <Fault error={make.error} />
      <div>
        <Button type="submit" look="primary" disabled={make.isPending}>
          Make a link
        </Button>
      </div>
    </form>
  )
}

function RowsChoice({ isOn, onChange }: { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void }) {
  const id = useId()
  return (
    <div className="flex gap-2.5">
      <input
        id={id}
        type="checkbox"
        checked={isOn}
        aria-describedby={`${id}-about`}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-1 size-4 shrink-0 accent-accent"
      />
      <div className="flex flex-col gap-0.5">
        <label htmlFor={id} className="text-sm font-medium">
          Include the rows that you see
        </label>
        <p id={`${id}-about`} className="text-xs text-fg-2">
          {isOn
            ? 'Readers see the numbers, sentences and charts as they are now, even of data that they may not read themselves.'
            : 'Readers see the questions, the queries and how they ended, but no data. They can run a query themselves, with their own rights.'}
        </p>
      </div>
    </div>
  )
}

/** The link that was just made. */
function MadeLink({ share, onAnother }: { readonly share: Share; readonly onAnother: () => void }) {
  const region = useRef<HTMLElement>(null)
  useEffect(() => region.current?.focus(), [])
  const link = linkOf(share)
  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-label="The new link"
      className="flex flex-col gap-3 rounded-lg border border-accent-text/60 p-3 outline-none"
    >
      <p className="text-sm">
        {audienceInWords(share.audience)} may read it,{' '}
        {share.withRows ? 'with the rows as they are now.' : 'without any rows.'}
      </p>
      <code className="sql-text rounded-md bg-code p-2 break-all text-fg select-all">{link}</code>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={() => link} label="Copy link" what="that was just made" />
        <Button size="sm" onClick={onAnother}>
          Make another
        </Button>
      </div>
    </section>
  )
}
