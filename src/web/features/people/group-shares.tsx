import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Link } from 'react-router'
import type { ConnectionShare, ShareableConnection } from '../../../contract/connection-shares.ts'
import type { Group } from '../../../contract/groups.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { Badge, ListSkeleton, useHeadingOfList } from '../../ui/panel.tsx'
import { ShareForm, termsInWords } from '../../ui/share-form.tsx'
import { say, sayPieces } from '../../words/language.ts'
import { peopleWords } from '../../words/people.ts'

const words = peopleWords.shares

export interface GroupSharesProps {
  readonly api: ApiClient
  readonly group: Group
}

/** What a group may use: the connections shared with it, each with its terms. */
export function GroupShares({ api, group }: GroupSharesProps) {
  const [isAdding, setIsAdding] = useState(false)
  const connections = useQuery({
    queryKey: ['connection-shares'],
    queryFn: ({ signal }) => api.connections.shares.overview(undefined, { signal }),
  })
  const isOfGroup = ({ groupId }: ConnectionShare): boolean => groupId === group.id
  const heading = useHeadingOfList((connections.data ?? []).filter(({ shares }) => shares.some(isOfGroup)).length)
  if (connections.isPending) return <ListSkeleton />
  if (connections.data === undefined)
    return <FaultBox problem={problemOf(connections.error)} onAgain={() => void connections.refetch()} />
  const shared = connections.data.flatMap((connection) =>
    connection.shares.filter(isOfGroup).map((share) => ({ connection, share })),
  )
  const others = connections.data.filter(({ shares }) => !shares.some(isOfGroup))
  const closeForm = (): void => {
    setIsAdding(false)
    heading.current?.focus()
  }
  return (
    <section
      aria-label={say(words.label, { group: group.name })}
      className="flex flex-col gap-2 border-t border-line pt-4"
    >
      <h3 ref={heading} tabIndex={-1} className="text-sm font-medium outline-none">
        {words.title}
      </h3>
      {shared.length === 0 && <p className="text-sm text-fg-2">{words.none}</p>}
      <ul
        aria-label={say(words.list, { group: group.name })}
        className="flex flex-col divide-y divide-line empty:hidden"
      >
        {shared.map(({ connection, share }) => (
          <ShareRow key={connection.connectionId} api={api} group={group} connection={connection} share={share} />
        ))}
      </ul>
      {connections.data.length === 0 ? (
        <p className="text-xs text-fg-2">
          {sayPieces(words.nothingToShare, {
            link: (
              <Link key="link" to="/settings/connections" className="text-accent-text underline">
                {words.connections}
              </Link>
            ),
          })}
        </p>
      ) : isAdding ? (
        <ShareForm api={api} group={group} connections={others} share={null} onClose={closeForm} />
      ) : (
        <Button
          size="sm"
          disabled={others.length === 0}
          className="max-w-full self-start"
          onClick={() => setIsAdding(true)}
        >
          <span className="truncate">{say(words.share, { group: group.name })}</span>
        </Button>
      )}
    </section>
  )
}

interface ShareRowProps extends GroupSharesProps {
  readonly connection: ShareableConnection
  readonly share: ConnectionShare
}

function ShareRow({ api, group, connection, share }: ShareRowProps) {
  const queries = useQueryClient()
  const [mode, setMode] = useState<'shown' | 'edited' | 'ended'>('shown')
  const changeButton = useRef<HTMLButtonElement>(null)
  const { connectionId, name, owner } = connection
  const end = useMutation({
    mutationFn: () => api.connections.shares.remove({ connectionId, groupId: group.id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connection-shares'] }),
  })
  const closeForm = (): void => {
    setMode('shown')
    changeButton.current?.focus()
  }
  return (
    <li className="flex flex-col gap-2 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-40 flex-1 text-sm">
          <p className="flex flex-wrap items-center gap-2 break-words">
            {name}
            {owner !== null && <Badge>{say(words.ownedBy, { owner })}</Badge>}
            {share.warning !== null && <Badge tone="warn">{words.notSafe}</Badge>}
          </p>
          <p className="text-xs break-words text-fg-2">{termsInWords(share)}</p>
          {share.warning !== null && (
            <p lang="en" className="text-xs break-words text-warn">
              {share.warning}
            </p>
          )}
        </div>
        <Button
          ref={changeButton}
          size="sm"
          aria-label={say(words.changeOne, { connection: name, group: group.name })}
          onClick={() => setMode('edited')}
        >
          {words.change}
        </Button>
        <Button
          size="sm"
          aria-label={say(words.removeOne, { connection: name, group: group.name })}
          onClick={() => setMode('ended')}
        >
          {words.remove}
        </Button>
      </div>
      {mode === 'edited' && (
        <ShareForm api={api} group={group} connections={[connection]} share={share} onClose={closeForm} />
      )}
      {mode === 'ended' && (
        <ConfirmDialog
          title={say(words.asks, { connection: name, group: group.name })}
          verb={words.stop}
          isPending={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setMode('shown')}
        >
          {words.follows}
        </ConfirmDialog>
      )}
    </li>
  )
}
