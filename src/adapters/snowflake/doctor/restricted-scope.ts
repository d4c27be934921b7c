import { parse, YAMLError } from 'yaml'
import { isOneStatements, wordsOf } from '../discovery/ask-account.ts'
import type { SmallResult } from '../snowflake-link.ts'

/** A restricted session scope that limits the session. */
export interface RestrictedScope {
  /** As Snowflake names it; `unnamed` for one written into the session policy. */
  readonly name: string
  /** Its YAML, where Snowflake tells it; else empty. */
  readonly definition: string
}

/** What a scope lets a session do, as far as Floe relies on it. */
export interface ScopeReach {
  /** Nothing but reading. False wherever that is not certain. */
  readonly isReadOnly: boolean
  /** `object discovery` is among what it allows, which SHOW needs by the documentation. */
  readonly allowsDiscovery: boolean
}

/**
 * Snowflake's predefined scopes that only read, by their exact names: an object of the account may have a name that looks alike.
 * `SNOWFLAKE$DATA_READ_PROGRAM_USAGE` is not among them, because procedures with their owner's rights may write.
 */
const predefined: ReadonlyMap<string, ScopeReach> = new Map([
  ['SNOWFLAKE$DATA_READ', { isReadOnly: true, allowsDiscovery: false }],
  ['SNOWFLAKE$DATA_READ_WITH_AI', { isReadOnly: true, allowsDiscovery: true }],
])

/** Group privileges that change nothing: reading data, seeing what there is, using a warehouse. */
const readingGroups: ReadonlySet<string> = new Set(['data read', 'object discovery', 'compute usage'])

/** Single privileges that only read, and what USAGE may stand for without running anybody's code. */
const readingPrivileges: ReadonlySet<string> = new Set(['select', 'references', 'monitor'])
const usableTypes: ReadonlySet<string> = new Set([
  'agent',
  'mcp server',
  'cortex search service',
  'warehouse',
  'database',
  'schema',
])

/** Reads SYS_CONTEXT's JSON list of names and definitions; a plain name counts as one. */
export function readScopes(json: string | null): readonly RestrictedScope[] {
  if (json === null || json.trim() === '') return []
  try {
    const told: unknown = JSON.parse(json)
    return (Array.isArray(told) ? told : [told]).map(scopeOf)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [{ name: json.trim(), definition: '' }]
  }
}

function scopeOf(told: unknown): RestrictedScope {
  if (typeof told === 'string') return { name: told, definition: '' }
  const { name, definition } = (told ?? {}) as Readonly<Record<string, unknown>>
  return {
    name: typeof name === 'string' ? name : 'unnamed',
    definition: typeof definition === 'string' ? definition : '',
  }
}

/** What a scope allows, by its definition where there is one and by its exact name otherwise. */
export function reachOf({ name, definition }: RestrictedScope): ScopeReach {
  const byName = predefined.get(name)
  if (definition.trim() === '') return byName ?? nothingCertain
  const reach = reachOfYaml(definition)
  // A definition cannot make more of the scopes that write; one that says more than a predefined name is believed.
  return name.startsWith('SNOWFLAKE$') && byName === undefined ? { ...reach, isReadOnly: false } : reach
}

const nothingCertain: ScopeReach = { isReadOnly: false, allowsDiscovery: false }

function reachOfYaml(definition: string): ScopeReach {
  let document: unknown
  try {
    document = parse(definition, { maxAliasCount: 10 })
  } catch (error) {
    if (error instanceof YAMLError || error instanceof ReferenceError) return nothingCertain
    throw error
  }
  const entries = [...entriesOf(document)]
  const bases = entries.flatMap(({ extended }) => extended).map((name) => predefined.get(name) ?? nothingCertain)
  const lists = entries.filter(({ privileges }) => privileges.length > 0)
  if (lists.length + bases.length === 0) return nothingCertain
  return {
    isReadOnly: bases.every(({ isReadOnly }) => isReadOnly) && lists.every(isReading),
    allowsDiscovery:
      bases.some(({ allowsDiscovery }) => allowsDiscovery) ||
      lists.some(({ privileges }) =>
        privileges.some((one) => ['object discovery', 'object management', 'full management'].includes(one)),
      ),
  }
}

/** One list of privileges with the kinds of objects it is for; all objects where it names none. */
interface Entry {
  readonly privileges: readonly string[]
  readonly types: readonly string[]
  readonly extended: readonly string[]
}

const isReading = ({ privileges, types }: Entry): boolean =>
  privileges.every((privilege) =>
    types.length === 0
      ? readingGroups.has(privilege)
      : readingPrivileges.has(privilege) || (privilege === 'usage' && types.every((type) => usableTypes.has(type))),
  )

/** Every mapping that allows something, however deep it lies. A list that is not of plain words allows something unknown. */
function* entriesOf(node: unknown): Generator<Entry> {
  if (Array.isArray(node)) for (const item of node) yield* entriesOf(item)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return
  const mapping = node as Readonly<Record<string, unknown>>
  const { privileges = [], extend = [], object_types: objectTypes = [], named_objects: namedObjects = [] } = mapping
  const named = [namedObjects].flat().map((one) => (one as { readonly type?: unknown } | null)?.type ?? 'unknown')
  const isNested = Array.isArray(privileges) && privileges.some((one) => typeof one === 'object' && one !== null)
  const types = [...plainWords(objectTypes), ...plainWords(named)]
  yield {
    privileges: isNested ? [] : plainWords(privileges),
    types,
    extended: [extend].flat().map(String),
  }
  for (const [key, value] of Object.entries(mapping))
    if (key !== 'extend' && key !== 'object_types' && key !== 'named_objects') yield* entriesOf(value)
}

const plainWords = (value: unknown): readonly string[] =>
  [value].flat().map((one) => (typeof one === 'string' ? one.trim().toLowerCase().replaceAll(/\s+/g, ' ') : 'unknown'))

/** What Snowflake tells of the scopes that restrict this session. */
export interface SessionScope {
  /** Whether Snowflake takes the session for an agent's, to which alone scopes apply. */
  readonly isAgent: boolean
  readonly scopes: readonly RestrictedScope[]
}

const statement =
  "SELECT SYS_CONTEXT('SNOWFLAKE$CURRENT', 'IS_AGENT_ACTIVATED'), SYS_CONTEXT('SNOWFLAKE$SESSION', 'ACTIVE_RESTRICTED_SESSION_SCOPES')"

/** Asks for the scopes over this session; null where the account does not know them. Throws what the link throws. */
export async function readSessionScope(ask: (statement: string) => Promise<SmallResult>): Promise<SessionScope | null> {
  try {
    const [agent, scopes] = (await ask(statement)).rows[0] ?? []
    return { isAgent: (agent ?? '').toUpperCase() === 'TRUE', scopes: readScopes(scopes ?? null) }
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return null
  }
}

/** Whether an error is Snowflake's refusal because of a scope, which it names in its words. */
export const isRefusedByScope = (error: unknown): boolean => /restricted session scope/i.test(wordsOf(error))

/** Names the scopes under which SHOW may list nothing; null where every active scope lets it. */
export async function scopeThatHides(ask: (statement: string) => Promise<SmallResult>): Promise<string | null> {
  const scope = await readSessionScope(ask)
  const hiding = (scope?.isAgent === true ? scope.scopes : []).filter((one) => !reachOf(one).allowsDiscovery)
  return hiding.length === 0 ? null : namesOf(hiding)
}

export const namesOf = (scopes: readonly RestrictedScope[]): string => scopes.map(({ name }) => name).join(', ')
