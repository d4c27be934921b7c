import type { InheritedPart } from '../../../contract/turn-event.ts'
import { isNoun } from '../reading/draft.ts'
import { displayRows } from '../../catalog/display-words.ts'
import type {
  Ask,
  ComparedNumbers,
  Draft,
  EarlierRows,
  Filter,
  Group,
  Noun,
  Operand,
  Relation,
} from '../reading/draft.ts'

/** The slots of the draft before that the edited draft still has. */
export function inheritedParts(before: Draft, edited: Draft, leftOut: readonly string[]): readonly InheritedPart[] {
  const asks = before.asks.filter((ask) => edited.asks.includes(ask)).map((ask) => ({ id: null, text: sayAsk(ask) }))
  const parts = [
    ...before.filters.filter((f) => edited.filters.includes(f)).map(sayFilter),
    ...before.relations.filter((r) => edited.relations.includes(r) && !r.loose).map(sayRelation),
    ...before.compared.filter((c) => edited.compared.includes(c)).map(sayCompared),
    ...(edited.included !== null && edited.included === before.included ? [sayIncluded(edited.included)] : []),
    ...before.groups.filter((g) => edited.groups.includes(g)).map(sayGroup),
    ...(edited.ranking !== null && edited.ranking === before.ranking ? [rankText(before)] : []),
    ...(edited.sort !== null && edited.sort === before.sort ? ['the order'] : []),
  ]
  const rows = edited.earlier === null ? [] : [{ id: null, text: sayEarlier(edited.earlier) }]
  return [...asks, ...rows, ...parts.filter((text) => !leftOut.includes(text)).map((text) => ({ id: text, text }))]
}

/** The draft without the parts that a person took off. */
export function withoutParts(draft: Draft, leftOut: readonly string[]): Draft {
  if (leftOut.length === 0) return draft
  const isKept = (text: string): boolean => !leftOut.includes(text)
  return {
    ...draft,
    filters: draft.filters.filter((f) => isKept(sayFilter(f))),
    relations: draft.relations.filter((r) => isKept(sayRelation(r))),
    compared: draft.compared.filter((c) => isKept(sayCompared(c))),
    included: draft.included !== null && isKept(sayIncluded(draft.included)) ? draft.included : null,
    groups: draft.groups.filter((g) => isKept(sayGroup(g))),
    ...(draft.ranking !== null && !isKept(rankText(draft)) ? { ranking: null, limit: null } : {}),
    ...(draft.sort !== null && !isKept('the order') ? { sort: null } : {}),
  }
}

const sayEarlier = ({ column, query, negated }: EarlierRows): string =>
  negated ? `the other ${displayRows(column.table)}` : `those ${query.limit ?? ''} ${displayRows(column.table)}`

const sayNoun = (noun: Noun): string => noun.mention.text.toLowerCase()

const functionWords = {
  count: 'number of',
  sum: 'total',
  avg: 'average',
  min: 'minimum',
  median: 'median',
  max: 'maximum',
} as const

function sayAsk(ask: Ask): string {
  if (ask.kind === 'noun') return sayNoun(ask.noun)
  if (ask.kind === 'measure')
    return `${functionWords[ask.measure.fn]} ${ask.measure.noun === null ? 'rows' : sayNoun(ask.measure.noun)}`
  return ask.kind === 'how' ? ask.quality : ask.kind
}

function sayGroup(group: Group): string {
  if (group.kind === 'time') return `by ${group.unit ?? 'month'}`
  return group.kind === 'values' ? `for ${group.value.text} and others` : `by ${sayNoun(group.noun)}`
}

const rankText = ({ ranking, limit }: Draft): string => {
  const ends = ranking?.descending === false ? 'bottom' : 'top'
  return `${ends} ${limit?.count ?? 1}`
}

function sayFilter({ subject, operator, operand, negated }: Filter): string {
  const named = isNoun(subject) ? `${sayNoun(subject)} ` : subject === null ? '' : `${subject.quality} `
  return `${negated ? 'not ' : ''}${named}${sayOperand(operand, operator)}`
}

const signs = { '=': '', '<>': 'not ', '>': 'over ', '>=': 'at least ', '<': 'under ', '<=': 'at most ' } as const

function sayOperand(operand: Operand, operator: Filter['operator']): string {
  switch (operand.kind) {
    case 'number':
      return `${signs[operator]}${operand.written ?? operand.value}`
    case 'numbers':
      return (operand.written ?? operand.values).join(' or ')
    case 'range':
      return `from ${operand.from} to ${operand.to}`
    case 'extreme':
      return `${signs[operator]}the ${operand.fn === 'avg' ? 'average' : operand.fn === 'min' ? 'minimum' : 'maximum'}`
    case 'values':
      return operand.values.map(({ text }) => text).join(operand.all ? ' and ' : ' or ')
    case 'period':
      return operand.period.words
    case 'match':
      return `${operand.how} "${operand.text}"`
    case 'column':
      return `${signs[operator]}${sayNoun(operand.noun)}`
    case 'missing':
      return 'missing'
    case 'present':
      return 'known'
  }
}

function sayCompared({ left, operator, right }: ComparedNumbers): string {
  const [more, less] = [left, right].map((side) => (isNoun(side) ? sayNoun(side) : side.text))
  return operator === '=' ? `as many ${more} as ${less}` : `${operator === '>' ? 'more' : 'fewer'} ${more} than ${less}`
}

const sayIncluded = ({ noun }: NonNullable<Draft['included']>): string => `including those without ${sayNoun(noun)}`

function sayRelation({ noun, negated, count }: Relation): string {
  const amount = count === null ? '' : `${sayOperand(count.operand, count.operator)} `
  return `${negated ? 'without' : 'with'} ${amount}${sayNoun(noun)}`
}
