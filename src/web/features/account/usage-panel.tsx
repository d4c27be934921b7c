import { useQuery } from '@tanstack/react-query'
import type { BudgetUse, Usage } from '../../../contract/budgets.ts'
import { bytesInWords, countInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { FaultBox } from '../../ui/form.tsx'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'

export interface UsagePanelProps {
  readonly api: ApiClient
}

/** What the person has used today, and how much they may use. */
export function UsagePanel({ api }: UsagePanelProps) {
  const usage = useQuery({ queryKey: ['usage'], queryFn: ({ signal }) => api.usage(undefined, { signal }) })
  return (
    <Panel title="Used today" about="A query counts with what it may read at most. A new day begins at 00:00 UTC.">
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
          countInWords(queries, 'query', 'queries'),
          bytesInWords(bytes),
          ...(tokens > 0 ? [`${countInWords(tokens, 'token')} of models`] : []),
        ].join(' · ')}
      </p>
      {limits.length === 0 && <p className="text-sm text-fg-2">There is no limit for you.</p>}
      <ul aria-label="Limits" className="flex flex-col gap-3 empty:hidden">
        {limits.map(({ label, used, limit, words }) => (
          <li key={label} className="flex flex-col gap-1 text-sm">
            <span>
              {label}: {words}
            </span>
            <meter
              aria-label={label}
              min={0}
              max={Math.max(limit, 1)}
              value={Math.min(used, limit)}
              className="w-full"
            />
          </li>
        ))}
      </ul>
    </>
  )
}

interface Limit {
  readonly label: string
  readonly used: number
  readonly limit: number
  readonly words: string
}

function limitsOf({ group, bytesPerDay, tokensPerDay, bytes, tokens }: BudgetUse): readonly Limit[] {
  const whose = group === null ? 'You' : `The group ${group} together`
  const of = (used: number, limit: number, inWords: (amount: number) => string, what: string): Limit => ({
    label: `${whose}, ${what}`,
    used,
    limit,
    words: `${inWords(used)} of ${inWords(limit)}`,
  })
  return [
    ...(bytesPerDay === null ? [] : [of(bytes, bytesPerDay, bytesInWords, 'read')]),
    ...(tokensPerDay === null
      ? []
      : [of(tokens, tokensPerDay, (amount) => countInWords(amount, 'token'), 'tokens of models')]),
  ]
}
