import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent, type RefObject } from 'react'
import type { ModelKeyReport, NewModelKey, OwnModelKey, ProviderOffer } from '../../../contract/models.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Button } from '../../ui/button.tsx'
import { Fault, SelectField, TextField } from '../../ui/form.tsx'
import { languageLocale, say } from '../../words/language.ts'
import { modelsWords } from '../../words/models.ts'

const words = modelsWords.form

export interface KeyFormProps {
  readonly api: ApiClient
  readonly offer: ProviderOffer
  readonly stored: OwnModelKey | null
  /** Whether only the model is to be chosen, with the key that is stored. */
  readonly keepsKey: boolean
  readonly onSaved: (saved: OwnModelKey, isToBeUsed: boolean) => Promise<void>
  readonly onCancel: () => void
}

/** Enters a key, has its provider asked about it, and saves it with a model once it works. */
export function KeyForm({ api, offer, stored, keepsKey, onSaved, onCancel }: KeyFormProps) {
  const { provider } = offer
  const { name } = modelsWords.providers[provider]
  const isServer = provider === 'openai-compatible'
  const first = useRef<HTMLInputElement>(null)
  const [address, setAddress] = useState(stored?.baseUrl ?? '')
  const [key, setKey] = useState('')
  const [model, setModel] = useState('')
  const [isToBeUsed, setToBeUsed] = useState(true)
  const [fault, setFault] = useState<string | null>(null)
  const entered = (): NewModelKey => ({
    provider,
    ...(keepsKey ? {} : { key }),
    ...(isServer && !keepsKey ? { baseUrl: address } : {}),
  })
  const test = useMutation({
    mutationFn: () => api.models.test(entered()),
    onSuccess: (report) => setModel(report.model),
  })
  const save = useMutation({
    mutationFn: async () => onSaved(await api.models.put({ ...entered(), model }), isToBeUsed),
  })
  const { mutate: ask } = test
  const isBusy = test.isPending || save.isPending
  useEffect(() => {
    // The stored key needs nothing to be entered: its models are asked for at once.
    if (keepsKey) ask()
    else first.current?.focus()
  }, [keepsKey, ask])
  const edit = (set: (text: string) => void) => (text: string) => {
    set(text)
    setFault(null)
    test.reset()
    save.reset()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isBusy) return
    if (test.data !== undefined) return save.mutate()
    const missing = isServer ? (address.trim() === '' ? words.addressMissing : null) : missingKey(key)
    setFault(missing)
    if (missing === null || keepsKey) test.mutate()
  }
  return (
    <form aria-label={say(words.title, { name })} noValidate onSubmit={submit} className="flex flex-col gap-3">
      {!keepsKey && (
        <KeyFields
          offer={offer}
          first={first}
          address={address}
          secret={key}
          fault={fault}
          onAddress={edit(setAddress)}
          onSecret={edit(setKey)}
        />
      )}
      <output className="block text-sm text-fg-2 empty:hidden">
        {test.isPending && (isServer ? words.askingServer : say(words.asking, { name }))}
        {test.data !== undefined && worksInWords(test.data, keepsKey)}
      </output>
      <Fault error={test.error ?? save.error} />
      {test.data !== undefined && (
        <ModelChoice
          models={test.data.models}
          model={model}
          isToBeUsed={isToBeUsed}
          onModel={setModel}
          onToBeUsed={setToBeUsed}
        />
      )}
      <div className="flex flex-wrap gap-2">
        {/* Disabled, it would lose the focus, which the person still needs where the key is refused. */}
        <Button
          type="submit"
          look="primary"
          aria-disabled={isBusy}
          className="aria-disabled:bg-raised aria-disabled:text-fg-off"
        >
          {test.data !== undefined ? words.save : test.error !== null ? words.testAgain : words.test}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}

interface KeyFieldsProps {
  readonly offer: ProviderOffer
  /** The field that has the focus at first. */
  readonly first: RefObject<HTMLInputElement | null>
  readonly address: string
  readonly secret: string
  readonly fault: string | null
  readonly onAddress: (text: string) => void
  readonly onSecret: (text: string) => void
}

/** Neither an address nor a key is a word that the browser could complete or correct. */
const plain = { autoComplete: 'off', spellCheck: false } as const

/** The address, where it is a server's, and the key. */
function KeyFields({ offer, first, address, secret, fault, onAddress, onSecret }: KeyFieldsProps) {
  const isServer = offer.provider === 'openai-compatible'
  return (
    <>
      {isServer && (
        <TextField
          ref={first}
          label={words.address}
          value={address}
          inputMode="url"
          {...plain}
          placeholder={words.addressExample}
          hint={addressHint(offer)}
          fault={fault}
          onChange={(event) => onAddress(event.target.value)}
        />
      )}
      <TextField
        {...(isServer ? {} : { ref: first })}
        label={modelsWords.providers[offer.provider].yourKey}
        type="password"
        value={secret}
        {...plain}
        fault={isServer ? null : fault}
        onChange={(event) => onSecret(event.target.value)}
      />
    </>
  )
}

interface ModelChoiceProps {
  readonly models: ModelKeyReport['models']
  readonly model: string
  readonly isToBeUsed: boolean
  readonly onModel: (model: string) => void
  readonly onToBeUsed: (isToBeUsed: boolean) => void
}

const ModelChoice = ({ models, model, isToBeUsed, onModel, onToBeUsed }: ModelChoiceProps) => (
  <>
    <SelectField
      label={words.model}
      value={model}
      options={models.map(({ id, label }) => [id, label === id ? id : `${label} (${id})`])}
      onChange={(event) => onModel(event.target.value)}
    />
    <label className="flex min-h-9 items-center gap-2 text-sm">
      <input type="checkbox" checked={isToBeUsed} onChange={(event) => onToBeUsed(event.target.checked)} />
      {words.askFromNow}
    </label>
  </>
)

function missingKey(key: string): string | null {
  if (key.trim() === '') return words.keyMissing
  return /\s/.test(key.trim()) ? words.keyBlanks : null
}

function worksInWords({ models, elapsedMs }: ModelKeyReport, isStored: boolean): string {
  const seconds = (elapsedMs / 1_000).toLocaleString(languageLocale, { maximumFractionDigits: 1 })
  return say(isStored ? words.storedWorks : words.works, { count: models.length, seconds })
}

/** Which addresses may be entered, as a sentence. */
function addressHint({ addresses, allowsLoopback, allowsPublic }: ProviderOffer): string {
  const allowed = [
    ...(allowsLoopback ? [words.thisComputer] : []),
    ...(allowsPublic ? [words.anyAddress] : []),
    ...addresses,
  ]
  return allowed.length === 0 ? words.noAddress : say(words.allowed, { addresses: allowed.join(' · ') })
}
