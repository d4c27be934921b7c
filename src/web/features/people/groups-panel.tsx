import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useRef, useState, type FormEvent } from 'react'
import type { Group, GroupMember } from '../../../contract/groups.ts'
import type { PersonSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Fault, FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { Badge, ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { say } from '../../words/language.ts'
import { peopleWords } from '../../words/people.ts'
import { GroupShares } from './group-shares.tsx'

const words = peopleWords.groups

export interface GroupsPanelProps {
  readonly api: ApiClient
  readonly people: readonly PersonSummary[]
}

/** The groups of the organisation: who is in each. */
export function GroupsPanel({ api, people }: GroupsPanelProps) {
  const groups = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => api.groups.list(undefined, { signal }) })
  const heading = useHeadingOfList(groups.data?.length ?? 0)
  return (
    <Panel title={words.title} about={words.about} heading={heading}>
      {groups.isPending && <ListSkeleton />}
      {groups.data === undefined && groups.error !== null && (
        <FaultBox problem={problemOf(groups.error)} onAgain={() => void groups.refetch()} />
      )}
      {groups.data?.length === 0 && <p className="text-sm text-fg-2">{words.none}</p>}
      <ul aria-label={words.title} className="flex flex-col divide-y divide-line empty:hidden">
        {groups.data?.map((group) => (
          <GroupRow key={group.id} api={api} group={group} people={people} />
        ))}
      </ul>
      {groups.data !== undefined && <NewGroupForm api={api} />}
    </Panel>
  )
}

function NewGroupForm({ api }: Pick<GroupsPanelProps, 'api'>) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const make = useMutation({
    mutationFn: () => api.groups.make({ name: name.trim() }),
    onSuccess: async () => {
      setName('')
      await queries.invalidateQueries({ queryKey: ['groups'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const found = name.trim() === '' ? words.nameFault : null
    setFault(found)
    if (found === null && !make.isPending) make.mutate()
  }
  return (
    <form
      aria-label={words.add}
      noValidate
      onSubmit={submit}
      className="flex flex-wrap items-start gap-3 border-t border-line pt-4"
    >
      <TextField
        label={words.newName}
        placeholder={words.nameExample}
        value={name}
        maxLength={100}
        autoComplete="off"
        fault={fault}
        onChange={(event) => {
          setName(event.target.value)
          setFault(null)
          make.reset()
        }}
        className="min-w-56 flex-1"
      />
      <Button type="submit" aria-disabled={make.isPending} className="mt-6.5">
        {words.make}
      </Button>
      <div className="w-full empty:hidden">
        <Fault error={make.error} />
      </div>
    </form>
  )
}

interface GroupRowProps {
  readonly api: ApiClient
  readonly group: Group
  readonly people: readonly PersonSummary[]
}

/** One group of the list; opened, it shows its people and what may be changed. */
const GroupRow = ({ api, group, people }: GroupRowProps) => (
  <li>
    <details className="group">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 py-2 text-sm [&::-webkit-details-marker]:hidden">
        <ChevronRight size={15} aria-hidden className="shrink-0 text-fg-3 transition-transform group-open:rotate-90" />
        <span className="min-w-0 flex-1 font-medium break-words">{group.name}</span>
        <span className="shrink-0 text-xs text-fg-2">{say(words.size, { count: group.members.length })}</span>
      </summary>
      <div className="flex flex-col gap-4 pb-4 pl-6">
        <Members api={api} group={group} people={people} />
        <GroupShares api={api} group={group} />
        <NameForm api={api} group={group} />
        <RemoveGroup api={api} group={group} />
      </div>
    </details>
  </li>
)

function Members({ api, group, people }: GroupRowProps) {
  const [chosen, setChosen] = useState('')
  const choice = useRef<HTMLSelectElement>(null)
  const add = useGroupChange((personId: string) => api.groups.addMember({ groupId: group.id, personId }))
  const remove = useGroupChange(async (personId: string) => {
    const changed = await api.groups.removeMember({ groupId: group.id, personId })
    choice.current?.focus()
    return changed
  })
  const outside = people.filter(({ id }) => !group.members.some(({ personId }) => personId === id))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (chosen === '') return
    // The button has nothing to add then.
    choice.current?.focus()
    add.mutate(chosen, { onSuccess: () => setChosen('') })
  }
  return (
    <div className="flex flex-col gap-2">
      {group.members.length === 0 && <p className="text-sm text-fg-2">{words.noMembers}</p>}
      <ul aria-label={say(words.members, { group: group.name })} className="flex flex-col empty:hidden">
        {group.members.map((member) => (
          <li key={member.personId} className="flex min-h-10 items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 break-words">
              {nameOf(member)}
              {member.source === 'claim' && (
                <>
                  {' '}
                  <Badge>{words.fromSignIn}</Badge>
                </>
              )}
            </span>
            <Button
              size="sm"
              disabled={remove.isPending}
              aria-label={say(words.removeOne, { name: nameOf(member), group: group.name })}
              onClick={() => remove.mutate(member.personId)}
            >
              {words.remove}
            </Button>
          </li>
        ))}
      </ul>
      {group.members.some(({ source }) => source === 'claim') && (
        <p className="text-xs text-fg-2">{words.fromSignInAbout}</p>
      )}
      <form
        aria-label={say(words.addTo, { group: group.name })}
        onSubmit={submit}
        className="flex flex-wrap items-end gap-3"
      >
        <SelectField
          ref={choice}
          label={words.addSomebody}
          value={chosen}
          options={[
            ['', outside.length === 0 ? words.everybodyIn : words.choosePerson],
            ...outside.map((person) => [person.id, nameOf(person)] as const),
          ]}
          onChange={(event) => setChosen(event.target.value)}
          className="min-w-48 flex-1"
        />
        <Button type="submit" disabled={chosen === '' || add.isPending}>
          {words.addMember}
        </Button>
      </form>
      <Fault error={add.error ?? remove.error} />
    </div>
  )
}

const nameOf = ({ name, email }: Pick<GroupMember, 'name' | 'email'>): string =>
  name === '' || name === email
    ? (email ?? '')
    : email === null
      ? name
      : say(words.nameAndAddress, { name, address: email })

function NameForm({ api, group }: Omit<GroupRowProps, 'people'>) {
  const [name, setName] = useState(group.name)
  const field = useRef<HTMLInputElement>(null)
  const rename = useGroupChange(() => api.groups.rename({ groupId: group.id, name: name.trim() }))
  const isChanged = name.trim() !== '' && name.trim() !== group.name
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isChanged) return
    // The button has nothing to change then.
    field.current?.focus()
    rename.mutate(undefined, { onSuccess: (changed) => setName(changed.name) })
  }
  return (
    <form
      aria-label={say(words.renameOne, { group: group.name })}
      onSubmit={submit}
      className="flex flex-wrap items-end gap-3"
    >
      <TextField
        ref={field}
        label={words.name}
        value={name}
        maxLength={100}
        autoComplete="off"
        onChange={(event) => {
          setName(event.target.value)
          rename.reset()
        }}
        className="min-w-48 flex-1"
      />
      <Button type="submit" disabled={!isChanged || rename.isPending}>
        {words.rename}
      </Button>
      <div className="w-full empty:hidden">
        <Fault error={rename.error} />
      </div>
    </form>
  )
}

function RemoveGroup({ api, group: { id, name } }: Omit<GroupRowProps, 'people'>) {
  const queries = useQueryClient()
  const [asks, setAsks] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.groups.remove({ groupId: id }),
    onSuccess: () =>
      Promise.all(
        ['groups', 'budgets', 'connection-shares'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      ),
  })
  return (
    <>
      <Button size="sm" className="max-w-full self-start" onClick={() => setAsks(true)}>
        <span className="truncate">{say(words.deleteOne, { group: name })}</span>
      </Button>
      {asks && (
        <ConfirmDialog
          title={say(words.asks, { group: name })}
          verb={words.delete}
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsks(false)}
        >
          {words.follows}
        </ConfirmDialog>
      )}
    </>
  )
}

/** Puts a changed group in place of what the list holds of it. */
function useGroupChange<Input>(change: (input: Input) => Promise<Group>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (changed) =>
      queries.setQueryData<Group[]>(['groups'], (groups) =>
        groups?.map((each) => (each.id === changed.id ? changed : each)),
      ),
  })
}
