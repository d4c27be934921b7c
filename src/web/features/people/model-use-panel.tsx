import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useState } from 'react'
import type { ModelUsage, PersonModelUse } from '../../../contract/budgets.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { FaultBox, SelectField } from '../../ui/form.tsx'
import { useFormats } from '../../ui/formats.ts'
import { ListSkeleton, Panel } from '../../ui/panel.tsx'
import { say } from '../../words/language.ts'
import { peopleWords } from '../../words/people.ts'

const words = peopleWords.modelUse

const monthsShown = 24

/** The first days of the present month in UTC and those before it, newest first. */
function recentMonths(now: Date): readonly string[] {
  return Array.from({ length: monthsShown }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 10),
  )
}

/** What people have used of models in a month, for admins. */
export function ModelUsePanel({ api }: { readonly api: ApiClient }) {
  const formats = useFormats()
  const [months] = useState(() => recentMonths(new Date()))
  const [month, setMonth] = useState(() => months[0]?.slice(0, 7))
  const usage = useQuery({
    queryKey: ['model-usage', month],
    queryFn: ({ signal }) => api.modelUsage({ month }, { signal }),
  })
  return (
    <Panel title={words.title} about={words.about}>
      <SelectField
        label={words.month}
        value={month}
        options={months.map((first) => [first.slice(0, 7), formats.period(first, 'month') ?? first])}
        onChange={(event) => setMonth(event.target.value)}
        className="w-full sm:w-56"
      />
      {usage.isPending && <ListSkeleton />}
      {usage.data === undefined && usage.error !== null && (
        <FaultBox problem={problemOf(usage.error)} onAgain={() => void usage.refetch()} />
      )}
      <output className="text-sm empty:hidden">{usage.data !== undefined && <Total {...usage.data} />}</output>
      {usage.data !== undefined && usage.data.uses.length > 0 && <UseTable uses={usage.data.uses} />}
    </Panel>
  )
}

/** The whole month in a sentence. */
function Total({ uses }: ModelUsage) {
  const inDollars = useDollars()
  if (uses.length === 0) return words.none
  const priced = uses.flatMap(({ dollars }) => dollars ?? [])
  const values = {
    questions: say(words.countOfQuestions, { count: uses.reduce((sum, { questions }) => sum + questions, 0) }),
    tokens: say(words.countOfTokens, { count: uses.reduce((sum, { tokens }) => sum + tokens, 0) }),
    cost: inDollars(priced.length === 0 ? null : priced.reduce((sum, dollars) => sum + dollars, 0)),
  }
  const isPartly = priced.length > 0 && priced.length < uses.length
  return say(isPartly ? words.totalOfPriced : words.total, values)
}

function useDollars(): (dollars: number | null) => string {
  const formats = useFormats()
  return (dollars) =>
    dollars === null ? words.unknownPrice : formats.number(String(dollars), { unit: 'USD', digits: [2, 4] })
}

type Column = 'person' | 'model' | 'questions' | 'tokens' | 'cost'

const columns: readonly Column[] = ['person', 'model', 'questions', 'tokens', 'cost']
const textColumns: ReadonlySet<Column> = new Set(['person', 'model'])

interface Order {
  readonly by: Column
  readonly isUp: boolean
}

/** The uses in an order; those without a price come last either way, and equal ones by person and model. */
function inOrder(uses: readonly PersonModelUse[], { by, isUp }: Order): readonly PersonModelUse[] {
  const texts = (use: PersonModelUse, column: Column): string =>
    column === 'model' ? (use.model ?? words.notNoted) : shownName(use)
  const numbers = (use: PersonModelUse): number | null =>
    by === 'cost' ? use.dollars : by === 'questions' ? use.questions : use.tokens
  const direction = isUp ? 1 : -1
  return uses.toSorted((a, b) => {
    const [left, right] = [numbers(a), numbers(b)]
    const missing = Number(left === null) - Number(right === null)
    const found = textColumns.has(by)
      ? direction * texts(a, by).localeCompare(texts(b, by))
      : missing || direction * ((left ?? 0) - (right ?? 0))
    return (
      found ||
      texts(a, 'person').localeCompare(texts(b, 'person')) ||
      texts(a, 'model').localeCompare(texts(b, 'model'))
    )
  })
}

const shownName = ({ name, email }: PersonModelUse): string => (name === '' ? (email ?? '') : name)

const cell = 'py-2 pr-2 sm:pr-3 text-left align-top font-normal last:pr-0'
const numberCell = 'py-2 pr-2 sm:pr-3 text-right align-top font-normal whitespace-nowrap tabular-nums last:pr-0'

/** Small screens show the model under its person instead of in a column of its own. */
const styleOf = (column: Column): string =>
  column === 'model' ? `${cell} max-sm:hidden` : column === 'person' ? cell : numberCell

function UseTable({ uses }: Pick<ModelUsage, 'uses'>) {
  const [order, setOrder] = useState<Order>({ by: 'tokens', isUp: false })
  const sortBy = (column: Column): void =>
    setOrder(({ by, isUp }) => ({ by: column, isUp: by === column ? !isUp : textColumns.has(column) }))
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{words.title}</caption>
      <thead className="text-fg-2">
        <tr className="border-b border-line">
          {columns.map((column) => (
            <SortableHeading key={column} column={column} order={order} onSort={() => sortBy(column)} />
          ))}
        </tr>
      </thead>
      <tbody>
        {inOrder(uses, order).map((use) => (
          <UseRow key={`${use.personId} ${use.model ?? ''} ${String(use.isOwnKey)}`} use={use} />
        ))}
      </tbody>
    </table>
  )
}

interface SortableHeadingProps {
  readonly column: Column
  readonly order: Order
  readonly onSort: () => void
}

function SortableHeading({ column, order: { by, isUp }, onSort }: SortableHeadingProps) {
  const Arrow = isUp ? ArrowUp : ArrowDown
  return (
    <th
      scope="col"
      aria-sort={by !== column ? undefined : isUp ? 'ascending' : 'descending'}
      className={styleOf(column)}
    >
      <button
        type="button"
        title={say(words.sortBy, { column: words.columns[column] })}
        onClick={onSort}
        className="inline-flex min-h-8 items-center gap-1 rounded-sm hover:text-fg pointer-coarse:min-h-11"
      >
        {words.columns[column]}
        {by === column && <Arrow size={13} aria-hidden />}
      </button>
    </th>
  )
}

function UseRow({ use }: { readonly use: PersonModelUse }) {
  const formats = useFormats()
  const inDollars = useDollars()
  const model = use.model ?? words.notNoted
  const shown = shownName(use)
  return (
    <tr className="border-b border-line last:border-b-0">
      <th scope="row" className={`${cell} wrap-anywhere`}>
        {shown}
        {use.email !== null && use.email !== shown && (
          <span className="block text-xs text-fg-2 max-sm:hidden">{use.email}</span>
        )}
        <span className="block text-xs text-fg-2 sm:hidden">{say(words.modelAndKey, { model, key: keyOf(use) })}</span>
      </th>
      <td className={`${styleOf('model')} wrap-anywhere`}>
        {model}
        <span className="block text-xs text-fg-2">{keyOf(use)}</span>
      </td>
      <td className={numberCell}>{formats.number(String(use.questions))}</td>
      <td className={numberCell}>{formats.number(String(use.tokens))}</td>
      <td className={`${numberCell} max-sm:whitespace-normal`}>{inDollars(use.dollars)}</td>
    </tr>
  )
}

const keyOf = ({ isOwnKey }: PersonModelUse): string => (isOwnKey ? words.ownKey : words.serverKey)
