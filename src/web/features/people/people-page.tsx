import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Role, type Me, type PersonChange, type PersonSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { serverUrl } from '../../transport/server-address.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge, ListSkeleton, Panel } from '../../ui/panel.tsx'
import { roleOptions, roleWords } from '../../ui/role-words.ts'
import { say, sayPieces } from '../../words/language.ts'
import { peopleWords } from '../../words/people.ts'
import { BudgetsPanel } from './budgets-panel.tsx'
import { GroupsPanel } from './groups-panel.tsx'
import { ModelUsePanel } from './model-use-panel.tsx'

export interface PeoplePageProps {
  readonly api: ApiClient
  readonly me: Me
}

/** Who may use this Floe, as what, and in which groups; for admins. */
export function PeoplePage({ api, me }: PeoplePageProps) {
  const people = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => api.people.list(undefined, { signal }),
    enabled: !me.isLocal,
  })
  if (me.isLocal) return <LocalPeople />
  if (people.data === undefined && people.error !== null)
    return <FaultBox problem={problemOf(people.error)} onAgain={() => void people.refetch()} />
  if (people.data === undefined) return <ListSkeleton />
  return (
    <>
      <InvitePanel api={api} />
      <PeopleList api={api} me={me} people={people.data} />
      <GroupsPanel api={api} people={people.data} />
      <BudgetsPanel api={api} people={people.data} />
      <ModelUsePanel api={api} />
    </>
  )
}

const { local, list: listWords, invite: inviteWords } = peopleWords

const LocalPeople = () => (
  <Panel title={local.title}>
    <p className="text-base text-fg-2">
      {sayPieces(local.about, {
        file: (
          <code key="file" className="sql-text text-fg">
            {local.file}
          </code>
        ),
      })}
    </p>
  </Panel>
)

function PeopleList({ api, me, people }: PeoplePageProps & { readonly people: readonly PersonSummary[] }) {
  const [words, setWords] = useState('')
  const wanted = words.trim().toLowerCase()
  const found = people.filter(({ name, email }) => `${name} ${email ?? ''}`.toLowerCase().includes(wanted))
  return (
    <Panel
      title={say(listWords.title, { count: people.length })}
      about={roleOptions.map(([id, role]) => say(listWords.roleMay, { role, may: roleWords[id].may })).join(' ')}
    >
      {people.length > 8 && (
        <TextField
          label={listWords.find}
          type="search"
          placeholder={listWords.findExample}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      )}
      <output className="sr-only">{wanted === '' ? '' : say(listWords.found, { count: found.length })}</output>
      {found.length === 0 && <p className="text-sm text-fg-2">{listWords.noneFound}</p>}
      <ul aria-label={listWords.label} className="flex flex-col divide-y divide-line empty:hidden">
        {found.map((person) => (
          <PersonRow key={person.id} api={api} person={person} isMe={person.id === me.id} />
        ))}
      </ul>
    </Panel>
  )
}

function InvitePanel({ api }: Pick<PeoplePageProps, 'api'>) {
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('member')
  const [fault, setFault] = useState<string | null>(null)
  const invite = useMutation({
    mutationFn: () => api.people.invite({ email: email.trim(), role }),
    onSuccess: async () => {
      setEmail('')
      await queries.invalidateQueries({ queryKey: ['people'] })
    },
  })
  const check = (): boolean => {
    const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())
    setFault(isAddress ? null : inviteWords.addressFault)
    return isAddress
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (check() && !invite.isPending) invite.mutate()
  }
  return (
    <Panel title={inviteWords.title} about={inviteWords.about}>
      <form aria-label={inviteWords.title} noValidate onSubmit={submit} className="flex flex-wrap items-start gap-3">
        <TextField
          label={inviteWords.address}
          value={email}
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          maxLength={320}
          fault={fault}
          onBlur={() => email.trim() !== '' && check()}
          onChange={(event) => {
            setEmail(event.target.value)
            setFault(null)
            invite.reset()
          }}
          className="min-w-56 flex-1"
        />
        <SelectField
          label={inviteWords.role}
          value={role}
          options={roleOptions}
          onChange={(event) => setRole(Role.parse(event.target.value))}
        />
        <Button type="submit" look="primary" aria-disabled={invite.isPending} className="mt-6.5">
          {inviteWords.invite}
        </Button>
      </form>
      <Fault error={invite.error} />
      <Invited email={invite.data?.email ?? null} />
    </Panel>
  )
}

/** What an admin has to do after inviting somebody. */
const Invited = ({ email }: { readonly email: string | null }) => (
  <output className="flex flex-wrap items-center gap-2 text-sm text-fg-2 empty:hidden">
    {email !== null && (
      <>
        {say(inviteWords.done, { address: email })}
        <CopyButton text={serverUrl} what={inviteWords.what} label={serverUrl()} />
      </>
    )}
  </output>
)

interface PersonRowProps {
  readonly api: ApiClient
  readonly person: PersonSummary
  readonly isMe: boolean
}

/** One person of the list, whose role and right to come are changed in place. */
function PersonRow({ api, person, isMe }: PersonRowProps) {
  const [asksToDisable, setAsksToDisable] = useState(false)
  const change = usePersonChange(api, person.id, isMe)
  const { name, email, role, isDisabled } = person
  const shown = name === '' ? (email ?? '') : name
  const state = useStateInWords(person)
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="flex flex-wrap items-center gap-2 text-sm font-medium break-words">
            {shown}
            {isMe && <Badge tone="accent">{listWords.you}</Badge>}
            {isDisabled && <Badge tone="warn">{listWords.disabled}</Badge>}
          </p>
          <p className="text-xs break-words text-fg-2">
            {email === null || email === shown ? state : say(listWords.addressAndState, { address: email, state })}
          </p>
        </div>
        <SelectField
          label={say(listWords.roleOf, { name: shown })}
          isLabelShown={false}
          value={change.isPending ? (change.variables.role ?? role) : role}
          options={roleOptions}
          onChange={(event) => change.mutate({ role: Role.parse(event.target.value) })}
          className="w-36"
        />
        {isMe ? (
          <span className="w-20 max-sm:hidden" />
        ) : (
          <>
            {!isDisabled && <SignOutButton api={api} personId={person.id} name={shown} />}
            <Button
              size="sm"
              aria-label={say(isDisabled ? listWords.enableOne : listWords.disableOne, { name: shown })}
              onClick={() => (isDisabled ? change.mutate({ isDisabled: false }) : setAsksToDisable(true))}
              className="w-20"
            >
              {isDisabled ? listWords.enable : listWords.disable}
            </Button>
          </>
        )}
      </div>
      {!asksToDisable && <Fault error={change.error} />}
      {asksToDisable && (
        <ConfirmDialog
          title={say(listWords.asks, { name: shown })}
          verb={listWords.disable}
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate({ isDisabled: true }, { onSuccess: () => setAsksToDisable(false) })}
          onClose={() => setAsksToDisable(false)}
        >
          {listWords.follows}
        </ConfirmDialog>
      )}
    </li>
  )
}

/** Signs somebody out of every browser, once it is confirmed. */
function SignOutButton({ api, personId, name }: Pick<PersonRowProps, 'api'> & { personId: string; name: string }) {
  const [asks, setAsks] = useState(false)
  const end = useMutation({
    mutationFn: () => api.people.endSessions({ personId }),
    onSuccess: () => setAsks(false),
  })
  return (
    <>
      <Button size="sm" aria-label={say(listWords.signOutOne, { name })} onClick={() => setAsks(true)}>
        {listWords.signOut}
      </Button>
      {asks && (
        <ConfirmDialog
          title={say(listWords.asksToSignOut, { name })}
          verb={listWords.signOut}
          isPending={end.isPending}
          error={end.error}
          onConfirm={() => end.mutate()}
          onClose={() => setAsks(false)}
        >
          {listWords.signOutFollows}
        </ConfirmDialog>
      )}
    </>
  )
}

/** Changes a person, and shows the change in the list at once. */
function usePersonChange(api: ApiClient, personId: string, isMe: boolean) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (asked: PersonChange) => api.people.change({ personId, ...asked }),
    onSuccess: (changed) => {
      queries.setQueryData<PersonSummary[]>(['people'], (people) =>
        people?.map((each) => (each.id === changed.id ? changed : each)),
      )
      // Somebody who is no admin any more loses these pages.
      return isMe ? queries.invalidateQueries({ queryKey: ['me'] }) : undefined
    },
  })
}

/** Whether a person has come yet, and when they were last seen. */
function useStateInWords({ isInvited, lastSeenAt, createdAt }: PersonSummary): string {
  const { ago } = useMoments()
  if (isInvited) return say(listWords.invited, { ago: ago(createdAt) })
  return lastSeenAt === null ? listWords.notSeen : say(listWords.seen, { ago: ago(lastSeenAt) })
}
