import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent, type Ref } from 'react'
import type { SavedConnection } from '../../../contract/connection.ts'
import type { ConnectionOptions } from '../../../contract/connection-setup.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Fault, TextField } from '../../ui/form.tsx'
import { connectionsWords, snowflakeWords as words } from '../../words/connections.ts'
import { say } from '../../words/language.ts'
import {
  dropDraft,
  faultsOf,
  isByBrowser,
  keepDraft,
  noSecrets,
  readDraft,
  settingsOf,
  signInOf,
  type Draft,
  type DraftField,
  type Secrets,
  type SnowflakeConnection,
} from './connection-draft.ts'
import { NameField, SaveButtons, useRefresh } from './form-parts.tsx'
import { PlaceFields, ProbingChoice } from './place-fields.tsx'
import { SetupScript } from './setup-script.tsx'
import { KeptSignIn, SignInFields } from './sign-in-fields.tsx'

export interface SnowflakeFormProps {
  readonly api: ApiClient
  readonly options: ConnectionOptions
  /** Null for a new connection. */
  readonly saved: SnowflakeConnection | null
  readonly onSaved: (saved: SavedConnection) => void
  readonly onClose: () => void
}

type Field = DraftField | keyof Secrets

/** Everything of a Snowflake connection. It has secrets, so nothing is stored before Save. */
export function SnowflakeForm({ api, options, saved, onSaved, onClose }: SnowflakeFormProps) {
  const refresh = useRefresh()
  const id = saved?.id ?? null
  const [draft, setDraft] = useState(() => readDraft(saved))
  const [secrets, setSecrets] = useState(noSecrets)
  const [left, setLeft] = useState<readonly Field[]>([])
  const [isReplacing, setReplacing] = useState(saved === null)
  const preview = useAccount(api, draft.account)
  const isMoved = saved !== null && preview.found !== null && preview.found.accessUrl !== saved.accessUrl
  const withSignIn = isReplacing || isMoved
  const faults = faultsOf(draft, secrets, withSignIn)
  const shown = Object.fromEntries(Object.entries(faults).filter(([name]) => left.includes(name as Field)))
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => keepDraft(id, draft), [id, draft])
  // The button that opened a new form is gone, and the focus with it.
  useEffect(() => {
    if (id === null) first.current?.focus()
  }, [id])

  const save = useMutation({
    mutationFn: () => {
      if (saved === null)
        return api.connections.add({ kind: 'snowflake', ...settingsOf(draft), signIn: signInOf(draft, secrets) })
      const signIn = withSignIn ? { signIn: signInOf(draft, secrets) } : {}
      return api.connections.update({ connectionId: saved.id, ...settingsOf(draft), ...signIn })
    },
    onSuccess: async (stored: SavedConnection) => {
      dropDraft(id)
      await refresh()
      onSaved(stored)
    },
  })
  const onDraft = (change: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...change }))
    save.reset()
  }
  const replaceSignIn = (): void => {
    setReplacing(true)
    focusOnceDrawn('[name="sign-in-method"]:checked')
  }
  const onLeave = (field: Field): void => setLeft((before) => [...new Set([...before, field])])
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const wrong = Object.keys(faults) as Field[]
    setLeft((before) => [...new Set([...before, ...wrong])])
    if (save.isPending) return
    if (wrong.length === 0) save.mutate()
    else focusOnceDrawn('[aria-invalid="true"]')
  }
  const form = { draft, secrets, options, faults: shown, onDraft, onLeave }
  return (
    <form
      aria-label={saved === null ? words.isNew : say(connectionsWords.form.settingsOf, { name: saved.name })}
      noValidate
      onSubmit={submit}
      className="flex flex-col gap-4"
    >
      {saved === null && <h3 className="text-base font-semibold">{words.isNew}</h3>}
      <AccountField {...form} field={first} preview={preview} />
      <NameField
        fault={shown['name'] ?? null}
        value={draft.name}
        onName={(name) => onDraft({ name })}
        onLeave={() => onLeave('name')}
      />
      {withSignIn ? (
        <>
          {isMoved && !isReplacing && <p className="text-sm text-warn">{words.otherAccount}</p>}
          <SignInFields {...form} onSecrets={(change) => setSecrets((before) => ({ ...before, ...change }))} />
        </>
      ) : (
        saved !== null && <KeptSignIn saved={saved} onReplace={replaceSignIn} />
      )}
      <PlaceFields api={api} saved={saved} draft={draft} onDraft={onDraft} />
      <ProbingChoice draft={draft} onDraft={onDraft} />
      <SetupScript api={api} options={options} draft={draft} />
      <Fault error={save.error} />
      <SaveButtons
        save={withSignIn && isByBrowser(draft.method) ? words.saveAndSignIn : words.saveAndTest}
        isSaving={save.isPending}
        onCancel={() => {
          dropDraft(id)
          onClose()
        }}
      />
    </form>
  )
}

/** Takes the focus to what the last press has brought into the form: its first fault, or the fields in the place of a button. */
const focusOnceDrawn = (what: string): void => {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`form ${what}`)?.focus())
}

/** What the typed account is understood as, once typing has paused. */
function useAccount(api: ApiClient, account: string) {
  const [settled, setSettled] = useState(account)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(account), 200)
    return () => clearTimeout(timer)
  }, [account])
  const typed = settled.trim()
  const query = useQuery({
    queryKey: ['connection-preview', typed],
    queryFn: ({ signal }) => api.connections.preview({ kind: 'snowflake', account: typed }, { signal }),
    enabled: typed !== '',
    retry: false,
    staleTime: Infinity,
  })
  const found = query.data?.kind === 'snowflake' && account.trim() === typed ? query.data : null
  return { found, fault: query.error === null ? null : problemOf(query.error) }
}

interface AccountFieldProps {
  readonly field: Ref<HTMLInputElement>
  readonly draft: Draft
  readonly faults: Readonly<Record<string, string>>
  readonly preview: ReturnType<typeof useAccount>
  readonly onDraft: (change: Partial<Draft>) => void
  readonly onLeave: (field: Field) => void
}

function AccountField({ field, draft, faults, preview: { found, fault }, onDraft, onLeave }: AccountFieldProps) {
  const wrong = draft.account.trim() === '' ? null : fault
  const message =
    faults['account'] ??
    (wrong === null ? null : (
      <span lang="en">
        {wrong.message} {wrong.action}
      </span>
    ))
  return (
    <div className="flex flex-col gap-1.5">
      <TextField
        ref={field}
        label={words.account}
        hint={words.accountHint}
        fault={message}
        value={draft.account}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        placeholder={words.accountExample}
        onChange={(event) => onDraft({ account: event.target.value })}
        onBlur={() => onLeave('account')}
      />
      <output className="text-xs break-all text-ok empty:hidden">
        {found !== null &&
          message === null &&
          say(words.understood, { account: found.account, address: found.accessUrl })}
      </output>
    </div>
  )
}
