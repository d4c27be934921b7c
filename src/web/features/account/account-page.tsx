import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import type { Me, SessionSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Done, Fault, FaultBox, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { roleWords } from '../../ui/role-words.ts'
import { ExportPanel } from './export-panel.tsx'
import { StoragePanel } from './storage-panel.tsx'
import { AppsPanel } from './apps-panel.tsx'
import { SharesPanel } from './shares-panel.tsx'
import { TokensPanel } from './tokens-panel.tsx'
import { UsagePanel } from './usage-panel.tsx'

export interface AccountPageProps {
  readonly api: ApiClient
  readonly me: Me
  /** Called when this browser is not signed in any more. */
  readonly onLeave: () => void
}

/** One's own account: who one is, where one is signed in, what programs may act for one, and the way out. */
export function AccountPage({ api, me, onLeave }: AccountPageProps) {
  if (me.isLocal)
    return (
      <>
        <LocalAccount />
        <StoragePanel api={api} />
        <ExportPanel />
      </>
    )
  return (
    <>
      <ProfilePanel api={api} me={me} />
      <SessionsPanel api={api} onLeave={onLeave} />
      <SharesPanel api={api} />
      <TokensPanel api={api} role={me.role} />
      <AppsPanel api={api} />
      <UsagePanel api={api} />
      <StoragePanel api={api} />
      <ExportPanel />
      <DeletePanel api={api} me={me} onLeave={onLeave} />
    </>
  )
}

const LocalAccount = () => (
  <Panel title="This computer">
    <p className="text-base text-fg-2">
      Floe runs for you alone on this computer. Nobody signs in, so there is no account, and there are no sessions or
      access tokens to look after. Nobody else can open this page.
    </p>
    <p className="text-base text-fg-2">
      To let other people use it, set up sign-in with Google, Entra, Okta, Keycloak or another OpenID Connect provider.
      How to do that is written in <code className="sql-text text-fg">docs/operate.md</code>, under &quot;Sign-in&quot;.
      Your conversations and connections stay yours.
    </p>
  </Panel>
)

function ProfilePanel({ api, me }: Pick<AccountPageProps, 'api' | 'me'>) {
  const queries = useQueryClient()
  const [name, setName] = useState(me.name)
  const [fault, setFault] = useState<string | null>(null)
  const rename = useMutation({
    mutationFn: () => api.me.update({ name: name.trim() }),
    onSuccess: (changed) => {
      queries.setQueryData(['me'], changed)
      setName(changed.name)
    },
  })
  const check = (): boolean => {
    const found = name.trim() === '' ? 'Write the name that others see.' : null
    setFault(found)
    return found === null
  }
  const save = (event: FormEvent): void => {
    event.preventDefault()
    if (check()) rename.mutate()
  }
  const { name: role, may } = roleWords[me.role]
  return (
    <Panel title="Profile">
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
        <dt className="text-fg-2">Address</dt>
        <dd className="min-w-0 break-words">{me.email}</dd>
        <dt className="text-fg-2">Role</dt>
        <dd>
          {role}: {may}
        </dd>
      </dl>
      <form aria-label="Profile" noValidate onSubmit={save} className="flex flex-wrap items-start gap-3">
        <TextField
          label="Name"
          value={name}
          maxLength={100}
          autoComplete="name"
          fault={fault}
          onBlur={check}
          onChange={(event) => {
            setName(event.target.value)
            setFault(null)
            rename.reset()
          }}
          className="min-w-56 flex-1"
        />
        <Button type="submit" disabled={rename.isPending || name.trim() === me.name} className="mt-6.5">
          Save
        </Button>
      </form>
      <Fault error={rename.error} />
      <Done>{rename.isSuccess && 'Saved.'}</Done>
    </Panel>
  )
}

function DeletePanel({ api, me, onLeave }: AccountPageProps) {
  const [typed, setTyped] = useState('')
  const warning = useId()
  const remove = useMutation({ mutationFn: () => api.me.remove({ confirm: typed.trim() }), onSuccess: onLeave })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (typed.trim() !== '') remove.mutate()
  }
  return (
    <Panel title="Delete account">
      <p id={warning} className="text-sm text-fg-2">
        Your conversations, saved connections, sessions, access tokens and connected apps are deleted at once and cannot
        be brought back.
      </p>
      <form aria-label="Delete account" noValidate onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <TextField
          label={`Type ${me.email ?? 'your address'} to confirm`}
          value={typed}
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.target.value)
            remove.reset()
          }}
          className="min-w-56 flex-1"
        />
        <Button
          type="submit"
          look="danger"
          aria-describedby={warning}
          disabled={remove.isPending || typed.trim().toLowerCase() !== me.email?.toLowerCase()}
        >
          Delete my account
        </Button>
      </form>
      <Fault error={remove.error} />
    </Panel>
  )
}

interface SessionsPanelProps {
  readonly api: ApiClient
  /** Called when this browser's own session has ended. */
  readonly onLeave: () => void
}

/** The browsers in which the person is signed in; each can be signed out from here. */
function SessionsPanel({ api, onLeave }: SessionsPanelProps) {
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
          All your browsers are signed out, this one included. Access tokens and connected apps go on working.
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
