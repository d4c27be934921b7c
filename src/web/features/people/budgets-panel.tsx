import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { NewBudget, type Budget, type BudgetSubject } from '../../../contract/budgets.ts'
import type { PersonSummary } from '../../../contract/people.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Fault, FaultBox, SelectField, TextField } from '../../ui/form.tsx'
import { ListSkeleton, Panel, useHeadingOfList } from '../../ui/panel.tsx'
import { languageLocale, say } from '../../words/language.ts'
import { peopleWords } from '../../words/people.ts'

const words = peopleWords.budgets

export interface BudgetsPanelProps {
  readonly api: ApiClient
  readonly people: readonly PersonSummary[]
}

/** How much people may use in a day. */
export function BudgetsPanel({ api, people }: BudgetsPanelProps) {
  const budgets = useQuery({ queryKey: ['budgets'], queryFn: ({ signal }) => api.budgets.list(undefined, { signal }) })
  const heading = useHeadingOfList(budgets.data?.length ?? 0)
  return (
    <Panel title={words.title} about={words.about} heading={heading}>
      {budgets.isPending && <ListSkeleton />}
      {budgets.data === undefined && budgets.error !== null && (
        <FaultBox problem={problemOf(budgets.error)} onAgain={() => void budgets.refetch()} />
      )}
      {budgets.data?.length === 0 && <p className="text-sm text-fg-2">{words.none}</p>}
      <ul aria-label={words.title} className="flex flex-col divide-y divide-line empty:hidden">
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
    ? words.eachPerson
    : subject.kind === 'group'
      ? say(words.groupTogether, { group: name ?? '' })
      : (name ?? '')

function amountsInWords({ subject, bytesPerDay, tokensPerDay, bytesToday, tokensToday }: Budget): string {
  const of = (used: number, limit: number, inWords: (amount: number) => string): string =>
    subject.kind === 'everyone'
      ? say(words.perDay, { limit: inWords(limit) })
      : say(words.today, { used: inWords(used), limit: inWords(limit) })
  return [
    ...(bytesPerDay === null ? [] : [of(bytesToday, bytesPerDay, (bytes) => bytesInWords(bytes, languageLocale))]),
    ...(tokensPerDay === null ? [] : [of(tokensToday, tokensPerDay, (count) => say(words.tokens, { count }))]),
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
      <Button size="sm" aria-label={say(words.removeOne, { whose })} onClick={() => setAsks(true)}>
        {words.remove}
      </Button>
      {asks && (
        <ConfirmDialog
          title={say(words.asks, { whose })}
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
    setFault(budget.success ? null : words.fault)
    if (budget.success && !put.isPending) put.mutate(budget.data)
  }
  const options = [
    ['everyone', words.eachPerson],
    ...(groups.data ?? []).map(({ id, name }) => [`group ${id}`, say(words.groupTogether, { group: name })] as const),
    ...people.map(({ id, name, email }) => [`person ${id}`, name === '' ? (email ?? '') : name] as const),
  ] as const
  return (
    <form
      aria-label={words.add}
      noValidate
      onSubmit={submit}
      className="flex flex-wrap items-start gap-3 border-t border-line pt-4"
    >
      <SelectField
        label={words.whom}
        value={choice}
        options={options}
        onChange={(event) => setChoice(event.target.value)}
        className="min-w-48 flex-1"
      />
      <TextField
        label={words.bytesPerDay}
        value={gigabytes}
        inputMode="decimal"
        autoComplete="off"
        placeholder={words.noLimit}
        onChange={(event) => {
          setGigabytes(event.target.value)
          setFault(null)
        }}
        className="w-32"
      />
      <TextField
        label={words.tokensPerDay}
        value={tokens}
        inputMode="numeric"
        autoComplete="off"
        placeholder={words.noLimit}
        onChange={(event) => {
          setTokens(event.target.value)
          setFault(null)
        }}
        className="w-32"
      />
      <Button type="submit" aria-disabled={put.isPending} className="mt-6.5">
        {words.set}
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
