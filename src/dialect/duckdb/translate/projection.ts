import { knownScale } from './emitted.ts'
import { type OutputColumn } from './emitted.ts'
import { nameOf, quoted } from './identifiers.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged, withoutParentheses } from './syntax.ts'
import { type Relation, type Translator } from './translator.ts'

/** A select list in DuckDB's dialect. */
interface Projection {
  readonly text: string
  /** Null where a star over a table hides what there is. */
  readonly columns: readonly OutputColumn[] | null
  readonly known: readonly OutputColumn[]
  readonly aliases: ReadonlyMap<string, OutputColumn>
}

interface Item {
  readonly text: string
  readonly columns: readonly OutputColumn[]
  readonly complete: boolean
  readonly alias: OutputColumn | null
}

/** The select list. Columns without an alias take the names Snowflake gives them: the expression as written, upper-cased. */
export function projection(nodes: readonly Node[], t: Translator, select: Node): Projection {
  const written = columnNames(t.source, select, nodes.length)
  const aliases = new Map<string, OutputColumn>()
  const items = nodes.map((node, i) => {
    const made = item(node, t.inside({ ...t.scope, aliases: new Map(aliases) }), written?.[i] ?? null, i)
    if (made.alias !== null) aliases.set(made.alias.name, made.alias)
    return made
  })
  const columns = items.flatMap((made) => made.columns)
  return {
    text: items.map((made) => made.text).join(', '),
    columns: items.every((made) => made.complete) ? columns : null,
    known: columns,
    aliases,
  }
}

function item(node: Node, t: Translator, written: string | null, index: number): Item {
  const [tag, body] = tagged(node)
  switch (tag) {
    case 'UnnamedExpr':
      return unnamed(body, t, written, index)
    case 'ExprWithAlias': {
      const { expr, alias } = fields(body, 'a column', ['expr', 'alias'])
      return named(expr, nameOf(alias), t)
    }
    case 'Wildcard':
      return star(null, body, t)
    case 'QualifiedWildcard': {
      const [target, options] = listOf(body)
      const path = listOf(bodyIf(target, 'ObjectName')).map((part) => nameOf(bodyIf(part, 'Identifier')))
      return star(path, options, t)
    }
    default:
      throw cannotRun(`the select item ${tag}`)
  }
}

function named(expr: Node, name: string, t: Translator): Item {
  const e = t.expr(expr)
  if (e.kind === 'interval') throw cannotRun('an interval as a column')
  const scale = knownScale(e) === null ? null : e.scale
  const column: OutputColumn = { name, kind: e.kind === 'computed' ? 'unknown' : e.kind, scale }
  return { text: `${e.text} AS ${quoted(name)}`, columns: [column], complete: true, alias: column }
}

function unnamed(expr: Node, t: Translator, written: string | null, index: number): Item {
  const plain = withoutParentheses(expr)
  const own = bodyIf(plain, 'Identifier') ?? listOf(bodyIf(plain, 'CompoundIdentifier')).at(-1)
  if (own === undefined) return { ...named(expr, written ?? `_COL_${index}`, t), alias: null }
  const name = nameOf(own)
  const e = t.expr(expr)
  const column: OutputColumn = { name, kind: e.kind, scale: knownScale(e) === null ? null : e.scale }
  return { text: `${e.text} AS ${quoted(name)}`, columns: [column], complete: true, alias: null }
}

/** `*` and `t.*` with EXCLUDE, RENAME, REPLACE. */
function star(path: readonly string[] | null, node: Node, t: Translator): Item {
  const options = fields(node, 'a star', ['opt_exclude', 'opt_rename', 'opt_replace', 'wildcard_token'])
  const excluded = namesIn(options['opt_exclude'])
  const renamed = pairsIn(options['opt_rename'])
  const replaced = replacements(options['opt_replace'], t)
  const relations = t.scope.relations.filter((relation) => path === null || relation.name === path.at(-1))
  if (relations.some((relation) => relation.rowNumber !== null)) throw cannotRun('a star over GENERATOR')
  if (relations.length === 0 && path === null) throw cannotRun('a star without FROM')
  const text = [
    path === null ? '*' : `${path.map(quoted).join('.')}.*`,
    excluded.length === 0 ? '' : ` EXCLUDE (${excluded.map(quoted).join(', ')})`,
    replaced.length === 0
      ? ''
      : ` REPLACE (${replaced.map((r) => `${r.text} AS ${quoted(r.column.name)}`).join(', ')})`,
    renamed.length === 0
      ? ''
      : ` RENAME (${renamed.map(([from, to]) => `${quoted(from)} AS ${quoted(to)}`).join(', ')})`,
  ].join('')
  if (path === null) assertLeading(relations)
  const columns = relations
    .flatMap((relation) =>
      relation.known.filter(({ name }) => path !== null || relation.merged?.includes(name) !== true),
    )
    .filter((column) => !excluded.includes(column.name))
    .map((column) => replaced.find((r) => r.column.name === column.name)?.column ?? column)
    .map((column) => ({ ...column, name: renamed.find(([from]) => from === column.name)?.[1] ?? column.name }))
  return {
    text,
    columns,
    complete:
      relations.length > 0 &&
      relations.every((relation) => relation.complete && (path !== null || relation.merged !== null)),
    alias: null,
  }
}

/** Where the columns of USING stand in a star: the standard puts them first, DuckDB leaves them in their place. */
function assertLeading(relations: readonly Relation[]): void {
  const merged = relations.find((relation) => relation.merged !== undefined)?.merged
  const [first] = relations
  if (merged === undefined || merged === null || first?.complete !== true) return
  const leading = first.known.slice(0, merged.length).map(({ name }) => name)
  if (leading.join() !== merged.join()) throw cannotRun('a star over USING columns that do not come first')
}

/** One name or a list of names, wherever the parser keeps them. */
function namesIn(node: Node): readonly string[] {
  if (optional(node) === null) return []
  const [tag, body] = tagged(node)
  const list = tag === 'Single' ? [body] : listOf(body)
  return list.map((entry) => {
    const path = Array.isArray(entry) ? listOf(entry) : [entry]
    if (path.length !== 1) throw cannotRun('EXCLUDE of a qualified name')
    return nameOf(bodyIf(path[0], 'Identifier') ?? path[0])
  })
}

function pairsIn(node: Node): readonly (readonly [string, string])[] {
  if (optional(node) === null) return []
  const [tag, body] = tagged(node)
  return (tag === 'Single' ? [body] : listOf(body)).map((entry) => {
    const { ident, alias } = fields(entry, 'RENAME', ['ident', 'alias'])
    return [nameOf(ident), nameOf(alias)] as const
  })
}

function replacements(node: Node, t: Translator): readonly { readonly text: string; readonly column: OutputColumn }[] {
  if (optional(node) === null) return []
  return listOf(fields(node, 'REPLACE', ['items'])['items']).map((entry) => {
    const { expr, column_name: name } = fields(entry, 'REPLACE', ['expr', 'column_name', 'as_keyword'])
    const e = t.expr(expr)
    return {
      text: e.text,
      column: { name: nameOf(name), kind: e.kind, scale: knownScale(e) === null ? null : e.scale },
    }
  })
}

interface Place {
  readonly line: number
  readonly column: number
}

const endWords = /^(FROM|WHERE|GROUP|HAVING|QUALIFY|WINDOW|ORDER|LIMIT|FETCH|OFFSET|UNION|EXCEPT|MINUS|INTERSECT)$/i

/**
 * What Snowflake calls the unnamed columns of a select list: each expression as written, upper-cased.
 * Null where the text cannot be cut into as many parts as the list has.
 */
export function columnNames(source: string, select: Node, count: number): readonly string[] | null {
  const end = endOfKeyword(select)
  if (end === null) return null
  const start = offsetOf(source, end)
  const parts = cut(source.slice(start))
  return parts.length === count ? parts.map(displayed) : null
}

/** Where the word SELECT ends; null for a SELECT that was not written. */
function endOfKeyword(select: Node): Place | null {
  const inside = (node: Node, key: string): Node =>
    typeof node === 'object' && node !== null ? (node as Record<string, Node>)[key] : undefined
  const end = inside(inside(inside(select, 'select_token'), 'span'), 'end')
  const [line, column] = [inside(end, 'line'), inside(end, 'column')]
  return typeof line === 'number' && typeof column === 'number' && line > 0 ? { line, column } : null
}

/** Places count lines and characters from 1. */
function offsetOf(source: string, place: Place): number {
  const lines = source.split('\n')
  const before = lines.slice(0, place.line - 1).reduce((sum, line) => sum + line.length + 1, 0)
  const line = Array.from(lines[place.line - 1] ?? '')
  return before + line.slice(0, place.column - 1).join('').length
}

const displayed = (text: string): string =>
  text
    .replace(/^\s*(DISTINCT|ALL)\b/i, '')
    .replace(/^\s*TOP\s+\d+\b/i, '')
    .trim()
    .toUpperCase()

const pieces =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|(?:--|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][\w$]*|[\s\S]/gu

/** The parts of a select list between top-level commas, comments left out. */
function cut(text: string): readonly string[] {
  const parts: string[] = ['']
  let depth = 0
  let previous = ''
  for (const [piece] of text.matchAll(pieces)) {
    if (/^(--|\/\/|\/\*)/.test(piece)) continue
    if ('([{'.includes(piece)) depth++
    if (')]}'.includes(piece)) depth--
    const ends = depth === 0 && endWords.test(piece) && !/^(DISTINCT FROM|WITHIN GROUP)$/i.test(`${previous} ${piece}`)
    if (depth < 0 || ends || (depth === 0 && piece === ';')) break
    if (depth === 0 && piece === ',') parts.push('')
    else parts[parts.length - 1] += piece
    if (piece.trim() !== '') previous = piece
  }
  return parts
}
