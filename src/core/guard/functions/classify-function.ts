import type { FunctionPlace } from '../trees/tree-facts.ts'
import type { FunctionGroup } from './function-group.ts'
import { functionGroups } from './function-groups.ts'

/** What a connection's operator opens beyond the rule; never a write. */
export interface GuardPolicy {
  /** Ids of groups that are the operator's to open, for example `ai`. */
  readonly groups: readonly string[]
  /** Functions of one's own, as stored: `DB.SCHEMA.NAME` or as short as queries write them. */
  readonly functions: readonly string[]
}

export const strictPolicy: GuardPolicy = { groups: [], functions: [] }

export type FunctionVerdict =
  { readonly allowed: true; readonly group: string } | { readonly allowed: false; readonly group: FunctionGroup | null }

const byName = new Map<string, FunctionGroup>()
const byBeginning: (readonly [string, FunctionGroup])[] = []
for (const group of functionGroups) {
  for (const name of group.names) {
    if (name.endsWith('*')) byBeginning.push([name.slice(0, -1), group])
    else byName.set(name, group)
  }
}

const groupOf = (name: string): FunctionGroup | null =>
  byName.get(name) ?? byBeginning.find(([beginning]) => name.startsWith(beginning))?.[1] ?? null

/** Judges a function by its folded name. A name in no group is refused unless the policy names it. */
export function classifyFunction(name: string, place: FunctionPlace, policy: GuardPolicy): FunctionVerdict {
  const group = groupOf(name)
  if (group === null)
    return policy.functions.includes(name) ? { allowed: true, group: 'own' } : { allowed: false, group }
  const open = group.allowed === 'always' || (group.allowed === 'operator' && policy.groups.includes(group.id))
  const fits = place === 'any' || group.place === 'both' || group.place === place
  return open && fits ? { allowed: true, group: group.id } : { allowed: false, group }
}
