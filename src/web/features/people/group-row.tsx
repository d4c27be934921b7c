import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useRef, useState, type FormEvent } from 'react'
import type { Group, GroupMember } from '../../../contract/groups.ts'
import type { PersonSummary } from '../../../contract/people.ts'
import { countInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Fault, SelectField, TextField } from '../../ui/form.tsx'
import { Badge } from '../../ui/panel.tsx'
import { GroupShares } from './group-shares.tsx'

export interface GroupRowProps {
  readonly api: ApiClient
  readonly group: Group
  readonly people: readonly PersonSummary[]
}

/** One group of the list; opened, it shows its people and what may be changed. */
export const GroupRow = ({ api, group, people }: GroupRowProps) => (
  <li>
    <details className="group">
      <summary className="flex min-h-11 cursor-pointer list-none items-center gap-2 py-2 text-sm [&::-webkit-details-marker]:hidden">
        <ChevronRight size={15} aria-hidden className="shrink-0 text-fg-3 transition-transform group-open:rotate-90" />
        <span className="min-w-0 flex-1 font-medium break-words">{group.name}</span>
        <span className="shrink-0 text-xs text-fg-2">{countInWords(group.members.length, 'person', 'people')}</span>
      </summary>
      <div className="flex flex-col gap-4 pb-4 pl-6">
        <Members api={api} group={group} people={people} />
        <GroupShares api={api} group={group} />
        <NameForm key={group.name} api={api} group={group} />
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
    if (chosen !== '') add.mutate(chosen, { onSuccess: () => setChosen('') })
  }
  return (
    <div className="flex flex-col gap-2">
      {group.members.length === 0 && <p className="text-sm text-fg-2">Nobody is in this group yet.</p>}
      <ul aria-label={`Members of ${group.name}`} className="flex flex-col empty:hidden">
        {group.members.map((member) => (
          <li key={member.personId} className="flex min-h-10 items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 break-words">
              {nameOf(member)}
              {member.source === 'claim' && (
                <>
                  {' '}
                  <Badge>From sign-in</Badge>
                </>
              )}
            </span>
            <Button
              size="sm"
              disabled={remove.isPending}
              aria-label={`Remove ${nameOf(member)} from ${group.name}`}
              onClick={() => remove.mutate(member.personId)}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      {group.members.some(({ source }) => source === 'claim') && (
        <p className="text-xs text-fg-2">
          People “from sign-in” are here because the place where they sign in says so. Removed by hand, they come back
          when they next sign in, unless it says otherwise by then.
        </p>
      )}
      <form aria-label={`Add to ${group.name}`} onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <SelectField
          ref={choice}
          label="Add somebody"
          value={chosen}
          options={[
            ['', outside.length === 0 ? 'Everybody is in this group' : 'Choose a person'],
            ...outside.map((person) => [person.id, nameOf(person)] as const),
          ]}
          onChange={(event) => setChosen(event.target.value)}
          className="min-w-48 flex-1"
        />
        <Button type="submit" disabled={chosen === '' || add.isPending}>
          Add
        </Button>
      </form>
      <Fault error={add.error ?? remove.error} />
    </div>
  )
}

const nameOf = ({ name, email }: Pick<GroupMember, 'name' | 'email'>): string =>
  name === '' || name === email ? (email ?? '') : email === null ? name : `${name} (${email})`

function NameForm({ api, group }: Omit<GroupRowProps, 'people'>) {
  const [name, setName] = useState(group.name)
  const rename = useGroupChange(() => api.groups.rename({ groupId: group.id, name: name.trim() }))
  const isChanged = name.trim() !== '' && name.trim() !== group.name
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isChanged) rename.mutate()
  }
  return (
    <form aria-label={`Rename ${group.name}`} onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <TextField
        label="Name"
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
        Rename
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
      <Button size="sm" className="self-start" onClick={() => setAsks(true)}>
        Delete the group {name}
      </Button>
      {asks && (
        <ConfirmDialog
          title={`Delete the group “${name}”?`}
          verb="Delete"
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsks(false)}
        >
          Its people stay, and lose at once what they could use through this group alone.
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
