import type { NameGroup } from './account-statements.ts'

/** Predicates joined by OR in one statement: more would only make it long. */
const testsAtOnce = 50
/** Whole names listed in one statement. */
const namesAtOnce = 200

/** A predicate with the names it finds. */
interface Atom {
  readonly test: { readonly prefix: string } | { readonly name: string }
  readonly names: readonly string[]
}

/** Some tables of a schema with the statement's part that finds them. */
export interface NamedGroup extends NameGroup {
  readonly tables: readonly string[]
}

/**
 * Splits the names of a schema by their first letters into groups of at most `maxTables`, so that every name is found by exactly one group.
 * A group may be larger only when it is a single name.
 */
export const groupByPrefix = (names: readonly string[], maxTables: number): readonly NamedGroup[] =>
  merged(atomsOf(names, '', Math.max(1, maxTables)), Math.max(1, maxTables))

/** Groups that list the names themselves: for the few tables of a schema that changed. */
export function groupByName(names: readonly string[]): readonly NamedGroup[] {
  const groups: NamedGroup[] = []
  for (let start = 0; start < names.length; start += namesAtOnce) {
    const tables = names.slice(start, start + namesAtOnce)
    groups.push({ prefixes: [], names: tables, tables })
  }
  return groups
}

function atomsOf(names: readonly string[], prefix: string, maxTables: number): readonly Atom[] {
  const byNext = Map.groupBy(names, (name) => name.codePointAt(prefix.length) ?? null)
  return [...byNext].flatMap(([next, group]): readonly Atom[] => {
    if (next === null) return group.map((name) => ({ test: { name }, names: [name] }))
    const longer = prefix + String.fromCodePoint(next)
    return group.length <= maxTables ? [{ test: { prefix: longer }, names: group }] : atomsOf(group, longer, maxTables)
  })
}

function merged(atoms: readonly Atom[], maxTables: number): readonly NamedGroup[] {
  const groups: Atom[][] = []
  let count = 0
  for (const atom of atoms) {
    const last = groups.at(-1)
    if (last === undefined || count + atom.names.length > maxTables || last.length >= testsAtOnce) {
      groups.push([atom])
      count = atom.names.length
    } else {
      last.push(atom)
      count += atom.names.length
    }
  }
  return groups.map((group) => ({
    prefixes: group.flatMap(({ test }) => ('prefix' in test ? [test.prefix] : [])),
    names: group.flatMap(({ test }) => ('name' in test ? [test.name] : [])),
    tables: group.flatMap(({ names }) => names),
  }))
}
