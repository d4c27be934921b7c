import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { PersonSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { Fault, FaultBox, TextField } from '../../ui/form.tsx'
import { ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { GroupRow } from './group-row.tsx'

export interface GroupsPanelProps {
  readonly api: ApiClient
  readonly people: readonly PersonSummary[]
}

/** The groups of the organisation: who is in each. */
export function GroupsPanel({ api, people }: GroupsPanelProps) {
  const groups = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => api.groups.list(undefined, { signal }) })
  const heading = useHeadingOfList(groups.data?.length ?? 0)
  return (
    <Panel
      title="Groups"
      about="A group is people who may use the same things. A change counts from their next request on."
      heading={heading}
    >
      {groups.isPending && <ListSkeleton />}
      {groups.data === undefined && groups.error !== null && (
        <FaultBox problem={problemOf(groups.error)} onAgain={() => void groups.refetch()} />
      )}
      {groups.data?.length === 0 && <p className="text-sm text-fg-2">There are no groups yet.</p>}
      <ul aria-label="Groups" className="flex flex-col divide-y divide-line empty:hidden">
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
    const found = name.trim() === '' ? 'Write what the group is called.' : null
    setFault(found)
    if (found === null) make.mutate()
  }
  return (
    <form
      aria-label="New group"
      noValidate
      onSubmit={submit}
      className="flex flex-wrap items-start gap-3 border-t border-line pt-4"
    >
      <TextField
        label="Name of a new group"
        placeholder="Finance"
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
      <Button type="submit" disabled={make.isPending} className="mt-6.5">
        Make a group
      </Button>
      <div className="w-full empty:hidden">
        <Fault error={make.error} />
      </div>
    </form>
  )
}
