import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { ModelProvider, OwnModelKey, ProviderOffer } from '../../../contract/models.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { Fault } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { Badge } from '../../ui/panel.tsx'
import { say } from '../../words/language.ts'
import { modelsWords } from '../../words/models.ts'
import { KeyForm } from './key-form.tsx'

const { card: words, providers } = modelsWords

/** What a person did with a key. */
export type KeyChange =
  | {
      readonly kind: 'saved'
      readonly provider: ModelProvider
      readonly writer: string
      readonly isToBeUsed: boolean
    }
  | { readonly kind: 'chosen'; readonly provider: ModelProvider; readonly writer: string }
  | { readonly kind: 'removed'; readonly provider: ModelProvider }

export interface ProviderCardProps {
  readonly api: ApiClient
  readonly offer: ProviderOffer
  /** The person's key for it; null for none. */
  readonly stored: OwnModelKey | null
  /** The writer of the person's questions; null for the server's default. */
  readonly writer: string | null
  readonly onChange: (change: KeyChange) => Promise<void>
}

type OpenForm = 'key' | 'model' | null

/** A provider: what it is, where its key is made, and the person's key for it. */
export function ProviderCard({ api, offer, stored, writer, onChange }: ProviderCardProps) {
  const id = useId()
  const [form, setForm] = useState<OpenForm>(null)
  const change = useMutation({ mutationFn: onChange })
  // What was pressed goes away; the keys go on at the top of the card.
  const toTop = (): void => document.getElementById(id)?.focus()
  const close = (): void => {
    toTop()
    setForm(null)
  }
  const act = (made: KeyChange): void => {
    toTop()
    change.mutate(made)
  }
  const card = { offer, stored, isAsked: stored !== null && writer === stored.writer }
  const save = async (saved: OwnModelKey, isToBeUsed: boolean): Promise<void> => {
    await onChange({ kind: 'saved', provider: offer.provider, writer: saved.writer, isToBeUsed })
    close()
  }
  return (
    <li aria-labelledby={id} className="flex flex-col gap-3 rounded-lg border border-line p-4">
      <About id={id} {...card} />
      {form !== null && (
        <KeyForm api={api} offer={offer} stored={stored} keepsKey={form === 'model'} onSaved={save} onCancel={close} />
      )}
      {form === null && <KeyButtons {...card} isPending={change.isPending} onForm={setForm} onChange={act} />}
      <Fault error={change.error} />
    </li>
  )
}

interface AboutProps extends Pick<ProviderCardProps, 'offer' | 'stored'> {
  /** Names the card. */
  readonly id: string
  readonly isAsked: boolean
}

/** What the provider is, where its key is made, and what is stored. */
function About({ id, offer: { provider, refusal }, stored, isAsked }: AboutProps) {
  const { name, about, keyFrom } = providers[provider]
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 id={id} tabIndex={-1} className="text-base font-semibold outline-none">
          {name}
        </h3>
        {isAsked && <Badge tone="accent">{words.asked}</Badge>}
        {stored?.refusal !== undefined && stored.refusal !== null && <Badge tone="warn">{words.notUsed}</Badge>}
      </div>
      <p className="text-sm text-fg-2">
        {about} {stored === null && refusal === null ? keyFrom : ''}
      </p>
      {refusal !== null && stored === null && (
        <p lang="en" className="text-sm text-fg-2">
          {refusal}
        </p>
      )}
      {stored !== null && <StoredKey stored={stored} />}
    </>
  )
}

interface KeyButtonsProps extends Pick<ProviderCardProps, 'offer' | 'stored'> {
  readonly isAsked: boolean
  readonly isPending: boolean
  readonly onForm: (form: OpenForm) => void
  readonly onChange: (change: KeyChange) => void
}

/** What can be done with the key of a provider, or where there is none yet. */
function KeyButtons({ offer: { provider, refusal }, stored, isAsked, isPending, onForm, onChange }: KeyButtonsProps) {
  const { name, add } = providers[provider]
  return (
    <div className="flex flex-wrap gap-2">
      {stored === null && refusal === null && (
        <Button aria-label={say(words.addTo, { add, name })} onClick={() => onForm('key')}>
          {add}
        </Button>
      )}
      {stored?.refusal === null && (
        <UseButtons
          name={name}
          isAsked={isAsked}
          isPending={isPending}
          onForm={onForm}
          onAsk={() => onChange({ kind: 'chosen', provider, writer: stored.writer })}
        />
      )}
      {stored !== null && (
        <RemoveButton name={name} isPending={isPending} onRemove={() => onChange({ kind: 'removed', provider })} />
      )}
    </div>
  )
}

interface RemoveButtonProps extends Pick<KeyButtonsProps, 'isPending'> {
  readonly name: string
  readonly onRemove: () => void
}

const RemoveButton = ({ name, isPending, onRemove }: RemoveButtonProps) => (
  <Button size="sm" look="quiet" disabled={isPending} aria-label={say(words.removeIt, { name })} onClick={onRemove}>
    {words.remove}
  </Button>
)

interface UseButtonsProps extends Pick<KeyButtonsProps, 'isAsked' | 'isPending' | 'onForm'> {
  readonly name: string
  readonly onAsk: () => void
}

/** The buttons of a key that may be used. */
const UseButtons = ({ name, isAsked, isPending, onForm, onAsk }: UseButtonsProps) => (
  <>
    {!isAsked && (
      <Button size="sm" disabled={isPending} aria-label={say(words.askIt, { name })} onClick={onAsk}>
        {words.ask}
      </Button>
    )}
    <Button size="sm" aria-label={say(words.changeIt, { name })} onClick={() => onForm('model')}>
      {words.change}
    </Button>
    <Button size="sm" aria-label={say(words.replaceIt, { name })} onClick={() => onForm('key')}>
      {words.replace}
    </Button>
  </>
)

/** What is told of a stored key: never the key itself. */
function StoredKey({ stored: { lastFour, keyedAt, model, baseUrl, refusal } }: { readonly stored: OwnModelKey }) {
  const moments = useMoments()
  const facts = [
    [words.model, model],
    ...(baseUrl === null ? [] : [[words.address, baseUrl]]),
    [words.key, lastFour === null ? words.keyStored : say(words.keyEnd, { end: lastFour })],
    [words.saved, moments.ago(keyedAt)],
  ]
  return (
    <>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        {facts.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-fg-2">{label}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {refusal !== null && (
        <p lang="en" className="text-sm text-warn">
          {refusal}
        </p>
      )}
    </>
  )
}
