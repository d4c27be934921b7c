import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import type { Me } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { Done, Fault, TextField } from '../../ui/form.tsx'
import { Panel } from '../../ui/panel.tsx'
import { roleWords } from '../../ui/role-words.ts'
import { SessionsPanel } from './sessions-panel.tsx'
import { TokensPanel } from './tokens-panel.tsx'

export interface AccountPageProps {
  readonly api: ApiClient
  readonly me: Me
  /** Called when this browser is not signed in any more. */
  readonly onLeave: () => void
}

/** One's own account: who one is, where one is signed in, what programs may act for one, and the way out. */
export function AccountPage({ api, me, onLeave }: AccountPageProps) {
  if (me.isLocal) return <LocalAccount />
  return (
    <>
      <ProfilePanel api={api} me={me} />
      <SessionsPanel api={api} onLeave={onLeave} />
      <TokensPanel api={api} role={me.role} />
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
        Your conversations, saved connections, sessions and access tokens are deleted at once and cannot be brought
        back.
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
