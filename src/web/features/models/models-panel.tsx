import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Usage } from '../../../contract/budgets.ts'
import type { ModelProvider, ModelsState, ModelUse } from '../../../contract/models.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { FaultBox } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { say } from '../../words/language.ts'
import { modelsWords } from '../../words/models.ts'
import { dollars } from './dollars.ts'
import { ModelLimitsPanel } from './model-limits.tsx'
import { ProviderCard, type KeyChange } from './provider-card.tsx'

const { keys: keyWords, news, use: useWords } = modelsWords

export interface ModelsPanelProps {
  readonly api: ApiClient
  /** The writer that the person has set for their questions; null for the server's default. */
  readonly writer: string | null
  readonly onWriter: (writer: string | null) => Promise<void>
}

/** The person's own keys for models, what they have used, and how much they may. */
export function ModelsPanel(props: ModelsPanelProps) {
  const { api } = props
  const models = useQuery({ queryKey: ['models'], queryFn: ({ signal }) => api.models.read(undefined, { signal }) })
  const usage = useQuery({ queryKey: ['usage'], queryFn: ({ signal }) => api.usage({}, { signal }) })
  const error = models.error ?? usage.error
  const again = (): void => {
    void models.refetch()
    void usage.refetch()
  }
  if (models.data === undefined || usage.data === undefined)
    return error === null ? <ListSkeleton /> : <FaultBox problem={problemOf(error)} onAgain={again} />
  return (
    <>
      <KeysPanel {...props} state={models.data} />
      <ModelUsePanel usage={usage.data} />
      {(models.data.keys.length > 0 || usage.data.models.some(({ isOwnKey }) => isOwnKey)) && (
        <ModelLimitsPanel api={api} state={models.data} usage={usage.data} />
      )}
    </>
  )
}

/** Reads again what depends on the person's keys. */
function useRefresh() {
  const client = useQueryClient()
  return async (): Promise<void> => {
    const keys = [['models'], ['app'], ['usage']]
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })))
  }
}

/** Removes a key, with a way back. */
function useKeyRemoval({ api, writer, onWriter }: ModelsPanelProps) {
  const refresh = useRefresh()
  const toast = useToast()
  return async (provider: ModelProvider): Promise<void> => {
    await api.models.remove({ provider })
    const wasUsed = writer?.startsWith(`${provider}:`) === true
    if (wasUsed) await onWriter(null)
    await refresh()
    const undo = async (): Promise<void> => {
      await api.models.restore({ provider })
      if (wasUsed) await onWriter(writer)
      await refresh()
    }
    toast({ text: modelsWords.providers[provider].removed, undo })
  }
}

/** Carries out what a person did with a key, and says so. */
function useKeyChange(props: ModelsPanelProps) {
  const { writer, onWriter } = props
  const refresh = useRefresh()
  const remove = useKeyRemoval(props)
  const toast = useToast()
  return async (made: KeyChange): Promise<void> => {
    const { name } = modelsWords.providers[made.provider]
    switch (made.kind) {
      case 'saved': {
        if (made.isToBeUsed) await onWriter(made.writer)
        await refresh()
        const text = made.isToBeUsed ? say(news.savedAndAsked, { name }) : say(news.saved, { what: name })
        return toast({ text, ...(made.isToBeUsed ? { undo: () => onWriter(writer) } : {}) })
      }
      case 'chosen':
        await onWriter(made.writer)
        return toast({ text: say(news.asked, { name }), undo: () => onWriter(writer) })
      case 'removed':
        return remove(made.provider)
    }
  }
}

function KeysPanel(props: ModelsPanelProps & { readonly state: ModelsState }) {
  const { api, state, writer } = props
  const change = useKeyChange(props)
  return (
    <Panel title={keyWords.title} about={keyWords.about}>
      {state.keys.length === 0 && (
        <p className="rounded-lg border border-line bg-raised px-4 py-3 text-sm text-fg-2">{keyWords.without}</p>
      )}
      <ul className="flex flex-col gap-3">
        {state.providers.map((offer) => (
          <ProviderCard
            key={offer.provider}
            api={api}
            offer={offer}
            stored={state.keys.find(({ provider }) => provider === offer.provider) ?? null}
            writer={writer}
            onChange={change}
          />
        ))}
      </ul>
    </Panel>
  )
}

/** What models have used, day by day. */
function ModelUsePanel({ usage: { models, day } }: { readonly usage: Usage }) {
  return (
    <Panel title={useWords.title} about={useWords.about}>
      {models.length === 0 ? (
        <p className="text-sm text-fg-2">{useWords.none}</p>
      ) : (
        <>
          <p className="text-sm">{sumInWords(models)}</p>
          <UseChart models={models} today={day} />
          <UseTable models={models} />
        </>
      )}
    </Panel>
  )
}

function sumInWords(models: readonly ModelUse[]): string {
  const tokens = models.reduce((sum, use) => sum + use.tokens, 0)
  const priced = models.filter((use) => use.dollars !== null)
  const cost = priced.reduce((sum, use) => sum + (use.dollars ?? 0), 0)
  const known = priced.length === models.length ? useWords.pricedSum : useWords.partlyPricedSum
  return say(useWords.sum, {
    tokens: say(modelsWords.tokens, { count: tokens }),
    cost: priced.length === 0 ? modelsWords.unknownPrice : say(known, { dollars: dollars(cost) }),
  })
}

const days = 31
const [width, height, gap] = [310, 64, 2]

/** Tokens of each of the last days as bars; the table beside it has the same for readers. */
function UseChart({ models, today }: { readonly models: readonly ModelUse[]; readonly today: string }) {
  const shown = Array.from({ length: days }, (_, index) => {
    const day = new Date(Date.parse(today) - (days - 1 - index) * 86_400_000).toISOString().slice(0, 10)
    const tokens = models.filter((use) => use.day === day).reduce((sum, use) => sum + use.tokens, 0)
    return { day, tokens }
  })
  const most = Math.max(...shown.map(({ tokens }) => tokens), 1)
  const step = width / days
  return (
    <svg aria-hidden viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-16 w-full">
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} className="stroke-line" />
      {shown.map(({ day, tokens }, index) => (
        <rect
          key={day}
          x={index * step + gap / 2}
          width={step - gap}
          y={height - (tokens / most) * (height - 2)}
          height={(tokens / most) * (height - 2)}
          className="fill-accent"
        >
          <title>{say(useWords.ofDay, { day, tokens: say(modelsWords.tokens, { count: tokens }) })}</title>
        </rect>
      ))}
    </svg>
  )
}

const cell = 'py-1.5 pr-4 text-left align-top font-normal'
const number = 'py-1.5 pr-4 text-right align-top font-normal tabular-nums whitespace-nowrap'

const UseTable = ({ models }: { readonly models: readonly ModelUse[] }) => (
  // A wide table scrolls by itself, also with the keyboard.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <section aria-label={useWords.table} tabIndex={0} className="overflow-x-auto">
    <table className="w-full text-sm">
      <thead className="text-fg-2">
        <tr className="border-b border-line">
          <th className={cell}>{useWords.day}</th>
          <th className={cell}>{useWords.model}</th>
          <th className={number}>{useWords.questions}</th>
          <th className={number}>{useWords.tokensIn}</th>
          <th className={number}>{useWords.tokensOut}</th>
          <th className={number}>{useWords.cost}</th>
        </tr>
      </thead>
      <tbody>
        {models.map((use) => (
          <UseRow key={`${use.day} ${use.model ?? ''} ${String(use.isOwnKey)}`} use={use} />
        ))}
      </tbody>
    </table>
  </section>
)

function UseRow({ use }: { readonly use: ModelUse }) {
  const { day, model, isOwnKey, questions, inputTokens, outputTokens, tokens, dollars: cost } = use
  const formats = useFormats()
  return (
    <tr className="border-b border-line last:border-b-0">
      <td className={`${cell} whitespace-nowrap`}>{formats.moment(day)}</td>
      <td className={cell}>
        {model ?? useWords.unknownModel}
        <span className="block text-xs text-fg-2">{isOwnKey ? useWords.yourKey : useWords.serversKey}</span>
      </td>
      <td className={number}>{formats.number(String(questions))}</td>
      <td className={number}>{formats.number(String(inputTokens ?? tokens))}</td>
      <td className={number}>{outputTokens === null ? '' : formats.number(String(outputTokens))}</td>
      <td className={number}>{cost === null ? modelsWords.unknownPrice : dollars(cost)}</td>
    </tr>
  )
}
