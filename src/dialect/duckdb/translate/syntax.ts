import { problem, type ProblemError } from '../../../core/problem.ts'

/** A piece of the syntax tree as the parser hands it over: not yet looked at. */
export type Node = unknown

/** The fields of one node. */
export type Fields = Readonly<Record<string, Node>>

/** The refusal of a construct by name. `what` completes "The sample warehouse cannot run …". */
export const cannotRun = (what: string): ProblemError =>
  problem(
    'sql_unsupported',
    `The sample warehouse cannot run ${what}; Snowflake can.`,
    'Write it another way, or run it on a Snowflake connection.',
  )

const isRecord = (node: Node): node is Record<string, Node> =>
  typeof node === 'object' && node !== null && !Array.isArray(node)

const isEmpty = (value: Node): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 'None' ||
  (Array.isArray(value) && value.length === 0)

const isPlace = (key: string): boolean => key === 'span' || key.endsWith('_token') || key === 'token'

/** A tagged node as its tag and body: `{Tag: body}` or the bare text `Tag`. */
export function tagged(node: Node): readonly [tag: string, body: Node] {
  if (typeof node === 'string') return [node, null]
  if (isRecord(node)) {
    const entry = Object.entries(node)[0]
    if (entry !== undefined && Object.keys(node).length === 1) return entry
  }
  throw cannotRun('this kind of statement')
}

/** The body when the node has that tag, else undefined. */
export function bodyIf(node: Node, tag: string): Node {
  return isRecord(node) && Object.keys(node).length === 1 ? node[tag] : undefined
}

/**
 * The fields of a node. Every field that says something and is not among `known` is a construct this translator does not know,
 * so the statement is refused by the name of `what`.
 */
export function fields(node: Node, what: string, known: readonly string[]): Fields {
  if (!isRecord(node)) throw cannotRun(what)
  for (const [key, value] of Object.entries(node)) {
    if (!known.includes(key) && !isPlace(key) && !isEmpty(value)) {
      throw cannotRun(`${what} with ${key.replaceAll('_', ' ')}`)
    }
  }
  return node
}

/** A field that may be left out: null when it says nothing. */
export const optional = (value: Node): Node => (isEmpty(value) ? null : value)

export const listOf = (node: Node): readonly Node[] => (Array.isArray(node) ? (node as readonly Node[]) : [])

export function textOf(node: Node, what: string): string {
  if (typeof node === 'string') return node
  if (typeof node === 'number') return String(node)
  throw cannotRun(what)
}

/** Unwraps parentheses that only group. */
export function withoutParentheses(node: Node): Node {
  const inner = bodyIf(node, 'Nested')
  return inner === undefined ? node : withoutParentheses(inner)
}

/** The literal inside a `Value` node, as its tag and body, else null. */
export function literalOf(node: Node): readonly [tag: string, body: Node] | null {
  const value = bodyIf(node, 'Value')
  return isRecord(value) ? tagged(value['value']) : null
}

/** The text of a string literal, else null. */
export function stringLiteral(node: Node): string | null {
  const literal = literalOf(withoutParentheses(node))
  if (literal === null) return null
  const [tag, body] = literal
  if (tag === 'SingleQuotedString' && typeof body === 'string') return body
  if (tag === 'DollarQuotedString' && isRecord(body) && typeof body['value'] === 'string') return body['value']
  return null
}

/** The value of a whole-number literal, minus sign allowed, else null. */
export function integerLiteral(node: Node): number | null {
  const plain = withoutParentheses(node)
  const unary = bodyIf(plain, 'UnaryOp')
  if (isRecord(unary) && unary['op'] === 'Minus') {
    const value = integerLiteral(unary['expr'])
    return value === null ? null : -value
  }
  const literal = literalOf(plain)
  if (literal === null || literal[0] !== 'Number') return null
  const digits = listOf(literal[1])[0]
  return typeof digits === 'string' && /^\d{1,15}$/.test(digits) ? Number(digits) : null
}
