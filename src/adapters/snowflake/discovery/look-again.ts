import type { TableName } from '../../../contract/turn-event.ts'
import { type KnownAccount, type KnownSchema, placeKey, schemaKey } from './account-state.ts'
import { isOneStatements, type AskAccount } from './ask-account.ts'
import { makeColumnReader } from './read-columns.ts'
import { listObjects } from './read-schemas.ts'
import { mergeListing, withColumns } from './refresh-schema.ts'

interface LookNeeds {
  readonly ask: AskAccount
  readonly tablesAtOnce: number
  readonly now: () => number
}

/** More schemas or tables than this are a matter for a refresh. */
const mostSchemas = 3
const mostTables = 10
/** What was looked at is not looked at again for this long, so that many wrong names cost few statements. */
const freshMs = 10_000

/** What a look has brought. */
interface Looked {
  readonly account: KnownAccount
  /** False where a schema was left out or could not be listed. */
  readonly isWhole: boolean
}

/** Looks at single schemas of an account between refreshes. */
interface SchemaLook {
  /**
   * The account with the schemas of these tables listed anew and the tables' columns read anew. Only `SHOW` is sent, which wakes no
   * warehouse. Databases that a refresh has not found are left out: a personal one must not get into what all users of a role share.
   * Throws what the link throws.
   */
  look(account: KnownAccount, tables: readonly TableName[], needs: LookNeeds): Promise<Looked>
}

export function makeSchemaLook(): SchemaLook {
  const lookedAt = new Map<string, number>()

  const isDue = (key: string, now: number): boolean => {
    const before = lookedAt.get(key)
    if (before !== undefined && now - before < freshMs) return false
    lookedAt.set(key, now)
    return true
  }

  const lookAt = async (known: KnownSchema, names: readonly string[], needs: LookNeeds): Promise<KnownSchema> => {
    const now = needs.now()
    let schema = known
    if (isDue(schemaKey(known), now)) schema = mergeListing(await listObjects(needs.ask, known), known).schema
    const readable = names.filter(
      (name) =>
        schema.tables.some((one) => one.table.name === name) &&
        isDue(placeKey(known.database, known.schema, name), now),
    )
    if (readable.length === 0) return schema
    const readColumns = makeColumnReader({ ask: needs.ask, warehouse: 'none', tablesAtOnce: needs.tablesAtOnce })
    for await (const columns of readColumns(known, readable, false)) schema = withColumns(schema, columns, null)
    return schema
  }

  return {
    async look(account, tables, needs) {
      for (const [key, at] of lookedAt) if (needs.now() - at >= freshMs) lookedAt.delete(key)
      const wanted = tables.filter((table) => isShared(account, table)).slice(0, mostTables)
      const bySchema = [...Map.groupBy(wanted, (table) => schemaKey(table)).entries()].slice(0, mostSchemas)
      let current = account
      let isWhole = wanted.length === tables.length
      for (const [key, named] of bySchema) {
        const known = current.schemas.find((one) => schemaKey(one) === key) ?? emptySchema(named)
        try {
          const next = await lookAt(
            known,
            named.map(({ name }) => name),
            needs,
          )
          current = withSchema(current, next)
        } catch (error) {
          if (!isOneStatements(error)) throw error
          isWhole = false
        }
      }
      return { account: current, isWhole }
    },
  }
}

const isShared = ({ schemas }: KnownAccount, { database, schema }: TableName): boolean =>
  schema !== 'INFORMATION_SCHEMA' && schemas.some((one) => one.database === database)

const emptySchema = ([first]: readonly TableName[]): KnownSchema => ({
  database: first?.database ?? '',
  schema: first?.schema ?? '',
  tables: [],
  comparedAt: null,
  hasKeys: false,
})

function withSchema(account: KnownAccount, next: KnownSchema): KnownAccount {
  const at = account.schemas.findIndex((one) => schemaKey(one) === schemaKey(next))
  if (at >= 0) return account.schemas[at] === next ? account : { ...account, schemas: account.schemas.with(at, next) }
  return next.tables.length === 0 ? account : { ...account, schemas: [...account.schemas, next] }
}
