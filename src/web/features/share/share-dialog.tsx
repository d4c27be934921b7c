import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState, type FormEvent } from 'react'
import type { Share } from '../../../contract/shares.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, SelectField } from '../../ui/form.tsx'
import { TitledDialog } from '../../ui/modal.tsx'
import { audienceInWords, linkOf, ShareList, sharesKey, useShares } from '../../ui/share-list.tsx'
import { say } from '../../words/language.ts'
import { linkWords as words } from '../../words/sharing.ts'

export interface ShareDialogProps {
  readonly api: ApiClient
  readonly conversationId: string
  /** The one turn to share; null for the conversation. */
  readonly turnId: string | null
  readonly onClose: () => void
}

/** Makes a link to a conversation or an answer, and lists those that there are. Shown for as long as it is drawn. */
export function ShareDialog({ api, conversationId, turnId, onClose }: ShareDialogProps) {
  const [made, setMade] = useState<Share | null>(null)
  const shares = useShares(api)
  const isOfThis = (share: Share): boolean => share.conversationId === conversationId && share.turnId === turnId
  return (
    <TitledDialog
      title={turnId === null ? words.shareConversation : words.shareAnswer}
      about={turnId === null ? words.aboutConversation : words.aboutAnswer}
      onClose={onClose}
    >
      {made === null ? (
        <ShareForm api={api} conversationId={conversationId} turnId={turnId} onMade={setMade} />
      ) : (
        <MadeLink share={made} onAnother={() => setMade(null)} />
      )}
      <section aria-label={words.links} className="flex flex-col gap-1 border-t border-line pt-4">
        <ShareList api={api} shares={shares} isListed={isOfThis} none={words.noLinks} isNamed={false} />
      </section>
      <div className="flex justify-end">
        <Button onClick={onClose}>{words.close}</Button>
      </div>
    </TitledDialog>
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
    <form aria-label={words.form} onSubmit={submit} className="flex flex-col gap-4">
      <SelectField
        label={words.readers}
        value={groupId}
        options={[
          ['', audienceInWords({ kind: 'everyone' })],
          ...(groups.data ?? []).map(({ id, name }) => [id, say(words.group, { name })] as const),
        ]}
        onChange={(event) => setGroupId(event.target.value)}
      />
      <Fault error={groups.error} />
      <RowsChoice isOn={withRows} onChange={setWithRows} />
      <Fault error={make.error} />
      <div>
        <Button type="submit" look="primary" disabled={make.isPending}>
          {words.make}
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
          {words.rows}
        </label>
        <p id={`${id}-about`} className="text-xs text-fg-2">
          {isOn ? words.withRows : words.withoutRows}
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
      aria-label={words.made}
      className="flex flex-col gap-3 rounded-lg border border-accent-text/60 p-3 outline-none"
    >
      <p className="text-sm">
        {say(share.withRows ? words.mayReadWithRows : words.mayReadWithoutRows, {
          readers: audienceInWords(share.audience),
        })}
      </p>
      <code className="sql-text rounded-md bg-code p-2 break-all text-fg select-all">{link}</code>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={() => link} label={words.copy} what={words.copyWhat} />
        <Button size="sm" onClick={onAnother}>
          {words.another}
        </Button>
      </div>
    </section>
  )
}
