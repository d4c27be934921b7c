import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SessionSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Fault, FaultBox } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'

export interface SessionsPanelProps {
  readonly api: ApiClient
  /** Called when this browser's own session has ended. */
  readonly onLeave: () => void
}

/** The browsers in which the person is signed in; each can be signed out from here. */
export function SessionsPanel({ api, onLeave }: SessionsPanelProps) {
  const queries = useQueryClient()
  const [asksForAll, setAsksForAll] = useState(false)
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: ({ signal }) => api.me.sessions(undefined, { signal }) })
  const heading = useHeadingOfList(sessions.data?.length ?? 0)
  const others = (sessions.data ?? []).filter(({ isCurrent }) => !isCurrent)
  const end = useMutation({
    mutationFn: (ended: readonly SessionSummary[]) =>
      Promise.all(ended.map(({ id }) => api.me.endSession({ sessionId: id }))),
    // One that has ended meanwhile is gone from the list, too.
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  const endAll = useMutation({ mutationFn: () => api.me.endSessions(), onSuccess: onLeave })
  return (
    <Panel
      title="Where you are signed in"
      about="If you do not know one of these, sign it out. A session that is not used for a day ends by itself."
      heading={heading}
    >
      {sessions.isPending && <ListSkeleton />}
      {sessions.data === undefined && sessions.error !== null && (
        <FaultBox problem={problemOf(sessions.error)} onAgain={() => void sessions.refetch()} />
      )}
      <ul aria-label="Sessions" className="flex flex-col divide-y divide-line empty:hidden">
        {sessions.data?.map((session) => (
          <SessionRow key={session.id} session={session} isBusy={end.isPending} onEnd={() => end.mutate([session])} />
        ))}
      </ul>
      <Fault error={end.error} />
      {sessions.data !== undefined && (
        <div className="flex flex-wrap gap-2">
          {others.length > 1 && (
            <Button size="sm" disabled={end.isPending} onClick={() => end.mutate(others)}>
              Sign out all others
            </Button>
          )}
          <Button size="sm" onClick={() => setAsksForAll(true)}>
            Sign out everywhere
          </Button>
        </div>
      )}
      {asksForAll && (
        <ConfirmDialog
          title="Sign out everywhere?"
          verb="Sign out everywhere"
          isPending={endAll.isPending}
          error={endAll.error}
          onConfirm={() => endAll.mutate()}
          onClose={() => setAsksForAll(false)}
        >
          All your browsers are signed out, this one included. Access tokens go on working.
        </ConfirmDialog>
      )}
    </Panel>
  )
}

interface SessionRowProps {
  readonly session: SessionSummary
  readonly isBusy: boolean
  readonly onEnd: () => void
}

function SessionRow({ session: { device, createdAt, lastUsedAt, isCurrent }, isBusy, onEnd }: SessionRowProps) {
  const { ago, exact } = useMoments()
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {device}
          {isCurrent && <Badge tone="accent">This one</Badge>}
        </p>
        <p className="text-xs text-fg-2" title={`Signed in on ${exact(createdAt)}`}>
          {isCurrent ? `Signed in ${ago(createdAt)}` : `Last used ${ago(lastUsedAt)}, signed in ${ago(createdAt)}`}
        </p>
      </div>
      {!isCurrent && (
        <Button
          size="sm"
          disabled={isBusy}
          onClick={onEnd}
          aria-label={`Sign out ${device}, last used ${ago(lastUsedAt)}`}
        >
          Sign out
        </Button>
      )}
    </li>
  )
}
