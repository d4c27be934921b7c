import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AppSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FaultBox } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { scopeWords } from './tokens-panel.tsx'

/** Apps that the person let act for them; each can be disconnected. */
export function AppsPanel({ api }: { readonly api: ApiClient }) {
  const apps = useQuery({ queryKey: ['apps'], queryFn: ({ signal }) => api.me.apps(undefined, { signal }) })
  const heading = useHeadingOfList(apps.data?.length ?? 0)
  return (
    <Panel
      title="Connected apps"
      about="You let these programs use Floe for you. They may never do more than you may, and what they do counts as done by you."
      heading={heading}
    >
      {apps.isPending && <ListSkeleton />}
      {apps.data === undefined && apps.error !== null && (
        <FaultBox problem={problemOf(apps.error)} onAgain={() => void apps.refetch()} />
      )}
      {apps.data?.length === 0 && (
        <p className="text-sm text-fg-2">
          No app is connected. An app that supports it leads you here, and Floe asks you before it lets it in.
        </p>
      )}
      <ul aria-label="Connected apps" className="flex flex-col divide-y divide-line empty:hidden">
        {apps.data?.map((app) => (
          <AppRow key={app.id} api={api} app={app} />
        ))}
      </ul>
    </Panel>
  )
}

interface AppRowProps {
  readonly api: ApiClient
  readonly app: AppSummary
}

function AppRow({ api, app: { id, name, host, publisher, scopes, connectedAt, lastUsedAt } }: AppRowProps) {
  const queries = useQueryClient()
  const { ago, day, exact } = useMoments()
  const [asks, setAsks] = useState(false)
  const disconnect = useMutation({
    mutationFn: () => api.me.endApp({ grantId: id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['apps'] }),
  })
  const place = host === null ? 'On your computer' : `At ${host}`
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">{name}</p>
        <p className="text-xs break-words text-fg-2">
          {publisher === null
            ? `${place}; it chose its name itself`
            : `${place}; described by its maker at ${publisher}`}
        </p>
        <p className="text-xs text-fg-2">
          {['Read and arrange what is yours', ...scopes.map((scope) => scopeWords[scope])].join(' · ')}
        </p>
        <p className="text-xs text-fg-2" title={`Connected on ${exact(connectedAt)}`}>
          {lastUsedAt === null ? 'Never used' : `Last used ${ago(lastUsedAt)}`}, connected on {day(connectedAt)}
        </p>
      </div>
      <Button
        size="sm"
        aria-label={`Disconnect ${name}, connected on ${day(connectedAt)}`}
        onClick={() => setAsks(true)}
      >
        Disconnect
      </Button>
      {asks && (
        <ConfirmDialog
          title={`Disconnect “${name}”?`}
          verb="Disconnect"
          isPending={disconnect.isPending}
          error={disconnect.error}
          onConfirm={() => disconnect.mutate()}
          onClose={() => setAsks(false)}
        >
          It is turned away from now on. To use it again you connect it again from the app.
        </ConfirmDialog>
      )}
    </li>
  )
}
