import { refusal, type Macros, macroName } from '../macros/macro-text.ts'
import { type Alias, aliasOf, type EmittedRelation, shown } from '../translate/aliases.ts'
import { asText } from '../translate/coercions.ts'
import { type OutputColumn, spelled } from '../translate/emitted.ts'
import { literal, nameOf, ownName } from '../translate/identifiers.ts'
import { atPath, variant } from '../translate/semi-structured.ts'
import {
  bodyIf,
  cannotRun,
  fields,
  integerLiteral,
  listOf,
  literalOf,
  type Node,
  stringLiteral,
} from '../translate/syntax.ts'
import type { Translator } from '../translate/translator.ts'
import { jsonPath } from './json.ts'

type Arguments = ReadonlyMap<string, Node>

/** `TABLE(f(…))`, `LATERAL f(…)`, `f(…)` in FROM. */
export function tableFunction(tag: string, node: Node, t: Translator): EmittedRelation {
  const parts = fields(
    node,
    'a table function',
    tag === 'Function' ? ['lateral', 'name', 'args', 'alias'] : ['expr', 'alias'],
  )
  const call = tag === 'Function' ? parts : functionIn(parts['expr'])
  const [identifier, ...rest] = listOf(call['name'])
  const name = rest.length === 0 ? nameOf(bodyIf(identifier, 'Identifier')) : 'of this name'
  const alias = aliasOf(parts['alias'])
  const args = listOf(call['args'])
  switch (name) {
    case 'FLATTEN':
      return flatten(named(args, ['INPUT', 'PATH', 'OUTER', 'RECURSIVE', 'MODE']), alias, t)
    case 'GENERATOR':
      return generator(named(args, ['ROWCOUNT', 'TIMELIMIT']), alias)
    case 'SPLIT_TO_TABLE':
    case 'STRTOK_SPLIT_TO_TABLE':
      return split(name, named(args, ['STRING', 'DELIMITER']), alias, t)
    default:
      throw cannotRun(`the table function ${name}`)
  }
}

function functionIn(node: Node): Readonly<Record<string, Node>> {
  const call = fields(bodyIf(node, 'Function'), 'a table function', ['name', 'args', 'parameters'])
  const list = fields(bodyIf(call['args'], 'List'), 'a table function', ['args', 'clauses'])
  return { name: call['name'], args: list['args'] }
}

/** Arguments by name; unnamed ones take the names in their order. */
function named(args: readonly Node[], order: readonly string[]): Arguments {
  const entries = args.map((arg, i) => {
    const pair = bodyIf(arg, 'Named')
    if (pair === undefined) return [order[i] ?? '', bodyIf(bodyIf(arg, 'Unnamed'), 'Expr')] as const
    const parts = fields(pair, 'an argument', ['name', 'arg', 'operator'])
    return [nameOf(parts['name']), bodyIf(parts['arg'], 'Expr')] as const
  })
  const unknown = entries.find(([name, value]) => !order.includes(name) || value === undefined)
  if (unknown !== undefined) throw cannotRun(`a table function with the argument ${unknown[0]}`)
  return new Map(entries)
}

const isTrue = (node: Node): boolean => {
  if (node === undefined) return false
  const value = literalOf(node)
  if (value === null || value[0] !== 'Boolean') throw cannotRun('a table function with a computed switch')
  return value[1] === true
}

function made(call: string, alias: Alias, own: readonly OutputColumn[], fallback: string): EmittedRelation {
  const columns = shown(own, alias)
  const list = columns.map(spelled).join(', ')
  const text = `(SELECT * FROM ${call}) AS ${ownName(alias.name ?? fallback)}(${list})`
  const relation = { name: alias.name, known: columns, complete: true, rowNumber: null }
  return { text, relations: [relation], lateral: true }
}

const flattened: readonly OutputColumn[] = [
  { name: 'SEQ', kind: 'number', scale: "'0'" },
  { name: 'KEY', kind: 'text', scale: null },
  { name: 'PATH', kind: 'text', scale: null },
  { name: 'INDEX', kind: 'number', scale: "'0'" },
  { name: 'VALUE', kind: 'json', scale: null },
  { name: 'THIS', kind: 'json', scale: null },
]

/** `FLATTEN(INPUT => …, PATH => 'a.b', OUTER => TRUE, MODE => 'ARRAY')`. */
function flatten(args: Arguments, alias: Alias, t: Translator): EmittedRelation {
  if (isTrue(args.get('RECURSIVE'))) throw cannotRun('FLATTEN with RECURSIVE')
  const input = args.get('INPUT')
  if (input === undefined) throw cannotRun('FLATTEN without INPUT')
  const path = args.has('PATH') ? stringLiteral(args.get('PATH')) : ''
  const mode = args.has('MODE') ? stringLiteral(args.get('MODE'))?.toUpperCase() : 'BOTH'
  if (path === null || mode === undefined || !['ARRAY', 'OBJECT', 'BOTH'].includes(mode))
    throw cannotRun('FLATTEN with computed arguments')
  const whole = t.expr(input)
  const value = path === '' ? variant(whole) : atPath(whole, jsonPath(path))
  const macro = macroName(isTrue(args.get('OUTER')) ? 'sf_flatten_outer' : 'sf_flatten')
  return made(
    `${macro}(${value.text}, ${literal(path)}, '${mode}', ${readsColumns(input) ? 'FALSE' : 'TRUE'})`,
    alias,
    flattened,
    'FLATTEN',
  )
}

/** Whether an expression depends on the row it stands beside. */
function readsColumns(node: Node): boolean {
  if (Array.isArray(node)) return node.some(readsColumns)
  if (typeof node !== 'object' || node === null) return false
  if (bodyIf(node, 'Identifier') !== undefined || bodyIf(node, 'CompoundIdentifier') !== undefined) return true
  if (bodyIf(node, 'Subquery') !== undefined) return true
  return Object.entries(node).some(([key, value]) => key !== 'name' && readsColumns(value))
}

/** `GENERATOR(ROWCOUNT => n)`: rows without columns; `SEQ4()` numbers them. */
function generator(args: Arguments, alias: Alias): EmittedRelation {
  const count = args.has('ROWCOUNT') ? integerLiteral(args.get('ROWCOUNT')) : null
  if (count === null || count < 0 || args.has('TIMELIMIT')) throw cannotRun('GENERATOR without a literal ROWCOUNT')
  const name = alias.name ?? 'GENERATOR'
  const rowNumber = `${ownName(name)}."#"`
  const relation = { name: alias.name, known: [], complete: true, rowNumber }
  return { text: `range(${count}) AS ${ownName(name)}("#")`, relations: [relation], lateral: false }
}

const pieces: readonly OutputColumn[] = [
  { name: 'SEQ', kind: 'number', scale: "'0'" },
  { name: 'INDEX', kind: 'number', scale: "'0'" },
  { name: 'VALUE', kind: 'text', scale: null },
]

/** `SPLIT_TO_TABLE(text, delimiter)`; the pieces are numbered from 1. */
function split(name: string, args: Arguments, alias: Alias, t: Translator): EmittedRelation {
  const [text, delimiter] = [args.get('STRING'), args.get('DELIMITER')].map((node) => asText(t.expr(node)).text)
  const macro = name === 'SPLIT_TO_TABLE' ? 'sf_split_table' : 'sf_token_table'
  return made(`${macroName(macro)}(${text}, ${delimiter})`, alias, pieces, name)
}

/** `SEQ4()` and its like: numbers the rows of the one GENERATOR they stand over. */
export function rowSequence(name: string, t: Translator): string {
  const [only, ...others] = t.scope.relations
  if (only === undefined || others.length > 0 || only.rowNumber === null)
    throw cannotRun(`${name}() except over a single GENERATOR`)
  return only.rowNumber
}

const flattenedRows = (list: string): string => `SELECT
     CASE WHEN single THEN 1 WHEN length(λr.p) >= 0 THEN ${refusal('the SEQ column of FLATTEN', 'BIGINT')} END AS "SEQ",
     λr.k AS "KEY", λr.p AS "PATH", λr.i AS "INDEX", λr.v AS "VALUE", λr.t AS "THIS"
     FROM (SELECT unnest(${list}) AS λr)`
const entries = `CASE
     WHEN json_type(j) = 'ARRAY' AND mode <> 'OBJECT' THEN list_transform(memory.main.sfi_list(j), lambda λe, λn: {'k': NULL::VARCHAR, 'p': path || '[' || (λn - 1) || ']', 'i': λn - 1, 'v': λe, 't': j})
     WHEN json_type(j) = 'OBJECT' AND mode <> 'ARRAY' THEN list_transform(list_sort(json_keys(j)), lambda λq: {'k': λq,
       'p': CASE WHEN NOT regexp_full_match(λq, '[A-Za-z_][A-Za-z0-9_]*') THEN path || '[''' || λq || ''']' WHEN path = '' THEN λq ELSE path || '.' || λq END,
       'i': NULL::BIGINT, 'v': memory.main.sf_member(j, λq), 't': j})
     ELSE [] END`

/** The macros that stand in FROM. */
export const tableMacros = {
  sf_flatten: `(j, path, mode, single) AS TABLE ${flattenedRows(entries)}`,
  sf_flatten_outer: `(j, path, mode, single) AS TABLE ${flattenedRows(`CASE WHEN len(coalesce(${entries}, [])) = 0
     THEN [{'k': NULL::VARCHAR, 'p': path || '', 'i': NULL::BIGINT, 'v': NULL::JSON, 't': json_extract(j, '$')}] ELSE ${entries} END`)}`,
  sf_split_table: `(x, d) AS TABLE SELECT CASE WHEN length(x) >= 0 THEN ${refusal('the SEQ column of a table function', 'BIGINT')} END AS "SEQ", generate_subscripts(memory.main.sf_split(x, d), 1) AS "INDEX", unnest(memory.main.sf_split(x, d)) AS "VALUE"`,
  sf_token_table: `(x, d) AS TABLE SELECT CASE WHEN length(x) >= 0 THEN ${refusal('the SEQ column of a table function', 'BIGINT')} END AS "SEQ", generate_subscripts(memory.main.sf_tokens(x, d), 1) AS "INDEX", unnest(memory.main.sf_tokens(x, d)) AS "VALUE"`,
} satisfies Macros
