import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Role, type PersonChange, type PersonSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Fault, SelectField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge } from '../../ui/panel.tsx'
import { roleOptions } from '../../ui/role-words.ts'

export interface PersonRowProps {
  readonly api: ApiClient
  readonly person: PersonSummary
  readonly isMe: boolean
}

/** One person of the list, whose role and right to come are changed in place. */
export function PersonRow({ api, person, isMe }: PersonRowProps) {
  const [asksToDisable, setAsksToDisable] = useState(false)
  const change = usePersonChange(api, person.id, isMe)
  const { name, email, role, isDisabled } = person
  const shown = name === '' ? (email ?? '') : name
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="flex flex-wrap items-center gap-2 text-sm font-medium break-words">
            {shown}
            {isMe && <Badge tone="accent">You</Badge>}
            {isDisabled && <Badge tone="warn">Disabled</Badge>}
          </p>
          <p className="text-xs break-words text-fg-2">
            {email !== null && email !== shown && `${email} · `}
            <PersonState person={person} />
          </p>
        </div>
        <SelectField
          label={`Role of ${shown}`}
          isLabelShown={false}
          value={change.isPending ? (change.variables.role ?? role) : role}
          disabled={change.isPending}
          options={roleOptions}
          onChange={(event) => change.mutate({ role: Role.parse(event.target.value) })}
          className="w-28"
        />
        {isMe ? (
          <span className="w-20 max-sm:hidden" />
        ) : (
          <Button
            size="sm"
            disabled={change.isPending}
            aria-label={`${isDisabled ? 'Enable' : 'Disable'} ${shown}`}
            onClick={() => (isDisabled ? change.mutate({ isDisabled: false }) : setAsksToDisable(true))}
            className="w-20"
          >
            {isDisabled ? 'Enable' : 'Disable'}
          </Button>
        )}
      </div>
      {!asksToDisable && <Fault error={change.error} />}
      {asksToDisable && (
        <ConfirmDialog
          title={`Disable ${shown}?`}
          verb="Disable"
          isPending={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate({ isDisabled: true }, { onSuccess: () => setAsksToDisable(false) })}
          onClose={() => setAsksToDisable(false)}
        >
          They are signed out everywhere at once, their access tokens stop working, and they cannot sign in until you
          enable them again. What is theirs is kept.
        </ConfirmDialog>
      )}
    </li>
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

function PersonState({ person: { isInvited, lastSeenAt, createdAt } }: Pick<PersonRowProps, 'person'>) {
  const { ago } = useMoments()
  if (isInvited) return `Invited ${ago(createdAt)}, has not signed in yet`
  return lastSeenAt === null ? 'Not seen yet' : `Last seen ${ago(lastSeenAt)}`
}
