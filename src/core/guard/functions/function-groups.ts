import type { GuardPolicy } from '../../../contract/guard-policy.ts'
import type { FunctionRef } from '../trees/tree-facts.ts'
import type { RefusalCode } from '../verdict.ts'
import * as lists from './function-lists.ts'

/** Functions that share one rule, with its reason. */
export interface FunctionGroup {
  readonly id: string
  /** Why they are allowed or refused, one plain sentence. */
  readonly reason: string
  /** `operator`: refused unless a connection's policy names the group. `never`: no policy opens it. */
  readonly allowed: 'always' | 'operator' | 'never'
  /** Where they may stand: among expressions, in FROM, only in MATCH_RECOGNIZE, or among expressions and in FROM. */
  readonly place: 'expression' | 'table' | 'match' | 'both'
  /** The code of a refusal. */
  readonly code: RefusalCode
  /** Upper-case names; a trailing `*` stands for any ending. */
  readonly names: ReadonlySet<string>
}

const pure = (id: string, names: ReadonlySet<string>, reason: string): FunctionGroup => ({
  id,
  reason,
  allowed: 'always',
  place: 'expression',
  code: 'function_not_allowed',
  names,
})

/** Every function that is known, by why it is allowed or not. A name in no group is refused. */
export const functionGroups: readonly FunctionGroup[] = [
  pure('conditional', lists.conditionalFunctions, 'They choose between given values.'),
  pure('number', lists.numberFunctions, 'They compute from given numbers.'),
  pure('string', lists.stringFunctions, 'They compute from given text.'),
  pure('date', lists.dateFunctions, 'They compute from given dates and times.'),
  pure('conversion', lists.conversionFunctions, 'They turn a value into another type.'),
  pure('semi-structured', lists.semiStructuredFunctions, 'They read and build JSON, arrays, objects, XML and vectors.'),
  pure('geospatial', lists.geospatialFunctions, 'They compute from given shapes.'),
  pure('aggregate', lists.aggregateFunctions, 'They sum up the rows of the query itself.'),
  pure('window', lists.windowFunctions, 'They look at neighbouring rows of the query itself.'),
  pure('generated', lists.generatedFunctions, 'They make up values and change nothing.'),
  pure('context', lists.contextFunctions, 'They tell who and where the own session is.'),
  {
    ...pure('match', lists.matchFunctions, 'They look at the rows of a match.'),
    place: 'match',
  },
  {
    id: 'rows',
    reason: 'They turn given values into rows.',
    allowed: 'always',
    place: 'table',
    code: 'table_function_not_allowed',
    names: lists.rowFunctions,
  },
  {
    id: 'ai',
    reason: 'It calls a language model, which costs credits for every row.',
    allowed: 'operator',
    place: 'both',
    code: 'function_not_allowed',
    names: lists.aiFunctions,
  },
  {
    id: 'file',
    reason: 'It reads files or makes links to them.',
    allowed: 'never',
    place: 'both',
    code: 'stage_access',
    names: lists.fileFunctions,
  },
  {
    id: 'other-session',
    reason: 'It reads results, history or definitions outside this query.',
    allowed: 'never',
    place: 'both',
    code: 'function_not_allowed',
    names: lists.otherSessionFunctions,
  },
  {
    id: 'acting',
    reason: 'It acts on the warehouse instead of computing a value.',
    allowed: 'never',
    place: 'both',
    code: 'function_not_allowed',
    names: lists.actingFunctions,
  },
  {
    id: 'sequence',
    reason: 'Reading a sequence advances it.',
    allowed: 'never',
    place: 'both',
    code: 'sequence_access',
    names: lists.sequenceFunctions,
  },
  {
    id: 'dynamic-name',
    reason: 'It takes a name from text, which cannot be checked.',
    allowed: 'never',
    place: 'both',
    code: 'dynamic_name',
    names: lists.dynamicNameFunctions,
  },
]

export type FunctionVerdict =
  { readonly allowed: true; readonly group: string } | { readonly allowed: false; readonly group: FunctionGroup | null }

const byName = new Map<string, FunctionGroup>()
const byPrefix: (readonly [string, FunctionGroup])[] = []
for (const group of functionGroups) {
  for (const name of group.names) {
    if (name.endsWith('*')) byPrefix.push([name.slice(0, -1), group])
    else byName.set(name, group)
  }
}

/** A part with a dot is a quoted name that only looks qualified; no built-in has such a name. */
function groupOf(parts: readonly string[]): FunctionGroup | null {
  if (parts.some((part) => part.includes('.'))) return null
  const name = parts.join('.')
  return byName.get(name) ?? byPrefix.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null
}

/**
 * Classifies a call by its name. A name in no group is refused unless the policy allows exactly that function. `database` completes a name of two
 * parts; a name of one part is never taken for an allowed function, because Snowflake looks for a built-in of that name first.
 */
export function classifyFunction(
  { parts, place }: FunctionRef,
  policy: GuardPolicy,
  database: string | null,
): FunctionVerdict {
  const group = groupOf(parts)
  const full = parts.length === 2 && database !== null ? [database, ...parts] : parts
  if (isAllowedByName(full, place, policy) && (group === null || group.allowed === 'operator'))
    return { allowed: true, group: group?.id ?? 'own' }
  if (group === null) return { allowed: false, group: neverGroupOf(full) }
  const isOpen =
    group.allowed === 'always' ||
    policy.allowFunctionGroups.some((id) => group.allowed === 'operator' && id === group.id)
  const isExpression = place === 'match' && group.place === 'expression'
  const fits = place === 'any' || group.place === 'both' || group.place === place || isExpression
  return isOpen && fits ? { allowed: true, group: group.id } : { allowed: false, group }
}

function isAllowedByName(full: readonly string[], place: FunctionRef['place'], policy: GuardPolicy): boolean {
  if (full.length !== 3 || neverGroupOf(full) !== null) return false
  const named = [
    ...(place === 'table' ? [] : policy.allowFunctions),
    ...(place === 'expression' ? [] : policy.allowTableFunctions),
  ]
  return named.some((allowed) => allowed.every((part, index) => part === full[index]))
}

/**
 * Returns the never-allowed group that a qualified name belongs to by its last part or its schema. A function of the account with such a name stays
 * refused, because which of the two Snowflake calls depends on its name resolution.
 */
function neverGroupOf(parts: readonly string[]): FunctionGroup | null {
  const upper = parts.map((part) => part.toUpperCase())
  const schema = upper.at(-2)
  const candidates = [groupOf(upper), groupOf(upper.slice(-1)), schema === undefined ? null : groupOf([schema, ''])]
  return candidates.find((group) => group?.allowed === 'never') ?? null
}
