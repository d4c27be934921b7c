import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Role, type Me, type PersonSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { serverUrl } from '../../transport/server-address.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { roleOptions, roleWords } from '../../ui/role-words.ts'
import { BudgetsPanel } from './budgets-panel.tsx'
import { GroupsPanel } from './groups-panel.tsx'
import { PersonRow } from './person-row.tsx'

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
    </>
  )
}

const LocalPeople = () => (
  <Panel title="You alone">
    <p className="text-base text-fg-2">
      Floe runs for you alone on this computer, so there are no people to manage. How to let others sign in is written
      in <code className="sql-text text-fg">docs/operate.md</code>.
    </p>
  </Panel>
)

function PeopleList({ api, me, people }: PeoplePageProps & { readonly people: readonly PersonSummary[] }) {
  const [words, setWords] = useState('')
  const wanted = words.trim().toLowerCase()
  const found = people.filter(({ name, email }) => `${name} ${email ?? ''}`.toLowerCase().includes(wanted))
  return (
    <Panel
      title={people.length === 1 ? '1 person' : `${people.length} people`}
      about={`${roleOptions.map(([role, name]) => `${name}: ${roleWords[role].may}`).join('. ')}.`}
    >
      {people.length > 8 && (
        <TextField
          label="Find"
          type="search"
          placeholder="Name or address"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      )}
      <output className="sr-only">{wanted === '' ? '' : `${found.length} found`}</output>
      {found.length === 0 && <p className="text-sm text-fg-2">Nobody has this in their name or address.</p>}
      <ul aria-label="People" className="flex flex-col divide-y divide-line empty:hidden">
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
    setFault(isAddress ? null : 'Write an e-mail address, such as ada@example.com.')
    return isAddress
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (check()) invite.mutate()
  }
  return (
    <Panel title="Invite somebody" about="They may then sign in with this address, whatever domain it has.">
      <form aria-label="Invite somebody" noValidate onSubmit={submit} className="flex flex-wrap items-start gap-3">
        <TextField
          label="E-mail address"
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
          label="Role"
          value={role}
          options={roleOptions}
          onChange={(event) => setRole(Role.parse(event.target.value))}
        />
        <Button type="submit" look="primary" disabled={invite.isPending} className="mt-6.5">
          Invite
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
        {email} may now sign in. Floe sends no e-mail: tell them this address yourself.
        <CopyButton text={serverUrl} what="the address of this page" label={serverUrl()} />
      </>
    )}
  </output>
)
