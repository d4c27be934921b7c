import { clsx } from 'clsx'
import { useId } from 'react'
import type { ConnectionOptions } from '../../../contract/connection-setup.ts'
import { WorkloadProvider, type SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { SelectField, TextField } from '../../ui/form.tsx'
import { useMoments } from '../../ui/moments.ts'
import { snowflakeWords } from '../../words/connections.ts'
import { sayPieces } from '../../words/language.ts'
import {
  signInOrder,
  type Draft,
  type DraftField,
  type Faults,
  type Secrets,
  type SnowflakeConnection,
} from './connection-draft.ts'

const { fields: words, signIns } = snowflakeWords

export interface SignInFieldsProps {
  readonly draft: Draft
  readonly secrets: Secrets
  readonly options: ConnectionOptions
  readonly faults: Faults
  readonly onDraft: (change: Partial<Draft>) => void
  readonly onSecrets: (change: Partial<Secrets>) => void
  /** From then on the field says what is wrong with it. */
  readonly onLeave: (field: DraftField | keyof Secrets) => void
}

/** How a connection signs in: every way the server offers, and the fields of the chosen one. */
export function SignInFields(props: SignInFieldsProps) {
  const { draft, options, onDraft } = props
  const refusalOf = (method: SignInMethod): string | null =>
    options.signIns.find((each) => each.method === method)?.refusal ?? null
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-2">
        <legend className="pb-2 text-sm font-medium">{snowflakeWords.signIn}</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {signInOrder
            .filter((method) => options.signIns.some((each) => each.method === method))
            .map((method) => (
              <MethodChoice
                key={method}
                method={method}
                refusal={refusalOf(method)}
                isChosen={draft.method === method}
                onChoose={() => onDraft({ method })}
              />
            ))}
        </div>
      </fieldset>
      <MethodFields {...props} />
    </div>
  )
}

interface MethodChoiceProps {
  readonly method: SignInMethod
  readonly refusal: string | null
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function MethodChoice({ method, refusal, isChosen, onChoose }: MethodChoiceProps) {
  const id = useId()
  const { label, about, rightFor } = signIns[method]
  return (
    <label
      className={clsx(
        'flex cursor-pointer gap-2.5 rounded-lg border p-3 text-sm has-disabled:cursor-default',
        isChosen ? 'border-accent-text bg-accent-bg' : 'border-line hover:bg-hover has-disabled:hover:bg-transparent',
      )}
    >
      <input
        type="radio"
        name="sign-in-method"
        value={method}
        checked={isChosen}
        disabled={refusal !== null}
        aria-label={label}
        aria-describedby={`${id}-about`}
        onChange={onChoose}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="flex flex-col gap-0.5">
        <span className="font-medium">{label}</span>
        <span id={`${id}-about`} className="text-xs text-fg-2">
          <span className="block">{about}</span>{' '}
          <span lang={refusal === null ? undefined : 'en'} className="block">
            {refusal ?? rightFor}
          </span>
        </span>
      </span>
    </label>
  )
}

function MethodFields(props: SignInFieldsProps) {
  const { draft, options } = props
  switch (draft.method) {
    case 'access_token':
      return (
        <>
          <Field {...props} name="user" label={words.user} hint={words.tokenUserHint} />
          <SecretField {...props} name="token" label={words.token} hint={words.tokenHint} />
        </>
      )
    case 'key_pair':
      return <KeyFields {...props} />
    case 'snowflake_oauth':
      return (
        <>
          <Redirect uri={options.redirectUri} />
          <Field {...props} name="clientId" label={words.clientId} />
          <SecretField {...props} name="clientSecret" label={words.clientSecret} hint={words.clientSecretHint} />
        </>
      )
    case 'external_oauth':
      return (
        <>
          <Redirect uri={options.redirectUri} />
          <Field {...props} name="clientId" label={words.clientId} />
          <SecretField {...props} name="clientSecret" label={words.clientSecret} hint={words.clientSecretHint} />
          <Field {...props} name="issuer" label={words.issuer} hint={words.issuerHint} />
          <Field {...props} name="authorizationUrl" label={words.authorizationUrl} hint={words.withoutIssuer} />
          <Field {...props} name="tokenUrl" label={words.tokenUrl} hint={words.withoutIssuer} />
          <Field {...props} name="scope" label={words.scope} hint={words.scopeHint} />
        </>
      )
    case 'workload_identity':
      return (
        <SelectField
          label={words.identity}
          value={draft.provider}
          options={WorkloadProvider.options.map((each) => [each, each])}
          onChange={(event) => props.onDraft({ provider: WorkloadProvider.parse(event.target.value) })}
        />
      )
  }
}

function KeyFields(props: SignInFieldsProps) {
  const { draft, onDraft } = props
  return (
    <>
      <Field {...props} name="user" label={words.user} hint={words.keyUserHint} />
      <SelectField
        label={words.key}
        value={draft.keySource}
        options={[
          ['made', words.keyMade],
          ['own', words.keyOwn],
        ]}
        onChange={(event) => onDraft({ keySource: event.target.value === 'own' ? 'own' : 'made' })}
      />
      {draft.keySource === 'made' ? (
        <p className="text-sm text-fg-2">{words.keyMadeAbout}</p>
      ) : (
        <>
          <KeyArea {...props} />
          <SecretField {...props} name="passphrase" label={words.passphrase} hint={words.passphraseHint} />
        </>
      )}
    </>
  )
}

function KeyArea({ secrets, faults, onSecrets, onLeave }: SignInFieldsProps) {
  const id = useId()
  const fault = faults.privateKey ?? null
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {words.privateKey}
      </label>
      <textarea
        id={id}
        rows={4}
        value={secrets.privateKey}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={fault !== null}
        aria-describedby={`${id}-about`}
        placeholder={words.privateKeyExample}
        onChange={(event) => onSecrets({ privateKey: event.target.value })}
        onBlur={() => onLeave('privateKey')}
        className="sql-text w-full rounded-lg border border-line-strong bg-input p-3 text-xs placeholder:text-fg-3 aria-invalid:border-bad"
      />
      <p
        id={`${id}-about`}
        role={fault === null ? undefined : 'alert'}
        className={clsx('text-xs', fault === null ? 'text-fg-2' : 'text-bad')}
      >
        {fault ?? words.privateKeyHint}
      </p>
    </div>
  )
}

type FieldProps = SignInFieldsProps & {
  readonly name: DraftField
  readonly label: string
  readonly hint?: string
}

const Field = ({ draft, faults, onDraft, onLeave, name, label, hint }: FieldProps) => (
  <TextField
    label={label}
    {...(hint === undefined ? {} : { hint })}
    fault={faults[name] ?? null}
    value={draft[name]}
    autoComplete="off"
    spellCheck={false}
    onChange={(event) => onDraft({ [name]: event.target.value })}
    onBlur={() => onLeave(name)}
  />
)

type SecretFieldProps = SignInFieldsProps & {
  readonly name: keyof Secrets
  readonly label: string
  readonly hint: string
}

const SecretField = ({ secrets, faults, onSecrets, onLeave, name, label, hint }: SecretFieldProps) => (
  <TextField
    label={label}
    hint={hint}
    fault={faults[name] ?? null}
    type="password"
    value={secrets[name]}
    autoComplete="new-password"
    spellCheck={false}
    onChange={(event) => onSecrets({ [name]: event.target.value })}
    onBlur={() => onLeave(name)}
  />
)

/** The address that an OAuth client has to allow. */
const Redirect = ({ uri }: { readonly uri: string }) => (
  <div className="flex flex-wrap items-center gap-2 text-sm">
    <span className="text-fg-2">{words.redirect}</span>
    <code className="sql-text min-w-0 text-xs break-all">{uri}</code>
    <CopyButton text={() => uri} what={words.redirectAddress} />
  </div>
)

interface KeptSignInProps {
  readonly saved: SnowflakeConnection
  readonly onReplace: () => void
}

/** The sign-in that is stored; its secret is only ever replaced. */
export function KeptSignIn({ saved: { signIn, secretSavedAt }, onReplace }: KeptSignInProps) {
  const moments = useMoments()
  const { kept } = snowflakeWords
  const user = 'user' in signIn ? (signIn.user ?? '') : ''
  const day = secretSavedAt === null ? '' : moments.day(secretSavedAt)
  const known = user === '' ? (day === '' ? 'method' : 'day') : day === '' ? 'user' : 'userAndDay'
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg border border-line p-3 text-sm">
      <p className="min-w-0 flex-1 break-words">
        {sayPieces(kept[known], {
          method: (
            <span key="method" className="font-medium">
              {signIns[signIn.method].label}
            </span>
          ),
          user,
          day,
        })}
      </p>
      <Button size="sm" onClick={onReplace}>
        {kept.replace}
      </Button>
    </div>
  )
}
