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
import { accountWords } from '../../words/account.ts'
import { say } from '../../words/language.ts'

const words = accountWords.apps

/** Apps that the person let act for them; each can be disconnected. */
export function AppsPanel({ api }: { readonly api: ApiClient }) {
  const apps = useQuery({ queryKey: ['apps'], queryFn: ({ signal }) => api.me.apps(undefined, { signal }) })
  const heading = useHeadingOfList(apps.data?.length ?? 0)
  return (
    <Panel title={words.title} about={words.about} heading={heading}>
      {apps.isPending && <ListSkeleton />}
      {apps.data === undefined && apps.error !== null && (
        <FaultBox problem={problemOf(apps.error)} onAgain={() => void apps.refetch()} />
      )}
      {apps.data?.length === 0 && <p className="text-sm text-fg-2">{words.none}</p>}
      <ul aria-label={words.list} className="flex flex-col divide-y divide-line empty:hidden">
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
  const place = host === null ? words.here : say(words.at, { host })
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">{name}</p>
        <p className="text-xs break-words text-fg-2">
          {publisher === null ? say(words.ownName, { place }) : say(words.described, { place, publisher })}
        </p>
        <p className="text-xs text-fg-2">
          {[words.read, ...scopes.map((scope) => accountWords.scopes[scope])].join(' · ')}
        </p>
        <p className="text-xs text-fg-2" title={say(words.connectedOn, { moment: exact(connectedAt) })}>
          {lastUsedAt === null
            ? say(words.unused, { day: day(connectedAt) })
            : say(words.used, { ago: ago(lastUsedAt), day: day(connectedAt) })}
        </p>
      </div>
      <Button
        size="sm"
        aria-label={say(words.disconnectOne, { name, day: day(connectedAt) })}
        onClick={() => setAsks(true)}
      >
        {words.disconnect}
      </Button>
      {asks && (
        <ConfirmDialog
          title={say(words.asks, { name })}
          verb={words.disconnect}
          isPending={disconnect.isPending}
          error={disconnect.error}
          onConfirm={() => disconnect.mutate()}
          onClose={() => setAsks(false)}
        >
          {words.follows}
        </ConfirmDialog>
      )}
    </li>
  )
}
