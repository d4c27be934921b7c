import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { ShareTerms, type ConnectionShare, type ShareableConnection } from '../../contract/connection-shares.ts'
import type { Group } from '../../contract/groups.ts'
import { bytesInWords } from '../../contract/words/amounts.ts'
import type { ApiClient } from '../transport/api-client.ts'
import { languageLocale, say } from '../words/language.ts'
import { sharingWords } from '../words/sharing.ts'
import { uiWords } from '../words/ui.ts'
import { Button } from './button.tsx'
import { Fault, SelectField, TextField } from './form.tsx'

const { form: words, terms } = sharingWords

export interface ShareFormProps {
  readonly api: ApiClient
  readonly group: Pick<Group, 'id' | 'name'>
  /** Those to choose from; the one of the share where that is changed. */
  readonly connections: readonly ShareableConnection[]
  /** Null for a new share. */
  readonly share: ConnectionShare | null
  readonly onClose: () => void
}

/** What the fields hold: amounts as they are typed. */
interface Fields {
  readonly role: string
  readonly maxRows: string
  readonly askAbove: string
  readonly refuseAbove: string
  readonly mayExport: boolean
  readonly mayAutoRun: boolean
  readonly samplesToModel: boolean
  /** Null for all. */
  readonly writers: readonly string[] | null
}

const gigabyte = 1e9
const typed = (amount: number | null, unit = 1): string => (amount === null ? '' : String(amount / unit))
const fieldsOf = (share: ConnectionShare | null): Fields => ({
  role: share?.role ?? '',
  maxRows: typed(share?.maxRows ?? null),
  askAbove: typed(share?.askAboveBytes ?? null, gigabyte),
  refuseAbove: typed(share?.refuseAboveBytes ?? null, gigabyte),
  mayExport: share?.mayExport ?? true,
  mayAutoRun: share?.mayAutoRun ?? true,
  samplesToModel: share?.samplesToModel ?? true,
  writers: share?.writers ?? null,
})

/** A typed amount: null for none, NaN for what is no amount. */
const amountOf = (text: string): number | null => (text.trim() === '' ? null : Number(text.trim()))

/** The terms that the fields stand for; null where an amount cannot be taken. */
function termsOf({ role, maxRows, askAbove, refuseAbove, ...rest }: Fields): ShareTerms | null {
  const bytes = (text: string): number | null => {
    const amount = amountOf(text)
    return amount === null ? null : Math.round(amount * gigabyte)
  }
  const parsed = ShareTerms.safeParse({
    ...rest,
    role: role.trim() === '' ? null : role.trim(),
    maxRows: amountOf(maxRows),
    askAboveBytes: bytes(askAbove),
    refuseAboveBytes: bytes(refuseAbove),
  })
  return parsed.success ? parsed.data : null
}

const switches = ['mayExport', 'mayAutoRun', 'samplesToModel'] as const
const amounts = ['maxRows', 'askAbove', 'refuseAbove'] as const

/** Under which terms a group may use a connection. */
export function ShareForm({ api, group, connections, share, onClose }: ShareFormProps) {
  const queries = useQueryClient()
  const [connectionId, setConnectionId] = useState(connections[0]?.connectionId ?? '')
  const [fields, setFields] = useState(() => fieldsOf(share))
  const [fault, setFault] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: (terms: ShareTerms) => api.connections.shares.put({ connectionId, groupId: group.id, ...terms }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['connection-shares'] })
      onClose()
    },
  })
  const set = (change: Partial<Fields>): void => {
    setFields((before) => ({ ...before, ...change }))
    setFault(null)
    save.reset()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const terms = termsOf(fields)
    setFault(terms === null ? words.fault : null)
    if (terms !== null) save.mutate(terms)
  }
  const name = connections.find((each) => each.connectionId === connectionId)?.name ?? ''
  return (
    <form
      aria-label={
        share === null
          ? say(words.shareWith, { group: group.name })
          : say(words.termsOf, { connection: name, group: group.name })
      }
      noValidate
      onSubmit={submit}
      className="flex flex-col gap-4 rounded-lg border border-line p-3"
    >
      <div className="flex flex-wrap items-start gap-3">
        {share === null && (
          <SelectField
            label={words.connection}
            value={connectionId}
            options={connections.map((each) => [
              each.connectionId,
              each.owner === null ? each.name : say(words.ownedBy, { connection: each.name, owner: each.owner }),
            ])}
            onChange={(event) => setConnectionId(event.target.value)}
            className="min-w-40 flex-1"
          />
        )}
        <TextField
          label={words.role}
          hint={words.roleHint}
          value={fields.role}
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => set({ role: event.target.value })}
          className="min-w-40 flex-1"
        />
      </div>
      <div className="flex flex-wrap items-start gap-3">
        {amounts.map((field) => (
          <TextField
            key={field}
            label={words.amounts[field]}
            value={fields[field]}
            inputMode="decimal"
            autoComplete="off"
            placeholder={words.asConnection}
            onChange={(event) => set({ [field]: event.target.value })}
            className="min-w-32 flex-1"
          />
        ))}
      </div>
      <fieldset className="flex flex-col gap-1">
        <legend className="pb-1 text-sm font-medium">{words.allowed}</legend>
        {switches.map((field) => (
          <Tick
            key={field}
            isOn={fields[field]}
            label={words.switches[field]}
            onChange={(isOn) => set({ [field]: isOn })}
          />
        ))}
      </fieldset>
      <WriterChoice api={api} writers={fields.writers} onWriters={(writers) => set({ writers })} />
      {fault !== null && (
        <p role="alert" className="text-sm text-bad">
          {fault}
        </p>
      )}
      <Fault error={save.error} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={connectionId === '' || save.isPending}>
          {share === null ? words.share : words.save}
        </Button>
        <Button onClick={onClose}>{uiWords.cancel}</Button>
      </div>
    </form>
  )
}

interface TickProps {
  readonly isOn: boolean
  readonly label: string
  readonly onChange: (isOn: boolean) => void
}

const Tick = ({ isOn, label, onChange }: TickProps) => (
  <label className="flex min-h-8 items-center gap-2.5 text-sm pointer-coarse:min-h-10">
    <input
      type="checkbox"
      checked={isOn}
      onChange={({ target: { checked } }) => onChange(checked)}
      className="size-4 accent-accent"
    />
    {label}
  </label>
)

interface WriterChoiceProps {
  readonly api: ApiClient
  readonly writers: readonly string[] | null
  readonly onWriters: (writers: readonly string[] | null) => void
}

/** Who may write the queries; everybody ticked is everybody, those that come later included. */
function WriterChoice({ api, writers, onWriters }: WriterChoiceProps) {
  const app = useQuery({ queryKey: ['app'], queryFn: ({ signal }) => api.app(undefined, { signal }) })
  const known = [...(app.data?.writers ?? []), { id: 'sql', label: words.byHand }]
  const unknown = (writers ?? []).filter((id) => !known.some((each) => each.id === id)).map((id) => ({ id, label: id }))
  const all = [...known, ...unknown]
  const toggle = (id: string, isOn: boolean): void => {
    const now = writers ?? all.map((each) => each.id)
    const next = isOn ? [...now, id] : now.filter((each) => each !== id)
    onWriters(next.length === all.length ? null : next)
  }
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="pb-1 text-sm font-medium">{words.writers}</legend>
      {all.map(({ id, label }) => (
        <Tick key={id} isOn={writers?.includes(id) ?? true} label={label} onChange={(isOn) => toggle(id, isOn)} />
      ))}
    </fieldset>
  )
}

/** The terms of a share in one line. */
export function termsInWords(share: ShareTerms): string {
  const { role, maxRows, askAboveBytes, refuseAboveBytes, mayExport, mayAutoRun, writers, samplesToModel } = share
  const names = (writers ?? []).map((id) => (id === 'sql' ? terms.hand : id))
  return [
    role === null ? terms.ownRole : say(terms.role, { role }),
    ...(maxRows === null ? [] : [say(terms.rows, { count: maxRows })]),
    ...(askAboveBytes === null ? [] : [say(terms.asksAbove, { bytes: bytesInWords(askAboveBytes, languageLocale) })]),
    ...(refuseAboveBytes === null
      ? []
      : [say(terms.refusesAbove, { bytes: bytesInWords(refuseAboveBytes, languageLocale) })]),
    ...(mayExport ? [] : [terms.noExports]),
    ...(mayAutoRun ? [] : [terms.noAutoRun]),
    ...(writers === null ? [] : [say(terms.writers, { writers: names.join(', ') || terms.nobody })]),
    ...(samplesToModel ? [] : [terms.noSamples]),
  ].join(' · ')
}
