import type { Emitted } from '../translate/emitted.ts'
import {
  bodyIf,
  cannotRun,
  fields,
  integerLiteral,
  listOf,
  type Node,
  optional,
  stringLiteral,
  tagged,
} from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'

/** What stands beside the arguments of a call. */
export interface Modifiers {
  readonly distinct: boolean
  readonly filter: Node
  readonly over: Node
  /** `WITHIN GROUP (ORDER BY …)`. */
  readonly order: readonly Node[]
  readonly nulls: 'ignore' | 'respect' | null
}

/** One call of a function, its arguments not yet translated. */
export interface Call {
  readonly name: string
  readonly args: readonly Node[]
  readonly modifiers: Modifiers
  readonly t: Translator
  /** The argument, translated. */
  arg(index: number): Emitted
  /** The argument, which must be a text literal. */
  text(index: number): string
  /** The argument, which must be a whole-number literal. */
  whole(index: number): number
}

export const noModifiers: Modifiers = { distinct: false, filter: null, over: null, order: [], nulls: null }

export const makeCall = (name: string, args: readonly Node[], modifiers: Modifiers, t: Translator): Call => ({
  name,
  args,
  modifiers,
  t,
  arg: (index) => t.expr(args[index]),
  text: (index) => {
    const text = stringLiteral(args[index])
    if (text === null) throw cannotRun(`${name} with this argument computed`)
    return text
  },
  whole: (index) => {
    const number = integerLiteral(args[index])
    if (number === null) throw cannotRun(`${name} with this argument computed`)
    return number
  },
})

const nullTreatment = (node: Node): Modifiers['nulls'] => {
  const treatment = optional(node)
  if (treatment === null) return null
  return treatment === 'IgnoreNulls' ? 'ignore' : 'respect'
}

/** The parts of a `Function` node; `*` stands among the arguments as the text `Wildcard`. */
export function readCall(node: Node): {
  readonly name: readonly Node[]
  readonly args: readonly Node[]
  readonly modifiers: Modifiers
} {
  const known = ['name', 'parameters', 'args', 'filter', 'null_treatment', 'over', 'within_group', 'uses_odbc_syntax']
  const parts = fields(node, 'a function', known)
  const name = listOf(parts['name']).map((part) => bodyIf(part, 'Identifier'))
  const list = optional(parts['args']) === null ? {} : bodyIf(parts['args'], 'List')
  if (list === undefined) throw cannotRun('a function of a query')
  const {
    duplicate_treatment: duplicates,
    args,
    clauses,
  } = fields(list, 'a function', ['duplicate_treatment', 'args', 'clauses'])
  const clause = listOf(clauses).map((item) => {
    const treatment = bodyIf(item, 'IgnoreOrRespectNulls')
    if (treatment === undefined) throw cannotRun(`a function with ${tagged(item)[0]}`)
    return treatment
  })
  return {
    name,
    args: listOf(args),
    modifiers: {
      distinct: duplicates === 'Distinct',
      filter: optional(parts['filter']),
      over: optional(parts['over']),
      order: listOf(parts['within_group']),
      nulls: nullTreatment(parts['null_treatment']) ?? nullTreatment(clause[0]),
    },
  }
}

/** The expression of an unnamed argument. */
export function plainArgument(node: Node, name: string): Node {
  const unnamed = bodyIf(node, 'Unnamed')
  const expr = unnamed === undefined ? undefined : bodyIf(unnamed, 'Expr')
  if (expr === undefined) throw cannotRun(`${name} with this argument`)
  return expr
}
