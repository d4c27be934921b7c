import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { SavedConnection } from '../../../contract/connection.ts'
import type { ConnectionShare } from '../../../contract/connection-shares.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { Badge, ListSkeleton } from '../../ui/panel.tsx'
import { ShareForm, termsInWords } from '../../ui/share-form.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { connectionsWords } from '../../words/connections.ts'
import { say } from '../../words/language.ts'

const words = connectionsWords.sharing

export interface ShareSectionProps {
  readonly api: ApiClient
  readonly connection: Pick<SavedConnection, 'id' | 'name'>
  readonly onClose: () => void
}

/** The groups that may use a connection, and those of the person that could. */
export function ShareSection({ api, connection, onClose }: ShareSectionProps) {
  const [open, setOpen] = useState<string | null>(null)
  const connectionId = connection.id
  const shares = useQuery({
    queryKey: ['connection-shares', connectionId],
    queryFn: ({ signal }) => api.connections.shares.list({ connectionId }, { signal }),
  })
  const groups = useQuery({
    queryKey: ['my-groups'],
    queryFn: ({ signal }) => api.groups.mine(undefined, { signal }),
  })
  const error = shares.error ?? groups.error
  if (error !== null)
    return (
      <FaultBox
        problem={problemOf(error)}
        onAgain={() => {
          void shares.refetch()
          void groups.refetch()
        }}
      />
    )
  if (shares.data === undefined || groups.data === undefined) return <ListSkeleton />
  const shareOf = (groupId: string): ConnectionShare | null =>
    shares.data.find((share) => share.groupId === groupId) ?? null
  const known = new Map([
    ...shares.data.map(({ groupId, groupName }) => [groupId, groupName] as const),
    ...groups.data.map(({ id, name }) => [id, name] as const),
  ])
  return (
    <section
      aria-label={say(words.title, { name: connection.name })}
      className="flex flex-col gap-3 border-t border-line pt-4"
    >
      <p className="text-sm text-fg-2">{words.about}</p>
      {known.size === 0 && <p className="text-sm text-fg-2">{words.noGroup}</p>}
      <ul aria-label={words.groups} className="flex flex-col divide-y divide-line empty:hidden">
        {[...known].map(([groupId, groupName]) => (
          <GroupRow
            key={groupId}
            {...{ api, connection, groupId, groupName }}
            share={shareOf(groupId)}
            isOpen={open === groupId}
            onOpen={(isOpen) => setOpen(isOpen ? groupId : null)}
          />
        ))}
      </ul>
      <Button size="sm" look="quiet" className="self-start" onClick={onClose}>
        {words.close}
      </Button>
    </section>
  )
}

interface GroupRowProps extends Pick<ShareSectionProps, 'api' | 'connection'> {
  readonly groupId: string
  readonly groupName: string
  /** Null where it is not shared with the group. */
  readonly share: ConnectionShare | null
  readonly isOpen: boolean
  readonly onOpen: (isOpen: boolean) => void
}

function GroupRow({ api, connection, groupId, groupName, share, isOpen, onOpen }: GroupRowProps) {
  const queries = useQueryClient()
  const toast = useToast()
  const toggle = useRef<HTMLButtonElement>(null)
  const place = { connectionId: connection.id, groupId }
  const refresh = () => queries.invalidateQueries({ queryKey: ['connection-shares'] })
  const end = async (): Promise<void> => {
    if (share === null) return
    // The pressed button goes away with the share.
    toggle.current?.focus()
    const { groupId: _group, groupName: _name, warning: _warning, ...terms } = share
    try {
      await api.connections.shares.remove(place)
      toast({
        text: say(words.stopped, { group: groupName, name: connection.name }),
        undo: async () => {
          await api.connections.shares.put({ ...place, ...terms })
          await refresh()
        },
      })
    } catch (error) {
      toast({ text: problemOf(error).message })
    }
    await refresh()
  }
  return (
    <li className="flex flex-col gap-2 py-2 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-40 flex-1">
          <p className="flex flex-wrap items-center gap-2 break-words">
            {groupName}
            {share !== null && share.warning !== null && <Badge tone="warn">{connectionsWords.notReadOnly}</Badge>}
          </p>
          <p className="text-xs break-words text-fg-2">{share === null ? words.none : termsInWords(share)}</p>
        </div>
        <Button
          ref={toggle}
          size="sm"
          aria-expanded={isOpen}
          aria-label={say(share === null ? words.shareWith : words.changeFor, { group: groupName })}
          onClick={() => onOpen(!isOpen)}
        >
          {share === null ? words.share : words.change}
        </Button>
        {share !== null && (
          <Button
            size="sm"
            look="quiet"
            aria-label={say(words.stopWith, { group: groupName })}
            onClick={() => void end()}
          >
            {words.stop}
          </Button>
        )}
      </div>
      {isOpen && (
        <ShareForm
          api={api}
          group={{ id: groupId, name: groupName }}
          connections={[{ connectionId: connection.id, name: connection.name, owner: null, shares: [] }]}
          share={share}
          onClose={() => {
            toggle.current?.focus()
            onOpen(false)
          }}
        />
      )}
    </li>
  )
}
