import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { ColumnName } from '../../ports/writer.ts'
import type { ValueCandidate } from '../linking/mention.ts'
import { normalWords } from '../linking/schema-index.ts'
import type { AskedValue } from '../reading/draft.ts'
import { note, tablesAround } from './choose-date.ts'
import { displayRows } from '../../catalog/display-words.ts'
import { CannotRead, UnplacedValue } from './planning-context.ts'
import type { PlanningContext } from './planning-context.ts'
import { exactNumber } from './query.ts'
import type { Digits } from './query.ts'
import { isKeyLike, labelsOf } from './table-roles.ts'

/** The column of a value that no sample holds: the one whose samples look like it, the only one there is, or the one found in the data. */
export function unknownValueColumn(
  context: PlanningContext,
  value: AskedValue,
  about: readonly NamedTable[],
): NamedColumn {
  const [label] = about.slice(0, 1).flatMap(labelsOf)
  if (label !== undefined && context.hints.some((word) => naming.has(word))) return label
  const lookalike = lookalikeColumn(context, value, about)
  if (lookalike !== undefined) return lookalike
  const columns = columnsToSearch(context, about)
  const possible = columns.filter(({ column }) => !column.samplesComplete)
  const [nearest] = columns
  if (nearest === undefined || possible.length === 0)
    throw new CannotRead(`I know no column that holds "${value.text}".`)
  const known = context.known.find(({ text }) => text === value.text)
  if (known === undefined) throw new UnplacedValue(value.text, columns, false)
  const [best] = known.found
  const holders = columns.filter((column) =>
    known.found.some((found) => found.match === best?.match && isNamed(column, found.column)),
  )
  const [holder, ...otherHolders] = holders
  if (best?.match === 'near' || (holder === undefined && known.state === 'known'))
    throw new CannotRead(nothingCalled(value.text, nearest.table, best?.spelling ?? null))
  if (holder !== undefined && otherHolders.length === 0) return holder
  const [only, ...others] = possible
  if (holder === undefined && only !== undefined && others.length === 0) return only
  throw new UnplacedValue(value.text, holder === undefined ? possible : holders, true)
}

/** A near spelling is told and not taken: Austria is not Australia. */
const nothingCalled = (text: string, table: NamedTable, spelling: string | null): string =>
  `Nothing that is stored about ${displayRows(table)} is called "${text}"${spelling === null ? '' : `; the nearest is "${spelling}"`}.`

/** Words that say that a value is a name. */
const naming = new Set(['named', 'called', 'titled', 'entitled'])

const isNamed = ({ table: { table }, column }: NamedColumn, name: ColumnName): boolean =>
  column.name === name.column &&
  table.name === name.name &&
  table.schema === name.schema &&
  table.database === name.database

/** Words of columns whose texts are not what a question calls something by. */
const unspoken = new Set(
  'comment note remark description text message url link path phone fax email mail address hash password token file image'.split(
    ' ',
  ),
)

/** The text columns of the tables a filter may be about: nearer tables first, labels first. */
function columnsToSearch(context: PlanningContext, about: readonly NamedTable[]): readonly NamedColumn[] {
  return tablesAround(context, about)
    .flat()
    .flatMap((table) => [...new Set([...labelsOf(table), ...table.columns])])
    .filter((c) => c.kind === 'text' && !isKeyLike(c) && !c.ways.flat().some((w) => unspoken.has(w)))
}

/** The only nearby label column whose samples look like the value and are incomplete, or undefined. */
function lookalikeColumn(
  context: PlanningContext,
  value: AskedValue,
  about: readonly NamedTable[],
): NamedColumn | undefined {
  const shape = shapeOf(value.text)
  const labels = tablesAround(context, about).flat().flatMap(labelsOf)
  const found = labels.filter((c) => !c.column.samplesComplete && c.column.samples.some((v) => shapeOf(v) === shape))
  return found.length === 1 ? found[0] : undefined
}

/** The character pattern of a text, with runs collapsed: "Customer#007" and "Customer#12" have the same one. */
const shapeOf = (text: string): string =>
  text
    .replaceAll(/\p{Lu}+/gu, 'A')
    .replaceAll(/\p{Ll}+/gu, 'a')
    .replaceAll(/\d+/g, '9')

/** "failed" for F, of rows that the question names and of their only column that holds such a letter. */
function letterOf(context: PlanningContext, { text, mention }: AskedValue, { column, value }: ValueCandidate): Stored {
  const { draft, resolution } = context
  if (!draft.nouns.some((noun) => resolution.tableOf(noun) === column.table))
    throw new CannotRead(`I found nothing that tells which rows are "${text}".`)
  const others = (mention?.candidates ?? []).flatMap((c) =>
    c.kind === 'value' && c.column !== column && c.column.table === column.table ? [c.column] : [],
  )
  if (others.length > 0)
    throw new CannotRead(
      `I could not tell whether "${text}" is read from ${[column, ...others].map((c) => c.column.name).join(' or ')}.`,
    )
  note(context, `"${text}" is read as '${value}' of ${column.column.name}.`)
  return { text, value }
}

/** A value as a query compares it. */
export interface Stored {
  readonly text: string
  /** The stored spelling if known, a number for a numeric column, else null. */
  readonly value: string | number | Digits | null
}

export function storedValue(context: PlanningContext, column: NamedColumn, value: AskedValue): Stored {
  const resolution = context.resolution.valueOf(value)
  const hit =
    resolution?.column === column
      ? resolution
      : value.mention?.candidates.find((c) => c.kind === 'value' && c.column === column)
  if (hit?.kind === 'value' && hit.match === 'letter') return letterOf(context, value, hit)
  if (hit?.kind === 'value') {
    if (hit.match === 'part' || hit.score < 0.93) note(context, `"${value.text}" is read as '${hit.value}'.`)
    return { text: value.text, value: hit.value }
  }
  const known = context.known.find(({ text }) => text === value.text)?.found ?? []
  for (const { column: name, spelling, match } of known) {
    if (spelling === null || !isNamed(column, name)) continue
    if (match !== 'exact') note(context, `"${value.text}" is read as '${spelling}'.`)
    return { text: value.text, value: spelling }
  }
  const words = normalWords(value.text)
  const sample = column.column.samples.find((v) => normalWords(v) === words)
  if (sample !== undefined) return { text: value.text, value: sample }
  if (column.kind === 'number') {
    if (Number.isNaN(Number(value.text)))
      throw new CannotRead(`${column.column.name} holds numbers, not "${value.text}".`)
    return { text: value.text, value: exactNumber(value.text) }
  }
  note(context, `"${value.text}" is compared with ${column.column.name} without regard to case.`)
  return { text: value.text, value: null }
}
