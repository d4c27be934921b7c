import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { NewBudget, type Budget, type BudgetSubject } from '../../../contract/budgets.ts'
import type { PersonSummary } from '../../../contract/people.ts'
import { bytesInWords, countInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Fault, FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'

export interface BudgetsPanelProps {
  readonly api: ApiClient
  readonly people: readonly PersonSummary[]
}

/** How much people may use in a day. */
export function BudgetsPanel({ api, people }: BudgetsPanelProps) {
  const budgets = useQuery({ queryKey: ['budgets'], queryFn: ({ signal }) => api.budgets.list(undefined, { signal }) })
  const heading = useHeadingOfList(budgets.data?.length ?? 0)
  return (
    <Panel
      title="Budgets"
      about="How much queries may read and models may be asked in a day, from 00:00 UTC. What is beyond is refused before it runs."
      heading={heading}
    >
      {budgets.isPending && <ListSkeleton />}
      {budgets.data === undefined && budgets.error !== null && (
        <FaultBox problem={problemOf(budgets.error)} onAgain={() => void budgets.refetch()} />
      )}
      {budgets.data?.length === 0 && <p className="text-sm text-fg-2">There are no budgets: nobody has a limit.</p>}
      <ul aria-label="Budgets" className="flex flex-col divide-y divide-line empty:hidden">
        {budgets.data?.map((budget) => (
          <BudgetRow key={budget.id} api={api} budget={budget} />
        ))}
      </ul>
      {budgets.data !== undefined && <BudgetForm api={api} people={people} />}
    </Panel>
  )
}

const subjectInWords = ({ subject, name }: Budget): string =>
  subject.kind === 'everyone'
    ? 'Each person'
    : subject.kind === 'group'
      ? `The group ${name ?? ''} together`
      : (name ?? '')

function amountsInWords({ subject, bytesPerDay, tokensPerDay, bytesToday, tokensToday }: Budget): string {
  const of = (used: number, limit: number, inWords: (amount: number) => string): string =>
    subject.kind === 'everyone' ? `${inWords(limit)} a day` : `${inWords(used)} of ${inWords(limit)} today`
  return [
    ...(bytesPerDay === null ? [] : [of(bytesToday, bytesPerDay, bytesInWords)]),
    ...(tokensPerDay === null ? [] : [of(tokensToday, tokensPerDay, (amount) => countInWords(amount, 'token'))]),
  ].join(' · ')
}

function BudgetRow({ api, budget }: { readonly api: ApiClient; readonly budget: Budget }) {
  const queries = useQueryClient()
  const [asks, setAsks] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.budgets.remove({ budgetId: budget.id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['budgets'] }),
  })
  const whose = subjectInWords(budget)
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words">{whose}</p>
        <p className="text-xs text-fg-2">{amountsInWords(budget)}</p>
      </div>
      <Button size="sm" aria-label={`Remove the budget: ${whose}`} onClick={() => setAsks(true)}>
        Remove
      </Button>
      {asks && (
        <ConfirmDialog
          title={`Remove the budget “${whose}”?`}
          verb="Remove"
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setAsks(false)}
        >
          This limit no longer holds; other budgets do.
        </ConfirmDialog>
      )}
    </li>
  )
}

const gigabyte = 1e9
/** A typed amount: null for none, NaN for what is no amount. */
const amountOf = (text: string, unit = 1): number | null =>
  text.trim() === '' ? null : Math.round(Number(text.trim()) * unit)

/** What a choice of the list stands for: `everyone`, `group ID` or `person ID`. */
function subjectOf(choice: string): BudgetSubject {
  const [kind, id = ''] = choice.split(' ')
  return kind === 'group' ? { kind, groupId: id } : kind === 'person' ? { kind, personId: id } : { kind: 'everyone' }
}

function BudgetForm({ api, people }: BudgetsPanelProps) {
  const queries = useQueryClient()
  const groups = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => api.groups.list(undefined, { signal }) })
  const [choice, setChoice] = useState('everyone')
  const [gigabytes, setGigabytes] = useState('')
  const [tokens, setTokens] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const put = useMutation({
    mutationFn: (budget: NewBudget) => api.budgets.put(budget),
    onSuccess: async () => {
      setGigabytes('')
      setTokens('')
      await queries.invalidateQueries({ queryKey: ['budgets'] })
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const budget = NewBudget.safeParse({
      subject: subjectOf(choice),
      bytesPerDay: amountOf(gigabytes, gigabyte),
      tokensPerDay: amountOf(tokens),
    })
    setFault(budget.success ? null : 'Write how many gigabytes, such as 50 or 0.5, how many tokens, or both.')
    if (budget.success) put.mutate(budget.data)
  }
  const options = [
    ['everyone', 'Each person'],
    ...(groups.data ?? []).map(({ id, name }) => [`group ${id}`, `The group ${name} together`] as const),
    ...people.map(({ id, name, email }) => [`person ${id}`, name === '' ? (email ?? '') : name] as const),
  ] as const
  return (
    <form
      aria-label="Set a budget"
      noValidate
      onSubmit={submit}
      className="flex flex-wrap items-start gap-3 border-t border-line pt-4"
    >
      <SelectField
        label="For"
        value={choice}
        options={options}
        onChange={(event) => setChoice(event.target.value)}
        className="min-w-48 flex-1"
      />
      <TextField
        label="GB read a day"
        value={gigabytes}
        inputMode="decimal"
        autoComplete="off"
        placeholder="No limit"
        onChange={(event) => {
          setGigabytes(event.target.value)
          setFault(null)
        }}
        className="w-32"
      />
      <TextField
        label="Tokens a day"
        value={tokens}
        inputMode="numeric"
        autoComplete="off"
        placeholder="No limit"
        onChange={(event) => {
          setTokens(event.target.value)
          setFault(null)
        }}
        className="w-32"
      />
      <Button type="submit" disabled={put.isPending} className="mt-6.5">
        Set
      </Button>
      <div className="w-full empty:hidden">
        {fault !== null && (
          <p role="alert" className="text-sm text-bad">
            {fault}
          </p>
        )}
        <Fault error={put.error} />
      </div>
    </form>
  )
}
