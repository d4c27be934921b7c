import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Usage } from '../../../contract/budgets.ts'
import type { ModelLimits, ModelPrice, ModelSettingsChange, ModelsState } from '../../../contract/models.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { Fault, TextField } from '../../ui/form.tsx'
import { Panel } from '../../ui/panel.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { language, languageLocale, say } from '../../words/language.ts'
import { modelsWords } from '../../words/models.ts'
import { dollars } from './dollars.ts'

const { limits: limitWords, prices: priceWords } = modelsWords

export interface ModelLimitsPanelProps {
  readonly api: ApiClient
  readonly state: ModelsState
  readonly usage: Usage
}

/** Stores a change and says so, with the way back. */
function useSave(api: ApiClient) {
  const client = useQueryClient()
  const toast = useToast()
  const store = async (change: ModelSettingsChange): Promise<void> => {
    client.setQueryData(['models'], await api.models.change(change))
    await client.invalidateQueries({ queryKey: ['usage'] })
  }
  return useMutation({
    mutationFn: async ({ change }: SettingChange) => await store(change),
    onSuccess: (_, { what, before }) =>
      toast({ text: say(modelsWords.news.saved, { what }), undo: () => store(before) }),
  })
}

interface SettingChange {
  readonly change: ModelSettingsChange
  readonly before: ModelSettingsChange
  readonly what: string
}

/** How much the person's own keys may be used for, and what their tokens cost. */
export function ModelLimitsPanel({ api, state, usage }: ModelLimitsPanelProps) {
  const save = useSave(api)
  return (
    <>
      <LimitFields state={state} usage={usage} save={save} />
      <PriceFields state={state} usage={usage} save={save} />
    </>
  )
}

interface FieldsProps extends Omit<ModelLimitsPanelProps, 'api'> {
  readonly save: ReturnType<typeof useSave>
}

const limitFields = [
  'tokensPerDay',
  'tokensPerMonth',
  'dollarsPerDay',
  'dollarsPerMonth',
] as const satisfies readonly (keyof ModelLimits)[]

interface OwnUseProps {
  readonly limits: FieldsProps['state']['limits']
  readonly own: FieldsProps['usage']['own']
}

/** What the person's own keys have used so far. */
function OwnUse({ limits, own }: OwnUseProps) {
  // A sum without the tokens whose price is unknown says so: it is no cost of nothing.
  const costOf = (amount: number): string =>
    own.unpriced.length === 0
      ? dollars(amount)
      : amount === 0
        ? modelsWords.unknownPrice
        : say(limitWords.atLeast, { dollars: dollars(amount) })
  const isInDollars = limits.dollarsPerDay !== null || limits.dollarsPerMonth !== null
  return (
    <>
      <p className="text-sm">
        {say(limitWords.used, {
          tokensToday: say(modelsWords.tokens, { count: own.tokensToday }),
          costToday: costOf(own.dollarsToday),
          tokensThisMonth: say(modelsWords.tokens, { count: own.tokensThisMonth }),
          costThisMonth: costOf(own.dollarsThisMonth),
        })}
      </p>
      {isInDollars && own.unpriced.length > 0 && (
        <p className="text-sm text-warn">{say(limitWords.unpriced, { models: own.unpriced.join(', ') })}</p>
      )}
    </>
  )
}

function LimitFields({ state: { limits }, usage: { own }, save }: FieldsProps) {
  return (
    <Panel title={limitWords.title} about={limitWords.about}>
      <OwnUse limits={limits} own={own} />
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {limitFields.map((name) => (
          <NumberField
            key={name}
            label={limitWords.fields[name]}
            value={limits[name]}
            isWhole={name.startsWith('tokens')}
            placeholder={limitWords.none}
            onEnter={(value) =>
              save.mutate({
                change: { limits: { ...limits, [name]: value } },
                before: { limits },
                what: limitWords.fields[name],
              })
            }
          />
        ))}
      </div>
      <Fault error={save.error} />
    </Panel>
  )
}

function PriceFields({ state: { keys, prices, operatorPrices }, usage, save }: FieldsProps) {
  const models = [
    ...new Set([
      ...keys.map(({ writer }) => writer),
      ...prices.map(({ model }) => model),
      ...usage.models.flatMap(({ model }) => (model === null ? [] : [model])),
    ]),
  ].toSorted()
  const set = (model: string, price: Omit<ModelPrice, 'model'> | null): void => {
    const others = prices.filter((each) => each.model !== model)
    const change = { prices: price === null ? others : [...others, { model, ...price }] }
    save.mutate({ change, before: { prices }, what: say(priceWords.ofModel, { model }) })
  }
  return (
    <Panel title={priceWords.title} about={priceWords.about}>
      {models.length === 0 && <p className="text-sm text-fg-2">{priceWords.none}</p>}
      <ul className="flex flex-col gap-4">
        {models.map((model) => (
          <PriceRow
            key={model}
            model={model}
            own={prices.find((each) => each.model === model) ?? null}
            operators={operatorPrices.find((each) => each.model === model) ?? null}
            onSet={(price) => set(model, price)}
          />
        ))}
      </ul>
    </Panel>
  )
}

interface PriceRowProps {
  readonly model: string
  readonly own: ModelPrice | null
  readonly operators: ModelPrice | null
  readonly onSet: (price: Omit<ModelPrice, 'model'> | null) => void
}

const serversPrice = (price: number | undefined): string =>
  price === undefined ? priceWords.unknown : say(priceWords.servers, { price: amountInField(price) })

/** The two prices of a model, which are set once both are there. */
function PriceRow({ model, own, operators, onSet }: PriceRowProps) {
  const [typed, setTyped] = useState<{ readonly input?: number | null; readonly output?: number | null }>({})
  const take = (next: typeof typed): void => {
    const input = next.input === undefined ? (own?.inputPerMillion ?? null) : next.input
    const output = next.output === undefined ? (own?.outputPerMillion ?? null) : next.output
    if ((input === null) !== (output === null)) return setTyped(next)
    setTyped({})
    onSet(input === null || output === null ? null : { inputPerMillion: input, outputPerMillion: output })
  }
  const isHalf = typed.input !== undefined || typed.output !== undefined
  return (
    <li className="flex flex-col gap-2">
      <p className="text-sm font-medium break-words">{model}</p>
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label={priceWords.in}
          name={say(priceWords.inOf, { model })}
          value={typed.input === undefined ? (own?.inputPerMillion ?? null) : typed.input}
          placeholder={serversPrice(operators?.inputPerMillion)}
          onEnter={(input) => take({ ...typed, input })}
        />
        <NumberField
          label={priceWords.out}
          name={say(priceWords.outOf, { model })}
          value={typed.output === undefined ? (own?.outputPerMillion ?? null) : typed.output}
          placeholder={serversPrice(operators?.outputPerMillion)}
          onEnter={(output) => take({ ...typed, output })}
        />
      </div>
      {isHalf && <p className="text-xs text-fg-2">{priceWords.both}</p>}
    </li>
  )
}

interface NumberFieldProps {
  readonly label: string
  /** How readers call it, where the label alone says too little. */
  readonly name?: string
  readonly value: number | null
  readonly isWhole?: boolean
  readonly placeholder: string
  readonly onEnter: (value: number | null) => void
}

/** An amount as its field shows it, which reads back as the same. */
const amountInField = (amount: number): string =>
  amount.toLocaleString(languageLocale, { useGrouping: false, maximumFractionDigits: 12 })

/** A mark before three digits, as the language sets them between thousands: "0,075" or "0.075" has none. */
const groupMark = language === 'de' ? /(?<!^0)[\s._](?=\d{3}(?:\D|$))/g : /(?<!^0)[\s,_](?=\d{3}(?:\D|$))/g

/** An amount or nothing, judged while it is typed and taken when the person leaves the field or presses Enter. */
function NumberField({ label, name, value, isWhole = false, placeholder, onEnter }: NumberFieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const shown = value === null ? '' : amountInField(value)
  const text = (typed ?? shown).trim()
  const amount = text === '' ? null : Number(text.replaceAll(groupMark, '').replace(',', '.'))
  const isRight = amount === null || (amount >= 0 && amount <= 1e12 && (!isWhole || Number.isInteger(amount)))
  const take = (): void => {
    if (typed === null || !isRight) return
    setTyped(null)
    if (amount !== value) onEnter(amount)
  }
  return (
    <TextField
      label={label}
      {...(name === undefined ? {} : { 'aria-label': name })}
      value={typed ?? shown}
      inputMode="decimal"
      autoComplete="off"
      placeholder={placeholder}
      fault={isRight ? null : isWhole ? limitWords.wholeNumber : limitWords.number}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take()
      }}
    />
  )
}
