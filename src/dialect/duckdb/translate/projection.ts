import { type Emitted, knownScale, type OutputColumn, spelled } from './emitted.ts'
import { nameOf, ownName, quoted } from './identifiers.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional, tagged, textOf, withoutParentheses } from './syntax.ts'
import { type Relation, relationNamed, sameLetters, type Translator } from './translator.ts'

/** A select list in DuckDB's dialect. */
export interface Projection {
  readonly text: string
  /** The expressions without their names. */
  readonly texts: readonly string[]
  /** Null where a star over a table hides what there is. */
  readonly columns: readonly OutputColumn[] | null
  readonly known: readonly OutputColumn[]
  readonly aliases: ReadonlyMap<string, OutputColumn>
}

interface Item {
  readonly text: string
  /** The expression without its name; empty for a star. */
  readonly expression: string
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
    texts: items.map((made) => made.expression),
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
  return {
    text: `${e.text} AS ${ownName(name)}`,
    expression: e.text,
    columns: [column],
    complete: true,
    alias: column,
  }
}

function unnamed(expr: Node, t: Translator, written: string | null, index: number): Item {
  const plain = withoutParentheses(expr)
  const own = bodyIf(plain, 'Identifier') ?? listOf(bodyIf(plain, 'CompoundIdentifier')).at(-1)
  if (own === undefined) return { ...named(expr, written ?? `_COL_${index}`, t), alias: null }
  const name = nameOf(own)
  const e = t.expr(expr)
  const column: OutputColumn = { name, kind: e.kind, scale: knownScale(e) === null ? null : e.scale }
  return {
    text: `${e.text} AS ${ownName(name)}`,
    expression: e.text,
    columns: [column],
    complete: true,
    alias: null,
  }
}

/** `*` and `t.*` with ILIKE, EXCLUDE, RENAME, REPLACE. */
function star(path: readonly string[] | null, node: Node, t: Translator): Item {
  const known = ['opt_ilike', 'opt_exclude', 'opt_rename', 'opt_replace', 'wildcard_token']
  const options = fields(node, 'a star', known)
  const relation = path === null ? null : relationNamed(t.scope, path.at(-1) ?? '')
  const relations = path === null ? t.scope.relations : relation === null ? [] : [relation]
  if (relations.some(({ rowNumber }) => rowNumber !== null)) throw cannotRun('a star over GENERATOR')
  if (relations.length === 0 && path === null) throw cannotRun('a star without FROM')
  if (path === null) assertLeading(relations)
  const complete =
    relations.length > 0 && relations.every((one) => one.complete && (path !== null || one.merged !== null))
  const all = relations.flatMap((one) =>
    one.known.filter(({ name }) => path !== null || one.merged?.includes(name) !== true),
  )
  const unlike = notLike(options['opt_ilike'], all, complete)
  const excluded = [...unlike, ...namesIn(options['opt_exclude']).map((name) => starColumn(name, all, complete))]
  const left = all.filter((column) => excluded.every(({ name }) => name !== column.name))
  const replaced = replacements(options['opt_replace'], t).map(({ e, name }) => ({
    e,
    column: starColumn(name, left, complete),
  }))
  const renamed = pairsIn(options['opt_rename']).map(([from, to]) => ({ column: starColumn(from, left, complete), to }))
  const part = (keyword: string, texts: readonly string[]): string =>
    texts.length === 0 ? '' : ` ${keyword} (${texts.join(', ')})`
  const prefix =
    path === null
      ? ''
      : `${path.length === 1 ? spelled({ ...relation, name: path[0] ?? '' }) : path.map(quoted).join('.')}.`
  const text = [
    `${prefix}*`,
    part('EXCLUDE', excluded.map(spelled)),
    part(
      'REPLACE',
      replaced.map(({ e, column }) => `${e.text} AS ${spelled(column)}`),
    ),
    part(
      'RENAME',
      renamed.map(({ column, to }) => `${spelled(column)} AS ${ownName(to)}`),
    ),
  ].join('')
  const columns = left.map((column): OutputColumn => {
    const made = replaced.find((one) => one.column.name === column.name)?.e
    const kept =
      made === undefined ? column : { ...column, kind: made.kind, scale: knownScale(made) === null ? null : made.scale }
    const to = renamed.find((one) => one.column.name === column.name)?.to
    return to === undefined ? kept : { name: to, kind: kept.kind, scale: kept.scale }
  })
  return { text, expression: '', columns, complete, alias: null }
}

/** A column that a star names. Where all columns are known, DuckDB must not find one under other letters. */
function starColumn(name: string, columns: readonly OutputColumn[], complete: boolean): OutputColumn {
  const found = columns.find((column) => column.name === name)
  if (found !== undefined) return found
  if (complete || columns.some((column) => sameLetters(column.name, name)))
    throw cannotRun(`${name} in a star that has no such column`)
  return { name, stored: true, kind: 'unknown', scale: null }
}

/** The columns that `* ILIKE 'pattern'` leaves out. */
function notLike(node: Node, columns: readonly OutputColumn[], complete: boolean): readonly OutputColumn[] {
  if (optional(node) === null) return []
  if (!complete) throw cannotRun('* ILIKE over columns that are not listed')
  const pattern = textOf(fields(node, 'ILIKE', ['pattern'])['pattern'], 'ILIKE')
  const parts = Array.from(pattern, (letter) =>
    letter === '%' ? '.*' : letter === '_' ? '.' : letter.replace(/[\\^$.*+?()[\]{}|]/, String.raw`\$&`),
  )
  const test = new RegExp(`^${parts.join('')}$`, 'isu')
  const unlike = columns.filter(({ name }) => !test.test(name))
  if (unlike.length === columns.length) throw cannotRun(`* ILIKE '${pattern}', which no column is like`)
  return unlike
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

function replacements(node: Node, t: Translator): readonly { readonly e: Emitted; readonly name: string }[] {
  if (optional(node) === null) return []
  return listOf(fields(node, 'REPLACE', ['items'])['items']).map((entry) => {
    const { expr, column_name: name } = fields(entry, 'REPLACE', ['expr', 'column_name', 'as_keyword'])
    return { e: t.expr(expr), name: nameOf(name) }
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
