import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ConnectionShare, ShareableConnection } from '../../../contract/connection-shares.ts'
import type { Group } from '../../../contract/groups.ts'
import { bytesInWords, countInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { Badge, ListSkeleton } from '../../ui/panel.tsx'
import { ShareForm } from './share-form.tsx'

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
  if (connections.isPending) return <ListSkeleton />
  if (connections.data === undefined)
    return <FaultBox problem={problemOf(connections.error)} onAgain={() => void connections.refetch()} />
  const shared = connections.data.flatMap((connection) =>
    connection.shares.filter(({ groupId }) => groupId === group.id).map((share) => ({ connection, share })),
  )
  const others = connections.data.filter(({ shares }) => !shares.some(({ groupId }) => groupId === group.id))
  return (
    <section aria-label={`What ${group.name} may use`} className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="text-sm font-medium">What this group may use</h3>
      {shared.length === 0 && <p className="text-sm text-fg-2">No connection is shared with this group yet.</p>}
      <ul aria-label={`Connections of ${group.name}`} className="flex flex-col divide-y divide-line empty:hidden">
        {shared.map(({ connection, share }) => (
          <ShareRow key={connection.connectionId} api={api} group={group} connection={connection} share={share} />
        ))}
      </ul>
      {connections.data.length === 0 ? (
        <p className="text-xs text-fg-2">
          You have no connection that you could share. Add one with{' '}
          <code className="sql-text">floe connection add</code>.
        </p>
      ) : isAdding ? (
        <ShareForm api={api} group={group} connections={others} share={null} onClose={() => setIsAdding(false)} />
      ) : (
        <Button size="sm" disabled={others.length === 0} className="self-start" onClick={() => setIsAdding(true)}>
          Share a connection with {group.name}
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
  const { connectionId, name, owner } = connection
  const end = useMutation({
    mutationFn: () => api.connections.shares.remove({ connectionId, groupId: group.id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connection-shares'] }),
  })
  return (
    <li className="flex flex-col gap-2 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="min-w-40 flex-1 text-sm">
          <p className="flex flex-wrap items-center gap-2 break-words">
            {name}
            {owner !== null && <Badge>{owner}’s</Badge>}
            {share.warning !== null && <Badge tone="warn">Not safely read-only</Badge>}
          </p>
          <p className="text-xs break-words text-fg-2">{termsInWords(share)}</p>
          {share.warning !== null && <p className="text-xs break-words text-warn">{share.warning}</p>}
        </div>
        <Button size="sm" aria-label={`Change ${name} for ${group.name}`} onClick={() => setMode('edited')}>
          Change
        </Button>
        <Button size="sm" aria-label={`Remove ${name} from ${group.name}`} onClick={() => setMode('ended')}>
          Remove
        </Button>
      </div>
      {mode === 'edited' && (
        <ShareForm api={api} group={group} connections={[connection]} share={share} onClose={() => setMode('shown')} />
      )}
      {mode === 'ended' && (
        <ConfirmDialog
          title={`Stop sharing “${name}” with “${group.name}”?`}
          verb="Stop sharing"
          isPending={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setMode('shown')}
        >
          Nobody may use it through this group any more, and what they are running on it now is stopped.
        </ConfirmDialog>
      )}
    </li>
  )
}

function termsInWords(share: ConnectionShare): string {
  const { role, maxRows, askAboveBytes, refuseAboveBytes, mayExport, mayAutoRun, writers, samplesToModel } = share
  return [
    role === null ? 'As the connection’s own role' : `As the role ${role}`,
    ...(maxRows === null ? [] : [`at most ${countInWords(maxRows, 'row')}`]),
    ...(askAboveBytes === null ? [] : [`asks above ${bytesInWords(askAboveBytes)}`]),
    ...(refuseAboveBytes === null ? [] : [`refuses above ${bytesInWords(refuseAboveBytes)}`]),
    ...(mayExport ? [] : ['no exports']),
    ...(mayAutoRun ? [] : ['every query needs a yes']),
    ...(writers === null
      ? []
      : [`written only by ${writers.map((id) => (id === 'sql' ? 'hand' : id)).join(', ') || 'nobody'}`]),
    ...(samplesToModel ? [] : ['no sample values to a model']),
  ].join(' · ')
}
