import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useRef, useState } from 'react'
import type { Me, SessionSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Done, Fault, FaultBox, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { ShareList, useShares } from '../../ui/share-list.tsx'
import { roleWords } from '../../ui/role-words.ts'
import { accountWords } from '../../words/account.ts'
import { say, sayPieces } from '../../words/language.ts'
import { ExportPanel } from './export-panel.tsx'
import { StoragePanel } from './storage-panel.tsx'
import { AppsPanel } from './apps-panel.tsx'
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

const { local, profile, sessions: sessionWords, shares: shareWords, removal } = accountWords

const LocalAccount = () => (
  <Panel title={local.title}>
    <p className="text-base text-fg-2">{local.about}</p>
    <p className="text-base text-fg-2">
      {sayPieces(local.others, {
        file: (
          <code key="file" className="sql-text text-fg">
            {local.file}
          </code>
        ),
      })}
    </p>
  </Panel>
)

function ProfilePanel({ api, me }: Pick<AccountPageProps, 'api' | 'me'>) {
  const queries = useQueryClient()
  const [name, setName] = useState(me.name)
  const field = useRef<HTMLInputElement>(null)
  const [fault, setFault] = useState<string | null>(null)
  const rename = useMutation({
    mutationFn: () => api.me.update({ name: name.trim() }),
    onSuccess: (changed) => {
      queries.setQueryData(['me'], changed)
      setName(changed.name)
    },
  })
  const check = (): boolean => {
    const found = name.trim() === '' ? profile.nameFault : null
    setFault(found)
    return found === null
  }
  const save = (event: FormEvent): void => {
    event.preventDefault()
    if (!check()) return
    // The button has nothing to save then.
    field.current?.focus()
    rename.mutate()
  }
  const { name: role, may } = roleWords[me.role]
  return (
    <Panel title={profile.title}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
        <dt className="text-fg-2">{profile.address}</dt>
        <dd className="min-w-0 break-words">{me.email}</dd>
        <dt className="text-fg-2">{profile.role}</dt>
        <dd>{say(profile.roleMay, { role, may })}</dd>
      </dl>
      <form aria-label={profile.title} noValidate onSubmit={save} className="flex flex-wrap items-start gap-3">
        <TextField
          ref={field}
          label={profile.name}
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
          {profile.save}
        </Button>
      </form>
      <Fault error={rename.error} />
      <Done>{rename.isSuccess && profile.saved}</Done>
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
    <Panel title={removal.title}>
      <p id={warning} className="text-sm text-fg-2">
        {removal.follows}
      </p>
      <form aria-label={removal.title} noValidate onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <TextField
          label={say(removal.confirm, { address: me.email ?? removal.yourAddress })}
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
          {removal.remove}
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
    <Panel title={sessionWords.title} about={sessionWords.about} heading={heading}>
      {sessions.isPending && <ListSkeleton />}
      {sessions.data === undefined && sessions.error !== null && (
        <FaultBox problem={problemOf(sessions.error)} onAgain={() => void sessions.refetch()} />
      )}
      <ul aria-label={sessionWords.list} className="flex flex-col divide-y divide-line empty:hidden">
        {sessions.data?.map((session) => (
          <SessionRow key={session.id} session={session} isBusy={end.isPending} onEnd={() => end.mutate([session])} />
        ))}
      </ul>
      <Fault error={end.error} />
      {sessions.data !== undefined && (
        <div className="flex flex-wrap gap-2">
          {others.length > 1 && (
            <Button size="sm" disabled={end.isPending} onClick={() => end.mutate(others)}>
              {sessionWords.signOutOthers}
            </Button>
          )}
          <Button size="sm" onClick={() => setAsksForAll(true)}>
            {sessionWords.signOutAll}
          </Button>
        </div>
      )}
      {asksForAll && (
        <ConfirmDialog
          title={sessionWords.asksAll}
          verb={sessionWords.signOutAll}
          isPending={endAll.isPending}
          error={endAll.error}
          onConfirm={() => endAll.mutate()}
          onClose={() => setAsksForAll(false)}
        >
          {sessionWords.followsAll}
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
          <span lang="en">{device}</span>
          {isCurrent && <Badge tone="accent">{sessionWords.current}</Badge>}
        </p>
        <p className="text-xs text-fg-2" title={say(sessionWords.signedInOn, { moment: exact(createdAt) })}>
          {isCurrent
            ? say(sessionWords.signedIn, { ago: ago(createdAt) })
            : say(sessionWords.used, { used: ago(lastUsedAt), signedIn: ago(createdAt) })}
        </p>
      </div>
      {!isCurrent && (
        <Button
          size="sm"
          disabled={isBusy}
          onClick={onEnd}
          aria-label={say(sessionWords.signOutOne, { device, ago: ago(lastUsedAt) })}
        >
          {sessionWords.signOut}
        </Button>
      )}
    </li>
  )
}

/** The links to what the person lets others read. */
function SharesPanel({ api }: { readonly api: ApiClient }) {
  const shares = useShares(api)
  const heading = useHeadingOfList(shares.data?.length ?? 0)
  return (
    <Panel title={shareWords.title} about={shareWords.about} heading={heading}>
      <ShareList api={api} shares={shares} isListed={() => true} isNamed none={shareWords.none} />
    </Panel>
  )
}
