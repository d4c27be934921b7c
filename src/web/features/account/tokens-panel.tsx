import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import type { MadeToken, Role, TokenScope, TokenSummary } from '../../../contract/people.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Fault, FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { accountWords } from '../../words/account.ts'
import { say } from '../../words/language.ts'

const words = accountWords.tokens

export interface TokensPanelProps {
  readonly api: ApiClient
  readonly role: Role
}

const scopesOfRole: Readonly<Record<Role, readonly TokenScope[]>> = {
  viewer: [],
  member: ['ask', 'connections'],
  admin: ['ask', 'connections', 'people'],
}

const lengths = [7, 30, 90, 180, 365].map((days) => [String(days), say(words.days, { count: days })] as const)

/** Tokens with which programs act for the person. */
export function TokensPanel({ api, role }: TokensPanelProps) {
  const [made, setMade] = useState<MadeToken | null>(null)
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: ({ signal }) => api.me.tokens(undefined, { signal }) })
  const heading = useHeadingOfList(tokens.data?.length ?? 0)
  const close = (): void => {
    setMade(null)
    heading.current?.focus()
  }
  return (
    <Panel title={words.title} about={words.about} heading={heading}>
      {made !== null && <ShownOnce key={made.id} made={made} onClose={close} />}
      {tokens.isPending && <ListSkeleton />}
      {tokens.data === undefined && tokens.error !== null && (
        <FaultBox problem={problemOf(tokens.error)} onAgain={() => void tokens.refetch()} />
      )}
      {tokens.data?.length === 0 && <p className="text-sm text-fg-2">{words.none}</p>}
      <ul aria-label={words.list} className="flex flex-col divide-y divide-line empty:hidden">
        {tokens.data?.map((token) => (
          <TokenRow key={token.id} api={api} token={token} />
        ))}
      </ul>
      <NewTokenForm api={api} allowed={scopesOfRole[role]} onMade={setMade} />
    </Panel>
  )
}

interface NewTokenFormProps {
  readonly api: ApiClient
  /** What the role of the person lets a token do beside reading. */
  readonly allowed: readonly TokenScope[]
  readonly onMade: (made: MadeToken) => void
}

function NewTokenForm({ api, allowed, onMade }: NewTokenFormProps) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly TokenScope[]>([])
  const [days, setDays] = useState('30')
  const [fault, setFault] = useState<string | null>(null)
  const make = useMutation({
    mutationFn: () => api.me.makeToken({ name: name.trim(), scopes: [...scopes], days: Number(days) }),
    onSuccess: async (made) => {
      onMade(made)
      setName('')
      setScopes([])
      await queries.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const found = name.trim() === '' ? words.nameFault : null
    setFault(found)
    if (found === null && !make.isPending) make.mutate()
  }
  return (
    <form aria-label={words.add} noValidate onSubmit={submit} className="flex flex-col gap-4 border-t border-line pt-4">
      <div className="flex flex-wrap items-start gap-3">
        <TextField
          label={words.name}
          placeholder={words.nameExample}
          value={name}
          maxLength={100}
          autoComplete="off"
          fault={fault}
          onChange={(event) => {
            setName(event.target.value)
            setFault(null)
          }}
          className="min-w-56 flex-1"
        />
        <SelectField
          label={words.endsAfter}
          value={days}
          options={lengths}
          onChange={(event) => setDays(event.target.value)}
        />
      </div>
      <ScopeChoice allowed={allowed} scopes={scopes} onScopes={setScopes} />
      <Fault error={make.error} />
      <Button type="submit" aria-disabled={make.isPending} className="self-start">
        {words.make}
      </Button>
    </form>
  )
}

interface ScopeChoiceProps extends Pick<NewTokenFormProps, 'allowed'> {
  readonly scopes: readonly TokenScope[]
  readonly onScopes: (scopes: readonly TokenScope[]) => void
}

const ScopeChoice = ({ allowed, scopes, onScopes }: ScopeChoiceProps) => (
  <fieldset className="flex flex-col gap-1">
    <legend className="pb-1 text-sm font-medium">{words.may}</legend>
    <p className="text-sm text-fg-2">{words.mayAlways}</p>
    {allowed.map((scope) => (
      <label key={scope} className="flex min-h-8 items-center gap-2.5 text-sm pointer-coarse:min-h-10">
        <input
          type="checkbox"
          checked={scopes.includes(scope)}
          onChange={({ target: { checked } }) =>
            onScopes(checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
          }
          className="size-4 accent-accent"
        />
        {accountWords.scopes[scope]}
      </label>
    ))}
  </fieldset>
)

/** A token that has just been made, for the only time it can be read. */
function ShownOnce({ made: { name, token }, onClose }: { readonly made: MadeToken; readonly onClose: () => void }) {
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <section
      ref={box}
      tabIndex={-1}
      aria-label={say(words.shownOnce, { name })}
      className="flex flex-col gap-2 rounded-lg border border-warn/40 bg-warn-bg p-3"
    >
      <p className="text-sm text-warn">{words.shownOnceAbout}</p>
      <code className="sql-text rounded-md bg-code p-2 break-all text-fg select-all">{token}</code>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={() => token} what={words.what} />
        <Button size="sm" onClick={onClose}>
          {words.copied}
        </Button>
      </div>
    </section>
  )
}

interface TokenRowProps {
  readonly api: ApiClient
  readonly token: TokenSummary
}

function TokenRow({ api, token: { id, name, scopes, expiresAt, lastUsedAt } }: TokenRowProps) {
  const queries = useQueryClient()
  const { ago, day, exact } = useMoments()
  const [asks, setAsks] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.me.endToken({ tokenId: id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">{name}</p>
        <p className="text-xs text-fg-2">
          {[words.read, ...scopes.map((scope) => accountWords.scopes[scope])].join(' · ')}
        </p>
        <p className="text-xs text-fg-2" title={say(words.endsOn, { moment: exact(expiresAt) })}>
          {lastUsedAt === null
            ? say(words.unused, { day: day(expiresAt) })
            : say(words.used, { ago: ago(lastUsedAt), day: day(expiresAt) })}
        </p>
      </div>
      <Button size="sm" aria-label={say(words.removeOne, { name })} onClick={() => setAsks(true)}>
        {words.remove}
      </Button>
      {asks && (
        <ConfirmDialog
          title={say(words.asks, { name })}
          verb={words.remove}
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsks(false)}
        >
          {words.follows}
        </ConfirmDialog>
      )}
    </li>
  )
}
