import { useQuery } from '@tanstack/react-query'
import type { BudgetUse, Usage } from '../../../contract/budgets.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { FaultBox } from '../../ui/form.tsx'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { accountWords } from '../../words/account.ts'
import { languageLocale, say } from '../../words/language.ts'

const words = accountWords.usage

export interface UsagePanelProps {
  readonly api: ApiClient
}

/** What the person has used today, and how much they may use. */
export function UsagePanel({ api }: UsagePanelProps) {
  const usage = useQuery({ queryKey: ['usage'], queryFn: ({ signal }) => api.usage({}, { signal }) })
  return (
    <Panel title={words.title} about={words.about}>
      {usage.isPending && <ListSkeleton />}
      {usage.data === undefined && usage.error !== null && (
        <FaultBox problem={problemOf(usage.error)} onAgain={() => void usage.refetch()} />
      )}
      {usage.data !== undefined && <Today usage={usage.data} />}
    </Panel>
  )
}

function Today({ usage: { queries, bytes, tokens, budgets } }: { readonly usage: Usage }) {
  const limits = budgets.flatMap(limitsOf)
  return (
    <>
      <p className="text-sm">
        {[
          say(words.queries, { count: queries }),
          bytesInWords(bytes, languageLocale),
          ...(tokens > 0 ? [say(words.tokensOfModels, { count: tokens })] : []),
        ].join(' · ')}
      </p>
      {limits.length === 0 && <p className="text-sm text-fg-2">{words.none}</p>}
      <ul aria-label={words.list} className="flex flex-col gap-3 empty:hidden">
        {limits.map((limit) => (
          <LimitMeter key={limit.label} {...limit} />
        ))}
      </ul>
    </>
  )
}

const LimitMeter = ({ label, used, limit, amounts }: Limit) => (
  <li className="flex flex-col gap-1 text-sm">
    <span>{say(words.limit, { label, amounts })}</span>
    <meter aria-label={label} min={0} max={Math.max(limit, 1)} value={Math.min(used, limit)} className="w-full" />
  </li>
)

interface Limit {
  readonly label: string
  readonly used: number
  readonly limit: number
  /** What of it is used. */
  readonly amounts: string
}

function limitsOf({ group, bytesPerDay, tokensPerDay, bytes, tokens }: BudgetUse): readonly Limit[] {
  const limitOf = (label: string, used: number, limit: number, inWords: (amount: number) => string): Limit => ({
    label,
    used,
    limit,
    amounts: say(words.of, { used: inWords(used), limit: inWords(limit) }),
  })
  const bytesLabel = group === null ? words.yourBytes : say(words.groupBytes, { group })
  const tokensLabel = group === null ? words.yourTokens : say(words.groupTokens, { group })
  return [
    ...(bytesPerDay === null
      ? []
      : [limitOf(bytesLabel, bytes, bytesPerDay, (amount) => bytesInWords(amount, languageLocale))]),
    ...(tokensPerDay === null
      ? []
      : [limitOf(tokensLabel, tokens, tokensPerDay, (count) => say(words.tokens, { count }))]),
  ]
}
