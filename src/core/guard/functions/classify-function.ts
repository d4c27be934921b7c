import type { GuardPolicy } from '../../../contract/guard-policy.ts'
import type { FunctionRef } from '../trees/tree-facts.ts'
import type { FunctionGroup } from './function-group.ts'
import { functionGroups } from './function-groups.ts'

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

/** A part with a dot in it is a quoted name that only looks like a longer one, and no built-in has such a name. */
function groupOf(parts: readonly string[]): FunctionGroup | null {
  if (parts.some((part) => part.includes('.'))) return null
  const name = parts.join('.')
  return byName.get(name) ?? byPrefix.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null
}

/**
 * Judges a call by its name. A name in no group is refused unless the policy allows exactly that function. `database` completes a name of two
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
  const fits = place === 'any' || group.place === 'both' || group.place === place
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
 * The group that no policy opens and that a qualified name belongs to by its last part or its schema. An account's own function named like such a
 * built-in stays refused: telling the two apart would rest on how Snowflake looks names up.
 */
function neverGroupOf(parts: readonly string[]): FunctionGroup | null {
  const upper = parts.map((part) => part.toUpperCase())
  const schema = upper.at(-2)
  const candidates = [groupOf(upper), groupOf(upper.slice(-1)), schema === undefined ? null : groupOf([schema, ''])]
  return candidates.find((group) => group?.allowed === 'never') ?? null
}
