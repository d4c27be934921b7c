import { parserInput } from './parser-input.ts'
import { scanSql, type Token } from './scan-sql.ts'
import { makeOffsetMap, type OffsetMap } from './trees/offset-map.ts'
import { polyglotFacts } from './trees/polyglot-facts.ts'
import { polyglotRules } from './trees/polyglot-nodes.ts'
import { sqlparserFacts } from './trees/sqlparser-facts.ts'
import { sqlparserRules } from './trees/sqlparser-nodes.ts'
import type { TreeFacts } from './trees/tree-facts.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from './trees/tree.ts'
import type { Fault } from './verdict.ts'
import type { ParserName, Workaround } from './workarounds/workaround.ts'

/** The result of one parser: its statements, or its error message. */
export type Parsed =
  { readonly ok: true; readonly statements: readonly Tree[] } | { readonly ok: false; readonly message: string }

/** The two parsers; a text that one cannot read is an answer, not an error. */
export type Parsers = Readonly<Record<ParserName, (sql: string) => Parsed>>

/** The single statement of a text as one parser reads it, with the facts found in its tree. */
export interface TextReading {
  readonly statement: Tree
  readonly offsets: OffsetMap
  readonly facts: TreeFacts
  /** What was rewritten for the parser. */
  readonly rewritten: readonly Workaround[]
}

/** Reads a text with each parser by that parser's allow-list. A text that is not one readable statement is a fault. */
export type TextReaders = Readonly<Record<ParserName, (sql: string, tokens: readonly Token[]) => TextReading | Fault>>

/** Makes the readers of the guard. Each applies the workarounds of its parser and parses deeply nested subqueries separately. */
export function makeTextReaders(parsers: Parsers): TextReaders {
  const readOne =
    (parser: ParserName, factsOf: (statement: Tree, offsets: OffsetMap) => TreeFacts): TextReaders[ParserName] =>
    (sql, tokens) => {
      const input = parserInput(sql, tokens, parser)
      const statement = readStatement(input.text, parsers[parser])
      const offsets = makeOffsetMap(input)
      if ('reason' in statement) return placed(statement as Fault, tokens, offsets)
      return { statement, offsets, facts: factsOf(statement, offsets), rewritten: input.rewritten }
    }
  const rules = { polyglot: polyglotRules(), sqlparser: sqlparserRules() }
  return {
    polyglot: readOne('polyglot', (statement, offsets) => polyglotFacts(statement, rules.polyglot, offsets)),
    sqlparser: readOne('sqlparser', (statement, offsets) => sqlparserFacts(statement, rules.sqlparser, offsets)),
  }
}

/** The deepest brackets that are parsed in one piece. Polyglot fails at about 15 nested queries, sqlparser at about 20. */
const mostBrackets = 12
/** In a deeper text, a subquery below this many brackets is parsed separately. */
const bracketsApart = 7
const mostPieces = 16

function readStatement(text: string, parse: (sql: string) => Parsed): TreeNode | Fault {
  const pieces = cutDeepSubqueries(text)
  if (pieces.length > mostPieces) return tooDeep
  const trees: TreeNode[] = []
  for (const piece of pieces) {
    const parsed = parse(piece)
    if (!parsed.ok) return /E_GUARD_|recursion limit/i.test(parsed.message) ? tooDeep : unreadable(parsed.message)
    const [statement, ...more] = parsed.statements
    if (!isNode(statement) || more.length > 0) return severalStatements(parsed.statements.length)
    trees.push(statement)
  }
  const [whole, ...subqueries] = trees
  if (whole === undefined) return severalStatements(0)
  return subqueries.length === 0 ? whole : (joinTrees(whole, subqueries) ?? tooDeep)
}

/** Prefix of the column name that replaces a separately parsed subquery. A text that contains it is not cut. */
const placeholder = '\u00a7'
/** The longest replacement of a subquery. A subquery that is not longer stays in place. */
const placeholderLength = `SELECT "${placeholder}${mostPieces}"`.length

/**
 * Returns the text with its deep subqueries replaced by placeholders, followed by each subquery. All pieces have the length and lines of the
 * whole text, blank outside of the piece, so that positions stay valid. A text that is not deep is returned as it is.
 */
function cutDeepSubqueries(text: string): readonly string[] {
  const scan = scanSql(text)
  if (!scan.ok || text.includes(placeholder) || /[\ud800-\udbff]/.test(text)) return [text]
  const pieces: { readonly start: number; readonly end: number }[] = []
  const open: { readonly start: number | null; readonly depth: number }[] = []
  let deepest = 0
  for (const [index, { kind, text: sign, end, start }] of scan.tokens.entries()) {
    if (kind !== 'symbol') continue
    if (['(', '[', '{'].includes(sign)) {
      const depth = (open.at(-1)?.depth ?? 0) + 1
      const isApart = depth > bracketsApart && /^(?:SELECT|WITH)$/.test(scan.tokens[index + 1]?.word ?? '')
      open.push({ start: isApart ? end : null, depth: isApart ? 0 : depth })
      deepest = Math.max(deepest, open.length)
    } else if ([')', ']', '}'].includes(sign)) {
      const closed = open.pop()
      const isPiece = closed !== undefined && closed.start !== null && start - closed.start > placeholderLength
      if (isPiece) pieces.push({ start: closed.start, end: start })
    }
  }
  return deepest <= mostBrackets ? [text] : blankApart(text, pieces)
}

function blankApart(text: string, pieces: readonly { readonly start: number; readonly end: number }[]): string[] {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ')
  const within = (start: number, end: number): string => {
    const inner = pieces.filter((piece) => piece.start > start && piece.end < end)
    const outermost = inner.filter((one) => !inner.some((other) => other.start < one.start && other.end > one.end))
    let at = start
    let kept = ''
    for (const piece of outermost.toSorted((a, b) => a.start - b.start)) {
      const region = blank(text.slice(piece.start, piece.end))
      kept += text.slice(at, piece.start) + standIn(region, `"${placeholder}${pieces.indexOf(piece)}"`)
      at = piece.end
    }
    return blank(text.slice(0, start)) + kept + text.slice(at, end) + blank(text.slice(end))
  }
  return [within(0, text.length), ...pieces.map(({ start, end }) => within(start, end))]
}

/** Writes `SELECT "name"` into the blanks of a region and keeps its line ends. Without room for it the text fails to parse and is refused. */
function standIn(region: string, name: string): string {
  const [, before = '', after = ''] = /^([^]*?) {6}([ \n][^]*)$/.exec(region) ?? []
  return `${before}SELECT${after.replace(' '.repeat(name.length), name)}`
}

/** Puts the trees of the subqueries in place of their placeholders. Returns null unless each placeholder occurs exactly once. */
function joinTrees(whole: TreeNode, subqueries: readonly TreeNode[]): TreeNode | null {
  const used = new Set<number>()
  let isWhole = true
  const join = (tree: Tree): Tree => {
    if (Array.isArray(tree)) return tree.map(join)
    if (!isNode(tree)) return tree
    const index = placeholderIn(tree)
    if (index === null) return Object.fromEntries(Object.entries(tree).map(([field, child]) => [field, join(child)]))
    const subquery = subqueries[index]
    isWhole &&= subquery !== undefined && !used.has(index)
    used.add(index)
    return isWhole && subquery !== undefined ? join(nodeIn(subquery, 'Query') ?? subquery) : null
  }
  const joined = join(whole)
  return isWhole && used.size === subqueries.length && isNode(joined) ? joined : null
}

/** Returns the number of a placeholder if a query node of either parser is one, else null. */
function placeholderIn(node: TreeNode): number | null {
  const polyglot = listIn(nodeIn(node, 'select') ?? {}, 'expressions')[0]
  const sqlparser = listIn(nodeIn(nodeIn(node, 'body') ?? {}, 'Select') ?? {}, 'projection')[0]
  const column = nodeIn(isNode(polyglot) ? polyglot : {}, 'column')
  const item = nodeIn(isNode(sqlparser) ? sqlparser : {}, 'UnnamedExpr')
  const name = nodeIn(column ?? {}, 'name')?.['name'] ?? nodeIn(item ?? {}, 'Identifier')?.['value']
  return typeof name === 'string' && name.startsWith(placeholder) ? Number(name.slice(placeholder.length)) : null
}

const severalStatements = (count: number): Fault => ({
  code: 'several_statements',
  reason: `The text holds ${count} statements.`,
  action: 'Send one query at a time.',
  span: null,
})

const tooDeep: Fault = {
  code: 'too_complex',
  reason: 'The query is nested too deeply to check.',
  action: 'Split it into CTEs.',
  span: null,
}

function unreadable(message: string): Fault {
  const reason = `This is not SQL that can be read: ${message.replace(/\.?\s*$/, '')}.`
  return {
    code: 'syntax',
    reason,
    action: 'Check the SQL at the place named, or write that part more plainly.',
    span: null,
  }
}

/** Adds the token at the line and column that a parser's message names; the last one where the text ends too early. */
function placed(fault: Fault, tokens: readonly Token[], offsets: OffsetMap): Fault {
  // Polyglot names where the token ends, sqlparser where it begins.
  const [, line, column] = /line:? (\d+), column:? (\d+)/i.exec(fault.reason) ?? []
  if (line === undefined || column === undefined) return fault
  const at = offsets.atLine(Number(line), Number(column))
  const isAtEnd = fault.reason.includes('at line ')
  const token = tokens.find(({ end }) => (isAtEnd ? end >= at : end > at)) ?? tokens.at(-1)
  return token === undefined ? fault : { ...fault, span: { start: token.start, end: token.end } }
}
