import type { SemanticField, SemanticTable } from '../../../core/catalog/catalog.ts'
import { type KnownSemanticView, placeKey, type SemanticJoin } from './account-state.ts'
import { describeSemanticView, showCap, showSemanticViews } from './account-statements.ts'
import { isOneStatements, type AskAccount } from './ask-account.ts'
import { readRows, readText, type RowReader } from './result-rows.ts'

interface SemanticViews {
  readonly views: readonly KnownSemanticView[]
  readonly isPartial: boolean
}

/** One object inside a semantic view with the properties that `DESCRIBE` lists a row each. */
interface Described {
  readonly kind: string
  readonly name: string
  readonly parent: string | null
  readonly properties: ReadonlyMap<string, string>
}

/**
 * The semantic views of an account. One whose creation time and comment are those of `known` is taken over; the others are described.
 * An account or edition without them has none.
 */
export async function readSemanticViews(
  ask: AskAccount,
  known: readonly KnownSemanticView[],
  isWanted: (database: string, schema: string) => boolean,
): Promise<SemanticViews> {
  const shown = await showViews(ask)
  const byName = new Map(known.map((one) => [placeKey(one.view.database, one.view.schema, one.view.name), one]))
  const views: KnownSemanticView[] = []
  for (const row of shown.rows) {
    const [database, schema, name] = [row('database_name') ?? '', row('schema_name') ?? '', row('name') ?? '']
    if (!isWanted(database, schema)) continue
    const before = byName.get(placeKey(database, schema, name))
    const isSame = before?.createdOn === row('created_on') && before?.view.comment === readText(row('comment'))
    const view = isSame && before !== undefined ? before : await describe(ask, row)
    if (view !== null) views.push(view)
  }
  return { views, isPartial: shown.isPartial }
}

async function showViews(
  ask: AskAccount,
): Promise<{ readonly rows: readonly RowReader[]; readonly isPartial: boolean }> {
  try {
    const rows = readRows(await ask(showSemanticViews))
    return { rows, isPartial: rows.length >= showCap }
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return { rows: [], isPartial: false }
  }
}

async function describe(ask: AskAccount, shown: RowReader): Promise<KnownSemanticView | null> {
  const [database, schema, name] = [shown('database_name') ?? '', shown('schema_name') ?? '', shown('name') ?? '']
  try {
    const objects = objectsOf(readRows(await ask(describeSemanticView({ database, schema }, name))))
    const tables = objects.filter(({ kind }) => kind === 'TABLE').map(tableOf)
    return {
      view: { database, schema, name, comment: readText(shown('comment')), tables, fields: objects.flatMap(fieldOf) },
      createdOn: shown('created_on'),
      joins: objects.flatMap((object) => joinOf(object, tables)),
    }
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return null
  }
}

function objectsOf(rows: readonly RowReader[]): readonly Described[] {
  const byObject = Map.groupBy(
    rows.filter((row) => row('object_kind') !== null && row('object_name') !== null),
    (row) => placeKey(row('object_kind') ?? '', row('parent_entity') ?? '', row('object_name') ?? ''),
  )
  return [...byObject.values()].map((own) => ({
    kind: own[0]?.('object_kind') ?? '',
    name: own[0]?.('object_name') ?? '',
    parent: own[0]?.('parent_entity') ?? null,
    properties: new Map(own.map((row) => [row('property') ?? '', row('property_value') ?? ''])),
  }))
}

const tableOf = ({ name, properties }: Described): SemanticTable => ({
  name,
  base: {
    database: properties.get('BASE_TABLE_DATABASE_NAME') ?? '',
    schema: properties.get('BASE_TABLE_SCHEMA_NAME') ?? '',
    name: properties.get('BASE_TABLE_NAME') ?? '',
  },
  synonyms: listOf(properties.get('SYNONYMS')),
})

const fieldKinds = { DIMENSION: 'dimension', FACT: 'fact', METRIC: 'metric', DERIVED_METRIC: 'metric' } as const

function fieldOf({ kind, name, parent, properties }: Described): readonly SemanticField[] {
  if (!(kind in fieldKinds)) return []
  return [
    {
      kind: fieldKinds[kind as keyof typeof fieldKinds],
      name,
      table: parent,
      type: properties.get('DATA_TYPE') ?? 'VARIANT',
      expression: properties.get('EXPRESSION') ?? null,
      synonyms: listOf(properties.get('SYNONYMS')),
      comment: readText(properties.get('COMMENT') ?? null),
    },
  ]
}

function joinOf({ kind, properties }: Described, tables: readonly SemanticTable[]): readonly SemanticJoin[] {
  if (kind !== 'RELATIONSHIP') return []
  const from = tables.find(({ name }) => name === properties.get('TABLE'))
  const to = tables.find(({ name }) => name === properties.get('REF_TABLE'))
  const columns = listOf(properties.get('FOREIGN_KEY'))
  const targetColumns = listOf(properties.get('REF_KEY'))
  const isPlain = columns.length > 0 && columns.length === targetColumns.length
  return from === undefined || to === undefined || !isPlain
    ? []
    : [{ from: from.base, columns, to: to.base, targetColumns }]
}

/** A JSON list of texts; empty where it is no such list, as for a join by range. */
function listOf(json: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(json ?? '[]')
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : []
  } catch {
    return []
  }
}
